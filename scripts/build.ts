// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Compiles the program into one file, and packs it.
 *
 *     deno task build [--target NAME]… [--output FILE] [--archive]
 *
 * Without `--target` it is for this machine, `dist/devlog-collector`; with it `dist/NAME/devlog-collector`, `all` for
 * every target of `scripts/release/targets.ts`. `--archive` packs each with license, README, man page and completions
 * into `dist/devlog-collector-VERSION-NAME.tar.gz` or `.zip`, and writes `dist/SHA256SUMS` of all that is there.
 *
 * The runtime that a program is put into is the file in `DENORT_BIN`, else Deno downloads its own. It must be of the
 * version of the `deno` that runs this script, and for the target. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the
 * runtime can't be downloaded.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import denoJson from "../deno.json" with { type: "json" };
import { pack } from "./release/archive.ts";
import { writeChecksums } from "./release/checksums.ts";
import { compile } from "./release/compile.ts";
import { readDocuments } from "./release/documents.ts";
import { readStamp, type Stamp } from "./release/stamp.ts";
import {
  archiveFile,
  archiveStem,
  findTarget,
  programFile,
  type Target,
  targetOf,
  TARGETS,
} from "./release/targets.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const DIST = join(ROOT, "dist");

/** Exit code when the runtime is neither given nor to be downloaded. */
const NO_RUNTIME = 3;

class UsageError extends Error {}

/** A program to build. */
interface Build {
  readonly target: Target;
  readonly output: string;
}

async function main(args: readonly string[]): Promise<number> {
  const { builds, isPacked } = readArguments(args);
  const stamp = await readStamp(ROOT);
  for (const { target, output } of builds) {
    const outcome = await compile(ROOT, target, output, stamp);
    if (outcome === "failed") return 1;
    if (outcome === "no runtime") {
      console.error(
        `\nThe program's modules are complete, but the runtime to put them into could not be downloaded. Either\n` +
          `  - set DENORT_BIN to a denort of Deno ${Deno.version.deno} for ${target.name}, or\n` +
          `  - run from source: deno task start`,
      );
      return NO_RUNTIME;
    }
    if (isPacked) await writeArchive(target, output, stamp);
  }
  if (isPacked) { for (const name of await writeChecksums(DIST)) console.log(`dist/${name}`); }
  return 0;
}

function readArguments(
  args: readonly string[],
): { readonly builds: readonly Build[]; readonly isPacked: boolean } {
  const parsed = parseArgs(args, {
    string: ["output", "target"],
    boolean: ["archive"],
    collect: ["target"],
    unknown: (argument) => {
      throw new UsageError(
        `unknown argument ${argument}; there are --target NAME, --output FILE and --archive`,
      );
    },
  });
  const output = String(parsed.output ?? "");
  const isPacked = parsed.archive === true;
  const names = (parsed.target as readonly string[]).flatMap((name) =>
    name === "all" ? TARGETS.map(({ name }) => name) : [name]
  );
  if (names.length === 0) {
    const target = targetOf(Deno.build.os, Deno.build.arch);
    const file = output ? resolve(output) : join(DIST, programFile(target));
    return { builds: [{ target, output: file }], isPacked };
  }
  if (output && names.length > 1) throw new UsageError("--output is for one target");
  const builds = names.map((name) => {
    const target = findTarget(name);
    if (target === undefined) {
      throw new UsageError(
        `no target ${name}; there are all, ${TARGETS.map(({ name }) => name).join(", ")}`,
      );
    }
    return { target, output: output ? resolve(output) : join(DIST, name, programFile(target)) };
  });
  return { builds, isPacked };
}

async function writeArchive(target: Target, program: string, stamp: Stamp): Promise<void> {
  const files = [
    { path: programFile(target), data: await Deno.readFile(program), isProgram: true },
    ...await readDocuments(ROOT, stamp.time),
  ];
  const { version } = denoJson;
  const bytes = pack(target.archive, archiveStem(version, target), files, stamp.time);
  await Deno.mkdir(DIST, { recursive: true });
  await Deno.writeFile(join(DIST, archiveFile(version, target)), bytes);
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
