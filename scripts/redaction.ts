// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Measures redaction: how many of the made-up secrets it finds, what it takes for one in real logs, and how fast it is.
 *
 * `deno run -A scripts/redaction.ts FOLDER [--show]`: the folder holds logs without secrets; each match there counts as a
 * false alarm. `--show` prints what stands around each.
 *
 * @module
 */

import { Redactor } from "../src/export/redact.ts";
import { FIRST_HALF } from "../tests/export/redaction/first_half.ts";
import { SECOND_HALF } from "../tests/export/redaction/second_half.ts";
import { isFound } from "../tests/export/redaction/secrets.ts";
import { filesBelow } from "./redaction/files.ts";

const REPEATS = 3;

for (const [name, samples] of [["first", FIRST_HALF], ["second", SECOND_HALF]] as const) {
  for (const group of ["provider", "plain"] as const) {
    const chosen = samples.filter((sample) => sample.group === group);
    const missed = chosen.filter((sample) => !isFound(sample));
    console.log(`${name} half, ${group}: ${chosen.length - missed.length} of ${chosen.length} found`);
    for (const { kind, place } of missed) console.log(`  missed: ${kind} in ${place}`);
  }
}

const [folder, show] = Deno.args;
if (folder !== undefined) {
  const values: unknown[] = [];
  let bytes = 0;
  for (const path of filesBelow(folder, /\.(?:jsonl?|log)$/)) {
    const text = Deno.readTextFileSync(path);
    for (const line of path.endsWith(".json") ? [text] : text.split("\n")) {
      try {
        values.push(JSON.parse(line));
        bytes += line.length;
      } catch {
        // What is no JSON is no event.
      }
    }
  }
  const redactor = new Redactor(() => "0000");
  for (const value of values) {
    const before = new Map(redactor.counts);
    const redacted = redactor.redactValue(value);
    if (show !== "--show" || sum(redactor.counts) === sum(before)) continue;
    const text = JSON.stringify(redacted);
    for (const { index, 0: match } of text.matchAll(/\[REDACTED:[^\]]*\]/g)) {
      console.log(
        `  …${text.slice(Math.max(0, index - 70), index)}${match}${
          text.slice(index + match.length, index + match.length + 20)
        }…`,
      );
    }
  }
  const alarms = sum(redactor.counts);
  console.log(
    `${folder}: ${alarms} in ${(bytes / 1e6).toFixed(1)} MB, ${(alarms / (bytes / 1e6)).toFixed(2)} per MB`,
  );
  for (const [rule, count] of redactor.counts) console.log(`  ${rule}: ${count}`);
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    for (const value of values) redactor.redactValue(value);
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${(bytes / 1e3 / best).toFixed(0)} MB/s`);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
