/**
 * A process that runs: reads all it prints, waits for a line, ends it.
 *
 * @module
 */

import type { Outcome } from "./program.ts";

/** How long a test waits for a line or an end before it fails, in milliseconds. */
const PATIENCE = 30_000;

/** Both outputs of a process, as far as they came. */
interface Output {
  stdout: string;
  stderr: string;
}

/** A started process. Its output is read from the start, so that it never blocks on a full pipe. */
export class RunningProgram {
  readonly #process: Deno.ChildProcess;
  readonly #output: Output = { stdout: "", stderr: "" };
  readonly #done: Promise<Outcome>;
  #ended = false;
  #wake = Promise.withResolvers<void>();

  /** Starts a command whose stdout and stderr are piped. */
  constructor(command: Deno.Command) {
    this.#process = command.spawn();
    this.#done = this.#follow();
  }

  /** The process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** All it has printed so far. */
  get output(): Readonly<Output> {
    return this.#output;
  }

  /** Writes to its standard input and closes it. Needs `stdin: "piped"`. */
  async feed(text: string): Promise<void> {
    const writer = this.#process.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
    } catch (error) {
      // It may end without reading all it is given.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }

  /**
   * The first whole line, on either output and from the start of the process, that the pattern matches.
   *
   * @throws {Error} with all it printed, if there is none in time or the process ended without it
   */
  async line(pattern: RegExp, timeoutMs: number = PATIENCE): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    while (true) {
      const ended = this.#ended;
      const lines = [this.#output.stdout, this.#output.stderr].flatMap((text) =>
        text.split("\n").slice(0, -1)
      );
      const found = lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (ended) throw this.#failure(`ended without a line like ${pattern}`);
      const left = deadline - performance.now();
      if (left <= 0) throw this.#failure(`printed no line like ${pattern} within ${timeoutMs} ms`);
      await within(left, this.#wake.promise);
    }
  }

  /** Sends a signal, unless it has ended. Windows knows only kills. */
  signal(name: Deno.Signal): void {
    try {
      this.#process.kill(name);
    } catch (error) {
      // It can have ended in this very moment.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Kills it as hard as the system can and waits until it is gone. */
  async kill(): Promise<Outcome> {
    this.signal("SIGKILL");
    return await this.#done;
  }

  /**
   * Waits for its end.
   *
   * @throws {Error} with all it printed, if it does not end in time; it is killed then
   */
  async end(timeoutMs: number = PATIENCE): Promise<Outcome> {
    const outcome = await within(timeoutMs, this.#done);
    if (outcome !== undefined) return outcome;
    await this.kill();
    throw this.#failure(`did not end within ${timeoutMs} ms`);
  }

  /** Kills it if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #follow(): Promise<Outcome> {
    await Promise.all([
      this.#read(this.#process.stdout, "stdout"),
      this.#read(this.#process.stderr, "stderr"),
    ]);
    const { code } = await this.#process.status;
    this.#ended = true;
    this.#wake.resolve();
    return { code, ...this.#output };
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, name: keyof Output): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#output[name] += text;
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }
  }

  #failure(what: string): Error {
    const { stdout, stderr } = this.#output;
    return new Error(`process ${this.pid} ${what}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  }
}

/** What a promise comes to, or `undefined` if it takes longer than so many milliseconds. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
