// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Records a first sync as a terminal shows it, and the screen of `status` after it, as a picture that moves: generates the
 * history of a user, and runs the real program on it in a terminal, at its true speed.
 *
 *     deno run -A scripts/recording.ts [--output FILE] [--size 150MB]
 *
 * It needs `script` of util-linux, which gives a program a terminal. Exit codes: 0 done, 1 failed, 2 wrong usage.
 *
 * @module
 */

import { resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { parseSize } from "./bench/size.ts";
import { generateHome } from "./generate_home.ts";
import { COLUMNS, Session } from "./picture/session.ts";
import { type Frame, renderRecording } from "./picture/svg.ts";

const DEFAULT_OUTPUT = resolve(import.meta.dirname!, "../docs/images/recording.svg");
const DEFAULT_SIZE = "150MB";

/** How long one looks at a line before typing the next, ms. */
const PAUSE = 1_500;

/** Runs a first sync in a home, then asks how things are. */
async function record(folder: string): Promise<readonly Frame[]> {
  const shorten = (text: string) => text.replaceAll(folder, "~");
  await using start = new Session(folder, ["start"]);
  await start.until(/watching for new events[^\n]*\n/);
  const readings = [{ elapsed: 0, written: "" }, ...start.readings];
  await using status = new Session(folder, ["status"]);
  const shown = shorten(await status.end());
  const whole = { command: start.command, written: shorten(start.written) };
  await using stop = new Session(folder, ["stop"]);
  await stop.end();
  await start.end();
  const end = readings.at(-1)!.elapsed + PAUSE;
  return [
    ...readings.map(({ elapsed, written }) => ({
      at: elapsed,
      parts: [{ command: start.command, written: shorten(written) }],
    })),
    { at: end, parts: [whole, { command: status.command, written: "" }] },
    { at: end + PAUSE / 3, parts: [whole, { command: status.command, written: shown }] },
  ];
}

async function main(args: readonly string[]): Promise<number> {
  const { output = DEFAULT_OUTPUT, size = DEFAULT_SIZE, _: rest } = parseArgs(args, {
    string: ["output", "size"],
  });
  const bytes = parseSize(String(size));
  if (bytes === undefined || rest.length > 0) {
    console.error("usage: recording.ts [--output FILE] [--size 150MB]");
    return 2;
  }
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "devlog-recording-" }));
  try {
    const home = generateHome(folder, { bytes, shape: "small" });
    const title = `A first sync of ${home.files} sessions, ${
      Math.round(home.bytes / 1e6)
    } MB, then devlog-collector status`;
    Deno.writeTextFileSync(String(output), renderRecording(title, COLUMNS, await record(folder)));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  console.log(`wrote ${output}`);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
