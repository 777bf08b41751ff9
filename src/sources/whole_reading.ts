/**
 * Reads sources of which a part means nothing without the rest: always from their start.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";
import type { SourceCursor } from "./cursor.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { Reading, ReadingLimits } from "./reading.ts";
import { DAMAGE_LENGTH, type RecordSink } from "./record_sink.ts";
import { decode } from "./records.ts";
import { SourceUnfinishedError } from "./source_errors.ts";
import type { SourceFile } from "./source_file.ts";
import { Trail } from "./trail.ts";

/** A larger document is not read, bytes: its text would be longer than a string can be. */
const MAX_DOCUMENT = 400 << 20;

/** One pass over a file that is one JSON object. */
export class DocumentReading implements Reading {
  readonly resumed: boolean;
  readonly #file: SourceFile;
  readonly #trail = new Trail();

  constructor(file: SourceFile, cursor: SourceCursor) {
    this.#file = file;
    this.resumed = cursor.offset === 0;
  }

  /** @throws {SourceUnfinishedError} if it is half written: nothing has been handed over then */
  step(sink: RecordSink): boolean {
    const { path, stamp } = this.#file;
    if (stamp.size === 0) return false;
    if (stamp.size > MAX_DOCUMENT) {
      throw new SourceUnfinishedError(path, { cause: new Error(`it is larger than ${MAX_DOCUMENT} bytes`) });
    }
    const bytes = this.#file.readAt(0, stamp.size);
    const record = parseDocument(path, bytes);
    this.#trail.add(bytes);
    sink.record(record, 0, bytes.subarray(0, DAMAGE_LENGTH));
    return false;
  }

  cursor(): SourceCursor {
    return this.#trail.cursor();
  }

  close(): void {}
}

function parseDocument(path: string, bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(decode(bytes).replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new SourceUnfinishedError(path, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SourceUnfinishedError(path, { cause: new Error("it is no JSON object") });
  }
  return value as JsonObject;
}

/** A line that holds a whole document may be so long, bytes. */
const LONGEST_OPERATION = 256 << 20;

/** One pass over a file of lines that change what the ones before them made. */
export class OperationsReading implements Reading {
  readonly resumed: boolean;
  readonly #file: SourceFile;
  readonly #splitter: LineSplitter;
  #finished = false;

  constructor(file: SourceFile, cursor: SourceCursor, limits: ReadingLimits) {
    this.#file = file;
    this.resumed = cursor.offset === 0;
    const maxLine = Math.max(limits.maxLine, Math.min(LONGEST_OPERATION, file.stamp.size));
    this.#splitter = new LineSplitter(new Trail(), { ...limits, maxLine });
    file.seek(0);
  }

  step(sink: RecordSink): boolean {
    if (this.#finished) return false;
    if (!this.#file.atEnd) this.#splitter.filled(this.#file.read(this.#splitter.space()), sink);
    if (!this.#file.atEnd) return true;
    this.#finished = true;
    this.#splitter.finish(sink);
    return false;
  }

  cursor(): SourceCursor {
    return this.#splitter.cursor();
  }

  close(): void {
    this.#splitter.release();
  }
}
