/**
 * The content of a zstd archive, piece by piece. Memory stays bounded whatever the archive claims: input is read and
 * output taken in pieces, and the window of a frame is limited to what `zstd -d` accepts without being told.
 *
 * @module
 */

import type { ZstdDecompress } from "node:zlib";
import { ZstdFrames } from "./zstd_frames.ts";

const INPUT_LENGTH = 65536;
/** The largest block of a frame: so each piece of output is a block. */
const OUTPUT_LENGTH = 131072;
const MAX_WINDOW_LOG = 27;

/** The runtime has no zstd. */
export class NoZstdError extends Error {
  override readonly name = "NoZstdError";
}

/** Decompresses one archive from its start. */
export class ZstdContent {
  readonly #read: (into: Uint8Array) => number;
  readonly #buffer = new Uint8Array(INPUT_LENGTH);
  #input = this.#buffer.subarray(0, 0);
  readonly #frames = new ZstdFrames();
  #frame: FrameStream | undefined;

  /** @param read fills the start of an array with the next bytes of the archive and says how many; 0 at its end */
  constructor(read: (into: Uint8Array) => number) {
    this.#read = read;
  }

  /**
   * The next piece of content, or `undefined` at the end.
   *
   * @throws {NoZstdError} if this runtime can't decompress zstd
   * @throws {Error} if the archive is cut or damaged; all pieces before that have been returned
   */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece = await this.#frame?.next();
      if (piece !== undefined) return piece;
      if (this.#frame?.ended) this.#frame = undefined;
      if (this.#input.length === 0) {
        this.#input = this.#buffer.subarray(0, this.#read(this.#buffer));
        if (this.#input.length === 0) {
          if (this.#frames.open) throw new RangeError("it ends in the middle of a frame");
          return undefined;
        }
      }
      const part = this.#frames.next(this.#input);
      const bytes = this.#input.subarray(0, part.length);
      this.#input = this.#input.subarray(part.length);
      if (!part.compressed) continue;
      this.#frame ??= await FrameStream.open();
      this.#frame.write(bytes, part.ended);
    }
  }

  /** Ends the work; nothing may be called after it. */
  close(): void {
    this.#frame?.close();
  }
}

/** The runtime's decompressor for one frame, made to be asked for its output instead of sending it. */
class FrameStream {
  readonly #stream: ZstdDecompress;
  /** The bytes that were written have been decompressed. */
  #idle = true;
  #last = false;
  #ended = false;
  #failure: Error | undefined;
  #wake = () => {};

  static async open(): Promise<FrameStream> {
    // Loading it takes as long as starting the program; few agents compress.
    const { constants, createZstdDecompress } = await import("node:zlib");
    try {
      const params = { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG };
      return new FrameStream(createZstdDecompress({ chunkSize: OUTPUT_LENGTH, params }));
    } catch (cause) {
      throw new NoZstdError("this build can't decompress zstd", { cause });
    }
  }

  private constructor(stream: ZstdDecompress) {
    this.#stream = stream;
    stream.on("readable", () => this.#wake());
    stream.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
    stream.on("error", (error: Error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  /** Whether all output has been taken and there will be no more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Adds bytes of the frame; those before must have been used up. */
  write(bytes: Uint8Array, last: boolean): void {
    this.#idle = false;
    this.#last = last;
    this.#stream.write(bytes, () => {
      this.#idle = true;
      this.#wake();
    });
    if (last) this.#stream.end();
  }

  /** The next piece of output, or `undefined` if more bytes must be written first or the frame has ended. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece: Uint8Array | null = this.#stream.read();
      if (piece !== null) return piece;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended || (this.#idle && !this.#last)) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  close(): void {
    this.#stream.destroy();
  }
}
