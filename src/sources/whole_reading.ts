/**
 * Reads sources of which a part means nothing without the rest: always from their start.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";
import type { SourceCursor } from "./cursor.ts";
import type { DocumentStream } from "./document_stream.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { Reading, ReadingLimits } from "./reading.ts";
import { DAMAGE_LENGTH, NO_BYTES, type RecordSink } from "./record_sink.ts";
import { decode } from "./records.ts";
import { SourceUnfinishedError } from "./source_errors.ts";
import type { SourceFile } from "./source_file.ts";
import { Trail } from "./trail.ts";

/** A larger document without a long list is not read, bytes: its text would be longer than a string can be. */
const MAX_DOCUMENT = 400 << 20;

const NEWLINE = 10;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** One pass over a file that is one JSON object, or an array, which is told as an object with `items`; or one text. */
export class DocumentReading implements Reading {
  readonly resumed: boolean;
  readonly #file: SourceFile;
  readonly #limits: ReadingLimits;
  readonly #trail = new Trail();
  #stream: DocumentStream | undefined;

  constructor(file: SourceFile, cursor: SourceCursor, limits: ReadingLimits) {
    this.#file = file;
    this.#limits = limits;
    this.resumed = cursor.offset === 0;
    file.seek(0);
  }

  /**
   * Hands it over: as one record, or, in a stream, as the operations that make it.
   *
   * @throws {SourceUnfinishedError} if it is half written
   */
  step(sink: RecordSink): boolean | Promise<boolean> {
    const { size } = this.#file.stamp;
    if (size === 0) return false;
    const { listName, streamOver, isText } = this.#limits;
    if (listName !== undefined && !isText && size > streamOver) return this.#streamOn(sink, listName);
    if (size > MAX_DOCUMENT) this.#refuse(new Error(`it is larger than ${MAX_DOCUMENT} bytes`));
    const bytes = this.#file.readAt(0, size);
    const record = this.#parse(bytes);
    this.#trail.add(bytes);
    const start = bytes.subarray(0, DAMAGE_LENGTH);
    sink.record(record, 0, start.length, () => start);
    return false;
  }

  async #streamOn(sink: RecordSink, listName: string): Promise<boolean> {
    const position = this.#trail.offset;
    const stream = this.#stream ??= await openStream(listName, undefined, sink, () => this.#trail.offset);
    const block = new Uint8Array(this.#limits.blockSize);
    const bytes = block.subarray(0, this.#file.read(block));
    stream.write(position === 0 ? withoutMark(bytes) : bytes);
    this.#trail.add(bytes);
    if (!this.#file.atEnd) return true;
    const error = stream.end();
    if (error !== undefined) this.#refuse(error);
    return false;
  }

  #parse(bytes: Uint8Array): JsonObject {
    const text = decode(withoutMark(bytes));
    if (this.#limits.isText) return { text };
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      this.#refuse(cause);
    }
    if (typeof value !== "object" || value === null) this.#refuse(new Error("it is no JSON object or array"));
    return Array.isArray(value) ? { items: value } : value as JsonObject;
  }

  #refuse(cause: unknown): never {
    throw new SourceUnfinishedError(this.#file.path, { cause });
  }

  cursor(): SourceCursor {
    return this.#trail.cursor();
  }

  close(): void {}
}

/** One pass over a file of lines that change what the ones before them made. */
export class OperationsReading implements Reading {
  readonly resumed: boolean;
  readonly #file: SourceFile;
  readonly #limits: ReadingLimits;
  readonly #trail = new Trail();
  /** The rest of the lines; it begins behind the first one if that is read in a stream. */
  #splitter: LineSplitter | undefined;
  #stream: DocumentStream | undefined;
  #finished = false;

  constructor(file: SourceFile, cursor: SourceCursor, limits: ReadingLimits) {
    this.#file = file;
    this.#limits = limits;
    this.resumed = cursor.offset === 0;
    file.seek(0);
  }

  step(sink: RecordSink): boolean | Promise<boolean> {
    if (this.#finished) return false;
    if (this.#splitter === undefined) {
      const { listName, maxLine } = this.#limits;
      const isLong = this.#stream !== undefined ||
        (listName !== undefined && this.#file.stamp.size > maxLine &&
          beginsWithDocument(this.#file, maxLine));
      if (isLong) return this.#streamOn(sink, listName!);
      this.#splitter = new LineSplitter(this.#trail, this.#limits);
    }
    const splitter = this.#splitter;
    if (!this.#file.atEnd) splitter.filled(this.#file.read(splitter.space()), sink);
    if (!this.#file.atEnd) return true;
    this.#finished = true;
    splitter.finish(sink);
    return false;
  }

  /** Goes on in a first line that holds a whole document and is longer than a line may be. */
  async #streamOn(sink: RecordSink, listName: string): Promise<boolean> {
    const stream = this.#stream ??= await openStream(listName, "v", sink, () => this.#trail.offset);
    const block = new Uint8Array(this.#limits.blockSize);
    const bytes = block.subarray(0, this.#file.read(block));
    const newline = bytes.indexOf(NEWLINE);
    const line = newline === -1 ? bytes : bytes.subarray(0, newline);
    stream.write(line);
    this.#trail.add(newline === -1 ? bytes : bytes.subarray(0, newline + 1));
    if (newline === -1 && !this.#file.atEnd) return true;
    const error = stream.end();
    if (error !== undefined) sink.damaged(0, this.#trail.offset, "not_json", line.subarray(0, DAMAGE_LENGTH));
    this.#splitter = new LineSplitter(this.#trail, this.#limits);
    this.#file.seek(this.#trail.offset);
    return true;
  }

  cursor(): SourceCursor {
    return this.#splitter?.cursor() ?? this.#trail.cursor();
  }

  close(): void {
    this.#splitter?.release();
  }
}

/** Opens a stream whose operations are handed over as records; their bytes are nowhere as such. Few documents need it. */
async function openStream(
  listName: string,
  within: string | undefined,
  sink: RecordSink,
  position: () => number,
): Promise<DocumentStream> {
  const { DocumentStream } = await import("./document_stream.ts");
  return new DocumentStream(listName, within, (operation) => sink.record(operation, position(), 0, NO_BYTES));
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? bytes.subarray(3) : bytes;
}

/** Whether the first line says that it is the document itself, and is longer than a line may be. */
function beginsWithDocument(file: SourceFile, maxLine: number): boolean {
  const isDocument = /^\s*\{\s*"kind"\s*:\s*0\s*,\s*"v"\s*:/.test(decode(file.readAt(0, 64)));
  if (!isDocument) {
    file.seek(0);
    return false;
  }
  const block = new Uint8Array(1 << 20);
  file.seek(0);
  let length = 0;
  while (length <= maxLine) {
    const count = file.read(block);
    const newline = block.subarray(0, count).indexOf(NEWLINE);
    length += newline === -1 ? count : newline;
    if (count === 0 || newline !== -1) break;
  }
  file.seek(0);
  return length > maxLine;
}
