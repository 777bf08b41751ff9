/**
 * Something that is typed into a terminal, and all that it writes. It needs `script` of util-linux, which gives a program a
 * terminal.
 *
 * @module
 */

import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "../..");

/** The width of the terminal in cells. */
export const COLUMNS = 88;

/** All that a program had written at some time after its start, ms. */
export interface Reading {
  readonly written: string;
  readonly elapsed: number;
}

/** A program of ours in a terminal. Dispose of it (`await using`): that ends it. */
export class Session implements AsyncDisposable {
  readonly command: string;
  readonly startedAt = performance.now();
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #told: (() => void)[] = [];
  #hasEnded = false;
  /** What was read, piece by piece. */
  readonly readings: Reading[] = [];

  constructor(home: string, args: readonly string[]) {
    this.command = `devlog-collector ${args.join(" ")}`;
    const program = [
      "exec",
      quote(Deno.execPath()),
      "run --quiet --permission-set=collector --no-prompt",
      quote(join(ROOT, "main.ts")),
      ...args,
    ].join(" ");
    this.#process = new Deno.Command("script", {
      args: ["--quiet", "--return", "--command", `stty cols ${COLUMNS}; ${program}`, "/dev/null"],
      env: {
        HOME: home,
        DEVLOG_HOME: "",
        CLAUDE_CONFIG_DIR: "",
        CODEX_HOME: "",
        TERM: "xterm",
        DENO_DIR: denoDir(),
      },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  get written(): string {
    return this.readings.at(-1)?.written ?? "";
  }

  /** Waits until something was written. */
  async until(text: RegExp): Promise<Reading> {
    for (;;) {
      const found = this.readings.find(({ written }) => text.test(written));
      if (found !== undefined) return found;
      if (this.#hasEnded) throw new Error(`${this.command} never said ${text}, but:\n${this.written}`);
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }

  /** Waits for its end and returns all that was written. */
  async end(): Promise<string> {
    const { code } = await this.#process.status;
    await this.#reading;
    if (code !== 0) throw new Error(`${this.command} ended with code ${code}:\n${this.written}`);
    return this.written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#process.kill("SIGTERM");
    await this.#process.status;
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.readings.push({ written: this.written + text, elapsed: performance.now() - this.startedAt });
      this.#tell();
    }
    this.#hasEnded = true;
    this.#tell();
  }

  #tell(): void {
    for (const tell of this.#told.splice(0)) tell();
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Deno looks for its cache below `HOME`, which is another one here. */
function denoDir(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).outputSync();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}
