/**
 * Says things without ever waiting for whoever reads them: a terminal that was stopped, or a pipe that nobody empties,
 * must not hold up the collector.
 *
 * @module
 */

/** More than this is not kept, in UTF-16 units: who reads nothing for so long misses the oldest of it. */
const MOST = 1 << 16;

const encoder = new TextEncoder();

/** What is written to. */
export interface AsyncStream {
  write(bytes: Uint8Array): Promise<number>;
}

/** Writes what it is told as it can. */
export class Announcer {
  readonly #stream: AsyncStream;
  #waiting: string[] = [];
  #length = 0;
  /** What is to be shown unless something newer comes first. */
  #draft: string | undefined;
  #writing: Promise<void> | undefined;

  constructor(stream: AsyncStream) {
    this.#stream = stream;
  }

  /** Says a text, after what was said before. */
  say(text: string): void {
    // A draft that could not be shown yet is older than this.
    this.#draft = undefined;
    this.#waiting.push(text);
    this.#length += text.length;
    while (this.#length > MOST && this.#waiting.length > 1) this.#length -= this.#waiting.shift()!.length;
    this.#write();
  }

  /** Shows a text, unless another takes its place before it can be written. */
  show(text: string): void {
    this.#draft = text;
    this.#write();
  }

  /** Resolves when all has been written, or after so long, ms. */
  async settled(patience: number): Promise<void> {
    if (this.#writing === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
    await Promise.race([this.#writing, timeout]);
    clearTimeout(timer);
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => this.#writing = undefined);
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      const text = this.#waiting.length > 0 ? this.#waiting.join("") : this.#draft;
      if (text === undefined) return;
      if (this.#waiting.length > 0) this.#waiting = [];
      else this.#draft = undefined;
      this.#length = 0;
      try {
        const bytes = encoder.encode(text);
        for (let written = 0; written < bytes.length;) {
          written += await this.#stream.write(bytes.subarray(written));
        }
      } catch {
        // Nobody reads any more; what was done is in the store.
      }
    }
  }
}
