/**
 * Drives the program as a user does: as a process of its own, in a home of its own, with nothing of this machine's
 * environment. The program is the binary that `DEVLOG_BIN` names, else `main.ts` under this Deno with the permissions
 * that the binary has.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { RunningProgram } from "./running_program.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** How the program under test is called. */
export interface Program {
  /** Absolute path of the executable. */
  readonly command: string;
  /** What comes before the program's own arguments. */
  readonly prefixArgs: readonly string[];
}

/** The program under test. It can be called from any folder. */
export function program(): Program {
  const binary = Deno.env.get("DEVLOG_BIN");
  if (binary !== undefined && binary !== "") return { command: resolve(binary), prefixArgs: [] };
  return {
    command: Deno.execPath(),
    prefixArgs: [
      "run",
      // Deno warns on stderr that named permission sets are new; the binary has no such line.
      "--quiet",
      "--permission-set=collector",
      "--no-prompt",
      // A test never writes into the checkout.
      "--frozen",
      `--config=${join(ROOT, "deno.json")}`,
      join(ROOT, "main.ts"),
    ],
  };
}

/** Surroundings of the program. */
export interface StartOptions {
  /** The user's home folder: all that the program finds and writes is below it. */
  readonly home: string;
  /** Environment variables beyond `HOME`, an empty `PATH` and the folder for temporary files. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder. @default the home */
  readonly cwd?: string;
  /** A program, by its absolute path, and its arguments that runs the program: `["/usr/bin/strace", "-f"]`. */
  readonly under?: readonly [program: string, ...args: readonly string[]];
}

/** Options of {@link run}. */
export interface RunOptions extends StartOptions {
  /** It is killed after so many milliseconds, and `run` fails. @default 60000 */
  readonly timeoutMs?: number;
  /** What it reads on standard input. @default nothing */
  readonly stdin?: string;
}

/** What became of a process. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the program to its end.
 *
 * @throws {Error} with all it printed, if it takes longer than `timeoutMs`
 */
export async function run(args: readonly string[], options: RunOptions): Promise<Outcome> {
  const { timeoutMs = 60_000, stdin } = options;
  await using running = new RunningProgram(command(args, options, stdin === undefined ? "null" : "piped"));
  if (stdin !== undefined) await running.feed(stdin);
  return await running.end(timeoutMs);
}

/** Starts the program and lets it run. Dispose of it (`await using`): that kills it if it still runs. */
export function spawn(args: readonly string[], options: StartOptions): RunningProgram {
  return new RunningProgram(command(args, options, "null"));
}

function command(args: readonly string[], options: StartOptions, stdin: "null" | "piped"): Deno.Command {
  const { command, prefixArgs } = program();
  const [first, ...rest] = [...options.under ?? [], command, ...prefixArgs, ...args] as [string, ...string[]];
  return new Deno.Command(first, {
    args: rest,
    cwd: options.cwd ?? options.home,
    clearEnv: true,
    env: { ...environment(options.home, prefixArgs.length > 0), ...options.env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

function environment(home: string, fromSource: boolean): Record<string, string> {
  return {
    HOME: home,
    // A folder that does not exist: whatever the program starts must be given to it by the test.
    PATH: join(home, "no-programs"),
    ...inherited("TMPDIR"),
    ...(Deno.build.os === "windows"
      ? { USERPROFILE: home, ...inherited("SystemRoot"), ...inherited("TEMP") }
      : {}),
    // Deno itself looks for its cache below HOME.
    ...(fromSource ? { DENO_DIR: denoDir() } : {}),
  };
}

/** The absolute path of a program of this machine, for `under`. */
export function findProgram(name: string): string {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const found = folders.map((folder) => join(folder, name)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`there is no ${name} on the PATH`);
  return found;
}

function inherited(name: string): Record<string, string> {
  const value = Deno.env.get(name);
  return value === undefined ? {} : { [name]: value };
}

let foundDenoDir: string | undefined;

export function denoDir(): string {
  if (foundDenoDir === undefined) {
    const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).outputSync();
    foundDenoDir = (JSON.parse(new TextDecoder().decode(info.stdout)) as { denoDir: string }).denoDir;
  }
  return foundDenoDir;
}

/** A new empty home folder, removed when it is disposed of. */
export interface TemporaryHome extends Disposable {
  readonly path: string;
}

/** Makes a home folder of its own for a test: `using home = temporaryHome()`. Its path holds a space, as many do. */
export function temporaryHome(): TemporaryHome {
  // The real path: the temporary folder of macOS is behind a link.
  const path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "devlog home " }));
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
