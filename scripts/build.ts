// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Compiles the program for this machine into one file: `deno task build [--output FILE]`, by default
 * `dist/devlog-collector`.
 *
 * The runtime that the program is put into is the file in `DENORT_BIN`, else Deno downloads its own. It must be of the
 * version of the `deno` that runs this script. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the runtime can't be
 * downloaded.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";

const ROOT = resolve(import.meta.dirname!, "..");

/**
 * The modules that run in a Worker. Neither the module graph of `main.ts` nor, in all versions, `compile.include` of
 * `deno.json` brings them into the binary: without `--include` it fails when it starts one.
 */
const WORKERS = [
  "src/sync/reader_worker.ts",
  "src/sync/writer_worker.ts",
  "src/export/export_worker.ts",
] as const;

/** Exit code when the runtime is neither given nor to be downloaded. */
const NO_RUNTIME = 3;

/** The arguments of `deno` that compile the program into `output`. */
function compileArguments(output: string): string[] {
  return [
    "compile",
    "--permission-set=collector",
    "--no-prompt",
    // Each thread has a heap of its own: small young generations save memory and cost no speed.
    "--v8-flags=--max-semi-space-size=4,--expose-gc",
    "--frozen",
    // `deno task ok` checks the types, with the pinned version's TypeScript; the compile kit's is an older one.
    "--no-check",
    ...leaveOutTestPackages(),
    ...WORKERS.map((worker) => `--include=${worker}`),
    `--output=${output}`,
    "main.ts",
  ];
}

/** Before 2.9 Deno embeds every package of `deno.lock`, those that only tests use as well. */
function leaveOutTestPackages(): readonly string[] {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || minor >= 9 ? ["--exclude-unused-npm"] : [];
}

async function main(args: readonly string[]): Promise<number> {
  const { output, unknown } = readArguments(args);
  if (unknown !== undefined) {
    console.error(`unknown argument ${unknown}; there is --output FILE`);
    return 2;
  }
  await Deno.mkdir(dirname(output), { recursive: true });
  const compiler = new Deno.Command(Deno.execPath(), {
    args: compileArguments(output),
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).spawn();
  const [said, { success }] = await Promise.all([showAndKeep(compiler.stderr), compiler.status]);
  if (success) return 0;
  if (!said.includes("Setting up base binary")) return 1;
  console.error(
    `\nThe program's modules are complete, but the runtime to put them into could not be downloaded. Either\n` +
      `  - set DENORT_BIN to a denort of Deno ${Deno.version.deno}, or\n` +
      `  - run from source: deno task start`,
  );
  return NO_RUNTIME;
}

function readArguments(args: readonly string[]): { readonly output: string; readonly unknown?: string } {
  let unknown: string | undefined;
  const { output } = parseArgs(args, {
    string: ["output"],
    unknown: (argument) => {
      unknown ??= argument;
    },
  });
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  const given = typeof output === "string" && output !== "" ? output : undefined;
  return {
    output: given === undefined ? resolve(ROOT, `dist/devlog-collector${suffix}`) : resolve(given),
    unknown,
  };
}

/** Passes a stream on to stderr as it comes, and returns it whole. */
async function showAndKeep(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    await writeAll(chunk);
  }
  return text;
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await Deno.stderr.write(bytes.subarray(done));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
