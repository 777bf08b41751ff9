/**
 * Runs the program under strace, which ends it, or lets its system calls fail, at a chosen call on the store's files.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { program } from "../e2e/program.ts";

/** A run that takes longer is ended, ms. */
const TIME_LIMIT = 60_000;

/** The system calls by which SQLite writes. */
export const CALLS = ["pwrite64", "fsync"] as const;
export type Call = typeof CALLS[number];

/** What a run is like. */
export interface TracedRun {
  readonly home: string;
  /** The program's own folder (`DEVLOG_HOME`). */
  readonly devlogHome: string;
  /** Arguments of strace: what to trace and what to inject, and further paths. */
  readonly strace: readonly string[];
  /** Arguments of the program. */
  readonly args: readonly string[];
}

/** What became of a run. */
export interface TracedOutcome {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stderr: string;
  /** What strace wrote. */
  readonly trace: string;
}

/** The path of the store below the program's own folder. */
export function storePath(devlogHome: string): string {
  return join(devlogHome, "data", "devlog.db");
}

/**
 * Runs the program under strace to its end. Only calls on the database and its log are traced, and counted by `when=` of
 * an injection: the runtime has databases of its own.
 */
export async function runTraced({ home, devlogHome, strace, args }: TracedRun): Promise<TracedOutcome> {
  const store = storePath(devlogHome);
  const trace = await Deno.makeTempFile({ prefix: "devlog-trace-" });
  const { command, prefixArgs } = program();
  try {
    const process = new Deno.Command("strace", {
      args: [
        ...[
          "-f",
          "-y",
          "-s",
          "0",
          "-I",
          "2",
          "-o",
          trace,
          "-P",
          store,
          "-P",
          `${store}-wal`,
          "-P",
          `${store}-journal`,
        ],
        ...strace,
        ...["env", "-i", `HOME=${home}`, `PATH=${join(home, "no-programs")}`, `DENO_DIR=${denoDir()}`],
        `DEVLOG_HOME=${devlogHome}`,
        ...[command, ...prefixArgs, ...args],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    // strace hands the signal on.
    const timer = setTimeout(() => process.kill("SIGTERM"), TIME_LIMIT);
    const { code, signal, stderr } = await process.output();
    clearTimeout(timer);
    return { code, signal, stderr: new TextDecoder().decode(stderr), trace: await Deno.readTextFile(trace) };
  } finally {
    await Deno.remove(trace);
  }
}

let foundDenoDir: string | undefined;

/** Where the runtime keeps its cache; it would look below HOME. */
function denoDir(): string {
  foundDenoDir ??= (JSON.parse(
    new TextDecoder().decode(
      new Deno.Command(Deno.execPath(), {
        args: ["info", "--json"],
        cwd: resolve(import.meta.dirname!, "../.."),
      })
        .outputSync().stdout,
    ),
  ) as { denoDir: string }).denoDir;
  return foundDenoDir;
}
