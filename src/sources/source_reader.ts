/**
 * Reads what is new in one source.
 *
 * @module
 */

import type { SourceFormat } from "../agents/agent.ts";
import { CompressedReading } from "./compressed_reading.ts";
import type { SourceCursor } from "./cursor.ts";
import { type DatabaseLimits, DatabaseReading } from "./database_reading.ts";
import { PlainReading } from "./plain_reading.ts";
import type { PickNeeded, Reading, ReadingLimits } from "./reading.ts";
import type { RecordSink } from "./record_sink.ts";
import { SourceFile } from "./source_file.ts";
import { DatabaseFile } from "./sqlite/database.ts";
import type { FileStamp } from "./stamp.ts";

import { DocumentReading, OperationsReading } from "./whole_reading.ts";

export type { DamageReason, RecordSink } from "./record_sink.ts";
export * from "./source_errors.ts";

/** What to open, and from where. */
export interface OpenRequest {
  readonly path: string;
  /** The root that the file must lie under, with all links resolved. */
  readonly realRoot: string;
  readonly format: SourceFormat;
  /** Where to go on. */
  readonly cursor: SourceCursor;
  /**
   * The longest line that is decoded, in bytes.
   *
   * @default {16777216}
   */
  readonly maxLine?: number;
  /**
   * How many bytes a step takes at most, unless a line is longer.
   *
   * @default {524288}
   */
  readonly blockSize?: number;
  /** The key of the long list in its documents (`Agent.listName`). */
  readonly listName?: string;
  /** What is needed of its records (`AgentReading.pickNeeded`). */
  readonly pickNeeded?: PickNeeded;
  /**
   * From how many bytes on a document is read in a stream.
   *
   * @default {33554432}
   */
  readonly streamOver?: number;
  /** Of a database: what is in it, and what is known of it. */
  readonly database?: DatabaseLimits;
}

const MAX_LINE = 16 * 1024 * 1024;
const BLOCK_SIZE = 512 * 1024;
const STREAM_OVER = 32 * 1024 * 1024;

/** How each format of a file is read. */
const READINGS: Readonly<
  Record<
    Exclude<SourceFormat, "database">,
    new (file: SourceFile, cursor: SourceCursor, limits: ReadingLimits) => Reading
  >
> = {
  "jsonl": PlainReading,
  "jsonl.zst": CompressedReading,
  "text": PlainReading,
  "document": DocumentReading,
  "page": DocumentReading,
  "operations": OperationsReading,
};

/**
 * One reading of one source: from its cursor to where it ends now.
 *
 * ```ts
 * using reader = SourceReader.open(request);
 * while (await reader.step(sink)) commit(reader.cursor());
 * commit(reader.cursor());
 * ```
 *
 * It is closed after each reading; no file is kept open from one to the next. What the sink throws comes out of `step`
 * unchanged; the reader is of no use after that.
 */
export class SourceReader {
  readonly #file: SourceFile | DatabaseFile;
  readonly #reading: Reading;
  #closed = false;

  /**
   * Opens a source and checks, by its first bytes and those before the cursor, that it still holds what was read.
   *
   * @throws {SourceGoneError} if it is no longer there
   * @throws {SourceRefusedError} if it may not be read
   * @throws {SourceBusyError} if it can't be read now
   */
  static open(request: OpenRequest): SourceReader {
    const { path, realRoot, format } = request;
    const file = format === "database" ? DatabaseFile.open(path, realRoot) : SourceFile.open(path, realRoot);
    try {
      return new SourceReader(file, readingOf(file, request));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  private constructor(file: SourceFile | DatabaseFile, reading: Reading) {
    this.#file = file;
    this.#reading = reading;
  }

  /** The stat of the opened file, taken before reading. Nothing beyond its size is read. */
  get stamp(): FileStamp {
    return this.#file.stamp;
  }

  /**
   * Whether reading goes on at the cursor. `false`: the cursor does not fit the bytes (the file shrank, was replaced or
   * rewritten) and reading starts at 0. Of a compressed source with a cursor it is known after the first step, which
   * hands over nothing.
   */
  get resumed(): boolean {
    return this.#reading.resumed;
  }

  /** How many bytes of the file have been read, with those for the check. */
  get bytesRead(): number {
    return this.#file.bytesRead;
  }

  /**
   * Hands over the records of the next block.
   *
   * @returns whether there is more to take. The call that says `false` may have handed over the last records.
   * @throws {SourceBusyError} if the file can't be read on
   * @throws {SourceDamagedError} if a compressed source is cut or damaged; the records before that have been handed over
   * @throws {SourceUnfinishedError} if a document is half written
   * @throws {SourceRefusedError} if a source is compressed in a way that this build can't read
   */
  step(sink: RecordSink): boolean | Promise<boolean> {
    return !this.#closed && this.#reading.step(sink);
  }

  /** The place after the last record that was handed over, also while it is; to be committed with it. */
  cursor(): SourceCursor {
    return this.#reading.cursor();
  }

  /** What the next reading must know besides that; `undefined` where that is all. */
  state(): unknown {
    return this.#reading.state?.();
  }

  /** Closes the file. It may be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reading.close();
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function readingOf(file: SourceFile | DatabaseFile, request: OpenRequest): Reading {
  const { path, format, cursor, database } = request;
  if (file instanceof DatabaseFile) {
    if (database === undefined) throw new Error(`no agent says what is in ${path}`);
    return new DatabaseReading(path, file, cursor, database);
  }
  return new READINGS[format as keyof typeof READINGS](file, cursor, {
    maxLine: request.maxLine ?? MAX_LINE,
    blockSize: request.blockSize ?? BLOCK_SIZE,
    listName: request.listName,
    pickNeeded: request.pickNeeded,
    streamOver: request.streamOver ?? STREAM_OVER,
    isText: format === "text" || format === "page",
  });
}
