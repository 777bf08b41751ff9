/**
 * Compiles the program for one kind of machine.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { V8_FLAGS } from "../../src/platform/program.ts";
import { takeBuildFolder } from "./build_folder.ts";
import { stage } from "./stage.ts";
import { stageCache } from "./stage_cache.ts";
import type { Stamp } from "./stamp.ts";
import type { Target } from "./targets.ts";

/**
 * The modules that run in a Worker. Neither the module graph of `main.ts` nor, in all versions, `compile.include` of
 * `deno.json` brings them into the binary: without `--include` it fails when it starts one.
 */
export const WORKERS = [
  "src/sync/reader_worker.ts",
  "src/sync/writer_worker.ts",
  "src/export/export_worker.ts",
] as const;

/** How a compilation ended. */
export type Compiled = "done" | "failed" | "no runtime";

/**
 * Compiles the tree at `root` into the file `output`. What `deno compile` says goes to stdout and stderr.
 *
 * The runtime that the program is put into is the file in `DENORT_BIN`, else Deno downloads its own.
 */
export async function compile(root: string, target: Target, output: string, stamp: Stamp): Promise<Compiled> {
  await Deno.mkdir(dirname(output), { recursive: true });
  await using folder = await takeBuildFolder();
  // The name of the folder is the name of the app, which is in the binary.
  const tree = join(folder.path, "devlog-collector");
  await stage(root, tree, target.os, stamp);
  const cache = await stageCache(tree, join(folder.path, "deno-dir"), stamp);
  const compiler = new Deno.Command(Deno.execPath(), {
    args: compileArguments(target, resolve(output)),
    cwd: tree,
    env: { DENO_DIR: cache },
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).spawn();
  const [said, { success }] = await Promise.all([showAndKeep(compiler.stderr), compiler.status]);
  if (success) return "done";
  return said.includes("Setting up base binary") ? "no runtime" : "failed";
}

/** The arguments of `deno` that compile the staged program into `output`. */
function compileArguments({ triple }: Target, output: string): string[] {
  return [
    "compile",
    "--permission-set=collector",
    "--no-prompt",
    `--v8-flags=${V8_FLAGS}`,
    "--frozen",
    // `deno task ok` checks the types, with the pinned version's TypeScript; the compile kit's is an older one.
    "--no-check",
    ...leaveOutTestPackages(),
    ...WORKERS.map((worker) => `--include=${worker}`),
    `--target=${triple}`,
    `--output=${output}`,
    "main.ts",
  ];
}

/** Before 2.9 Deno embeds every package of `deno.lock`, those that only tests use as well. */
function leaveOutTestPackages(): readonly string[] {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || minor >= 9 ? ["--exclude-unused-npm"] : [];
}

/** Passes a stream on to stderr as it comes, and returns it whole. */
async function showAndKeep(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    for (let done = 0; done < chunk.length;) done += await Deno.stderr.write(chunk.subarray(done));
  }
  return text;
}
