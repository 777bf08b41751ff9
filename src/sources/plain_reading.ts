/**
 * Reads a plain source of lines.
 *
 * @module
 */

import type { SourceCursor } from "./cursor.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { Reading, ReadingLimits } from "./reading.ts";
import type { RecordSink } from "./record_sink.ts";
import { resumeTrail } from "./resume.ts";
import type { SourceFile } from "./source_file.ts";
import { Trail } from "./trail.ts";

/** One pass over a plain file. */
export class PlainReading implements Reading {
  readonly resumed: boolean;
  readonly #file: SourceFile;
  readonly #splitter: LineSplitter;
  #finished = false;

  constructor(file: SourceFile, cursor: SourceCursor, limits: ReadingLimits) {
    const readAt = (position: number, length: number) => file.readAt(position, length);
    const trail = resumeTrail(readAt, cursor, file.stamp.size);
    file.seek(trail?.offset ?? 0);
    this.resumed = trail !== undefined;
    this.#file = file;
    this.#splitter = new LineSplitter(trail ?? new Trail(), limits);
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
