/**
 * Runs the measured program: the binary that `DEVLOG_BIN` names, else `main.ts` under this Deno with the permissions
 * that the binary has.
 *
 * @module
 */

import { resolve } from "node:path";
import { V8_FLAGS } from "../../src/platform/program.ts";
import type { Home } from "../generate_home.ts";
import { pause, watchPeak } from "./proc.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** A run that takes longer than this, in ms, and than its history at this rate, in bytes a ms, will never end. */
const PATIENCE = 60_000;
const SLOWEST = 2_000;

/** What became of a run. */
export interface Run {
  /** From its start to its exit. */
  readonly seconds: number;
  /** The most memory it held, in bytes. */
  readonly peak: number;
}

/** The program with one home and one store. */
export class Program {
  readonly #command: string;
  readonly #prefix: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;

  /**
   * @param home what it finds
   * @param devlogHome where it keeps its store; `DEVLOG_HOME`
   */
  constructor(readonly home: Home, readonly devlogHome: string) {
    const binary = Deno.env.get("DEVLOG_BIN") ?? "";
    this.#command = binary === "" ? Deno.execPath() : resolve(binary);
    this.#prefix = binary === ""
      ? [
        "run",
        "--quiet",
        // As `deno task start` and the binary have it.
        `--v8-flags=${V8_FLAGS}`,
        "-P=collector",
        "--no-prompt",
        `--config=${ROOT}/deno.json`,
        `${ROOT}/main.ts`,
      ]
      : [];
    this.#environment = {
      HOME: home.folder,
      DEVLOG_HOME: devlogHome,
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
      // As `deno task start`, the npm package and the service have it.
      MALLOC_ARENA_MAX: "2",
      MALLOC_MMAP_THRESHOLD_: "2097152",
      ...(binary === "" && { DENO_DIR: findDenoDir() }),
    };
  }

  /** Path of its store. */
  get store(): string {
    return `${this.devlogHome}/data/devlog.db`;
  }

  /** Runs a command to its end. @throws {Error} if it fails, or takes longer than any history of that size may */
  async run(...args: readonly string[]): Promise<Run> {
    const { process, failure } = this.#spawn(this.#command, [...this.#prefix, ...args]);
    const started = performance.now();
    const peak = watchPeak(process.pid, process.status);
    const { code } = await this.#end(process);
    const seconds = (performance.now() - started) / 1_000;
    const message = await failure;
    if (code !== 0) {
      throw new Error(`\`${args.join(" ")}\` ended with ${code} after ${seconds.toFixed(1)} s: ${message}`);
    }
    return { seconds, peak: await peak };
  }

  /** Runs a command under strace; returns the trace's lines. @throws {Error} as `run()` does */
  async trace(calls: string, ...args: readonly string[]): Promise<string[]> {
    const file = `${this.devlogHome}.trace`;
    const strace = ["-f", "-s", "4096", "-e", `trace=${calls}`, "-o", file, this.#command];
    const { process, failure } = this.#spawn("strace", [...strace, ...this.#prefix, ...args]);
    const { code } = await this.#end(process);
    const message = await failure;
    if (code !== 0) throw new Error(`\`${args.join(" ")}\` under strace ended with ${code}: ${message}`);
    const lines = (await Deno.readTextFile(file)).split("\n");
    await Deno.remove(file);
    return lines;
  }

  /** Starts the collector. Dispose of it to end it. */
  start(...args: readonly string[]): Collector {
    const { process, failure } = this.#spawn(this.#command, [...this.#prefix, "start", ...args]);
    return new Collector(process, failure);
  }

  /** Waits for the end of a process, and brings it about where it takes too long. */
  async #end(process: Deno.ChildProcess): Promise<Deno.CommandStatus> {
    const limit = setTimeout(() => {
      const children = Deno.readTextFileSync(`/proc/${process.pid}/task/${process.pid}/children`);
      // strace leaves alone what it traced.
      for (const child of children.match(/\d+/g) ?? []) Deno.kill(Number(child), "SIGKILL");
      process.kill("SIGKILL");
    }, PATIENCE + this.home.bytes / SLOWEST);
    const status = await process.status;
    clearTimeout(limit);
    return status;
  }

  #spawn(command: string, args: readonly string[]): { process: Deno.ChildProcess; failure: Promise<string> } {
    const process = new Deno.Command(command, {
      args: [...args],
      clearEnv: true,
      env: { ...this.#environment, PATH: Deno.env.get("PATH") ?? "" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return { process, failure: new Response(process.stderr).text() };
  }
}

/** A collector that runs. */
export class Collector implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #failure: Promise<string>;
  #ended = false;

  constructor(process: Deno.ChildProcess, failure: Promise<string>) {
    this.#process = process;
    this.#failure = failure;
    process.status.then(() => this.#ended = true);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** @throws {Error} with what it said, if it has ended */
  async assertRuns(): Promise<void> {
    if (this.#ended) throw new Error(`The collector ended: ${await this.#failure}`);
  }

  /** Ends it as Ctrl-C does, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#process.kill("SIGINT");
    await Promise.race([
      this.#process.status,
      pause(10_000).then(() => this.#ended || this.#process.kill("SIGKILL")),
    ]);
    await this.#process.status;
    await this.#failure;
  }
}

let denoDir: string | undefined;

/** Deno's cache, which it would else look for below the generated home. */
function findDenoDir(): string {
  if (denoDir === undefined) {
    const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT })
      .outputSync();
    denoDir = (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
  }
  return denoDir;
}
