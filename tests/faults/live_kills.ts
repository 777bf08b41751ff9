/**
 * Kills a running collector again and again while agents write.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Random } from "../../scripts/bench/home/random.ts";
import { run, spawn } from "../e2e/program.ts";
import { PROJECT } from "./home.ts";
import { append, promptLine, storedPrompts } from "./prompts.ts";
import { checkStore } from "./store_state.ts";
import { storePath } from "./traced.ts";

/** Of the lines, so many are written in two halves. */
const HALVES = 0.3;

/** What to do. */
export interface LiveKillPlan {
  readonly home: string;
  readonly devlogHome: string;
  readonly seed: number;
  readonly kills: number;
  /** A collector lives between 0 and so many ms. */
  readonly lifetime: number;
}

/** Kills `start` while several files grow; in the end each line that was written is there as one event. */
export async function killWhileWriting(plan: LiveKillPlan): Promise<void> {
  const { home, devlogHome, seed, kills, lifetime } = plan;
  const random = new Random(seed, 1, 0xdead);
  const folder = `${home}/${PROJECT}`;
  Deno.mkdirSync(folder, { recursive: true });
  const writing = new AbortController();
  const written = ["a", "b", "c", "d"].map((name) =>
    writeLines(`${folder}/${name}.jsonl`, name, new Random(seed, name.charCodeAt(0)), writing.signal)
  );
  const options = { home, env: { DEVLOG_HOME: devlogHome } };
  for (let kill = 0; kill < kills; kill++) {
    await using running = spawn(["start", "--initial-sync-days", "0"], options);
    await new Promise((resolve) => setTimeout(resolve, random.fraction() * lifetime));
    const { code } = await running.kill();
    assertEquals(code, 137, running.output.stderr);
  }
  writing.abort();
  const wanted = (await Promise.all(written)).flat().sort();
  const { code, stderr } = await run(["sync", "--initial-sync-days", "0"], options);
  assertEquals(code, 0, stderr);
  assertEquals(storedPrompts(storePath(devlogHome)), wanted, `seed ${seed}`);
  checkStore(storePath(devlogHome));
}

/** Writes a line every few milliseconds, some of them in two halves, and says in the end which. */
async function writeLines(
  path: string,
  name: string,
  random: Random,
  signal: AbortSignal,
): Promise<string[]> {
  const texts: string[] = [];
  while (!signal.aborted) {
    const text = `${name}${texts.length} ü ${"x".repeat(random.integer(0, 3_000))}`;
    const line = new TextEncoder().encode(promptLine(text, name));
    const cut = random.chance(HALVES) ? random.integer(1, line.length - 1) : line.length;
    append(path, line.subarray(0, cut));
    await new Promise((resolve) => setTimeout(resolve, random.integer(1, 40)));
    if (cut < line.length) append(path, line.subarray(cut));
    texts.push(text);
  }
  return texts;
}
