// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Makes a Debian package of each archive for Linux in `dist/`, and writes `dist/SHA256SUMS` anew. It needs `dpkg-deb`.
 *
 *     deno run -A scripts/pack_deb.ts [--level 6]
 *
 * @module
 */

import { join, resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import denoJson from "../deno.json" with { type: "json" };
import { writeChecksums } from "./release/checksums.ts";
import { buildDebian } from "./release/debian.ts";
import { readStamp } from "./release/stamp.ts";
import { archiveFile, TARGETS } from "./release/targets.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const DIST = join(ROOT, "dist");

async function main(args: readonly string[]): Promise<number> {
  const level = Number(parseArgs(args, { string: ["level"] }).level ?? 6);
  const { version } = denoJson;
  const { time } = await readStamp(ROOT);
  const names = new Set(await Array.fromAsync(Deno.readDir(DIST), ({ name }) => name));
  const targets = TARGETS.filter((target) =>
    target.os === "linux" && names.has(archiveFile(version, target))
  );
  if (targets.length === 0) {
    console.error("there is no archive for Linux in dist/: make one with `deno task build --archive`");
    return 1;
  }
  for (const target of targets) {
    const archive = await Deno.readFile(join(DIST, archiveFile(version, target)));
    console.log(await buildDebian({ version, target, archive, time, level }, DIST));
  }
  await writeChecksums(DIST);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
