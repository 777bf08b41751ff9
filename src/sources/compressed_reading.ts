/**
 * Reads a compressed source of lines. Its offsets are those of the content, so it goes on where its plain twin was left.
 *
 * @module
 */

import type { SourceCursor } from "./cursor.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { Reading, ReadingLimits } from "./reading.ts";
import type { RecordSink } from "./record_sink.ts";
import { SourceDamagedError, SourceError, SourceRefusedError } from "./source_errors.ts";
import type { SourceFile } from "./source_file.ts";
import { Trail } from "./trail.ts";
import { NoZstdError, ZstdContent } from "./zstd_content.ts";

/** One pass over a compressed file. */
export class CompressedReading implements Reading {
  readonly #file: SourceFile;
  readonly #cursor: SourceCursor;
  readonly #limits: ReadingLimits;
  #content: ZstdContent;
  /** Not there before the content up to the cursor has been gone through. */
  #splitter: LineSplitter | undefined;
  /** What was read beyond the cursor on the way to it. */
  #rest = new Uint8Array(0);
  #resumed = true;
  #finished = false;

  constructor(file: SourceFile, cursor: SourceCursor, limits: ReadingLimits) {
    this.#file = file;
    this.#cursor = cursor;
    this.#limits = limits;
    this.#content = this.#unpack();
    if (cursor.offset === 0) this.#splitter = new LineSplitter(new Trail(), limits);
  }

  get resumed(): boolean {
    return this.#resumed;
  }

  /** As in {@link Reading}; the first step with a cursor only goes to it. */
  async step(sink: RecordSink): Promise<boolean> {
    if (this.#finished) return false;
    if (this.#splitter === undefined) {
      this.#splitter = new LineSplitter(await this.#goToCursor(), this.#limits);
      return true;
    }
    const piece = await this.#nextPiece(sink, this.#splitter);
    if (piece === undefined) {
      this.#finished = true;
      this.#splitter.finish(sink);
      return false;
    }
    for (let taken = 0; taken < piece.length;) {
      const space = this.#splitter.space();
      const part = piece.subarray(taken, taken + space.length);
      space.set(part);
      this.#splitter.filled(part.length, sink);
      taken += part.length;
    }
    return true;
  }

  cursor(): SourceCursor {
    return this.#splitter?.cursor() ?? this.#cursor;
  }

  close(): void {
    this.#finished = true;
    this.#content.close();
    this.#splitter?.release();
  }

  #unpack(): ZstdContent {
    this.#file.seek(0);
    return new ZstdContent((into) => this.#file.read(into));
  }

  /** The next piece of content; what is whole before damage has been handed over when that is thrown. */
  async #nextPiece(sink: RecordSink, splitter: LineSplitter): Promise<Uint8Array | undefined> {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = new Uint8Array(0);
      return rest;
    }
    let piece: Uint8Array | undefined;
    try {
      piece = await this.#content.next();
    } catch (cause) {
      this.#finished = true;
      this.#throwUnlessDamaged(cause);
      splitter.finish(sink);
      throw new SourceDamagedError(this.#file.path, { cause });
    }
    return piece;
  }

  /** Goes through the content to the cursor, or back to its start if it is not what the cursor says. */
  async #goToCursor(): Promise<Trail> {
    const trail = new Trail();
    try {
      while (trail.offset < this.#cursor.offset) {
        const piece = await this.#content.next();
        if (piece === undefined) break;
        const length = Math.min(piece.length, this.#cursor.offset - trail.offset);
        trail.add(piece.subarray(0, length));
        this.#rest = piece.slice(length);
      }
    } catch (error) {
      // Damage before the cursor is met, and told, again on the way from the start.
      this.#throwUnlessDamaged(error);
    }
    if (trail.fits(this.#cursor)) return trail;
    this.#resumed = false;
    this.#rest = new Uint8Array(0);
    this.#content.close();
    this.#content = this.#unpack();
    return new Trail();
  }

  #throwUnlessDamaged(error: unknown): void {
    if (error instanceof SourceError) throw error;
    if (error instanceof NoZstdError) {
      throw new SourceRefusedError(this.#file.path, "compressed", { cause: error });
    }
  }
}
