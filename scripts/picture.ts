// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Makes the picture of a first sync that the README shows: generates the history of a user, runs the real program on it
 * in a terminal, and draws what that showed.
 *
 *     deno run -A scripts/picture.ts [--output FILE] [--size 40MB]
 *
 * It needs `script` of util-linux, which gives a program a terminal. Exit codes: 0 done, 1 failed, 2 wrong usage.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { parseSize } from "./bench/size.ts";
import { generateHome, type Home } from "./generate_home.ts";
import { COLUMNS, type Reading, Session } from "./picture/session.ts";
import { type Moment, renderPicture } from "./picture/svg.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const DEFAULT_OUTPUT = join(ROOT, "docs/images/first-sync.svg");
const DEFAULT_SIZE = "40MB";

/** The line of progress, where it is the last thing that was written. */
const ON_THE_WAY = /syncing (\d+) %[^\r\n]*$/;
const AT_THE_END = /watching for new events[^\n]*\n/;

/** Runs a first sync in a home and asks how things are; the collector is stopped at the end. */
async function watchFirstSync(folder: string): Promise<readonly Moment[]> {
  const shorten = (text: string) => text.replaceAll(folder, "~");
  await using start = new Session(folder, ["start"]);
  const { command } = start;
  const atTheEnd = await start.until(AT_THE_END);
  const onTheWay = halfway(start.readings);
  await using status = new Session(folder, ["status"]);
  const shown = await status.end();
  await using query = new Session(folder, ["query", "--type", "command_execution", "--limit", "4"]);
  const found = await query.end();
  await using stop = new Session(folder, ["stop"]);
  await stop.end();
  await start.end();
  return [
    ...onTheWay.map(({ elapsed, written }) => ({
      caption: `after ${seconds(elapsed)}`,
      command,
      written: shorten(written),
    })),
    { caption: `after ${seconds(atTheEnd.elapsed)}`, command, written: shorten(atTheEnd.written) },
    { caption: "in another terminal", command: status.command, written: shorten(shown) },
    { caption: "what agents ran last", command: query.command, written: shorten(found) },
  ];
}

/** The reading at which the progress was nearest to a half; none if it was never shown. */
function halfway(readings: readonly Reading[]): readonly Reading[] {
  const distance = ({ written }: Reading) => Math.abs(50 - Number(ON_THE_WAY.exec(written)?.[1] ?? NaN));
  return readings
    .filter(({ written }) => ON_THE_WAY.test(written))
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, 1);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function describe({ files, bytes }: Home): string {
  return `A first sync of ${files} sessions, ${Math.round(bytes / 1e6)} MB, in a terminal`;
}

async function main(args: readonly string[]): Promise<number> {
  const { output = DEFAULT_OUTPUT, size = DEFAULT_SIZE, _: rest } = parseArgs(args, {
    string: ["output", "size"],
  });
  const bytes = parseSize(String(size));
  if (bytes === undefined || rest.length > 0) {
    console.error("usage: picture.ts [--output FILE] [--size 40MB]");
    return 2;
  }
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "devlog-picture-" }));
  try {
    const home = generateHome(folder, { bytes, shape: "small" });
    const picture = renderPicture(describe(home), COLUMNS, await watchFirstSync(folder));
    Deno.writeTextFileSync(String(output), picture);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  console.log(`wrote ${output}`);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
