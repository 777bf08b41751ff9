/**
 * Hands over records that were kept of a source whose file is gone, in place of a reader of the file.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";
import { unpack } from "../platform/pack.ts";
import type { SourceCursor } from "../sources/cursor.ts";
import { decode } from "../sources/records.ts";
import type { RecordSink } from "../sources/source_reader.ts";
import type { FileStamp } from "../sources/stamp.ts";
import type { RecalledRecords } from "./messages.ts";

/** Of each step so many records. */
const STEP = 256;

/** The kept records of one source. */
export class RecalledReader {
  readonly resumed = true;
  readonly stamp: FileStamp;
  readonly #records: RecalledRecords["records"];
  readonly #cursor: SourceCursor;
  #next = 0;

  constructor({ stamp, records }: RecalledRecords, cursor: SourceCursor) {
    this.stamp = stamp;
    this.#records = records;
    this.#cursor = cursor;
  }

  /** Hands over the next of them; says whether there are more. */
  step(sink: RecordSink): boolean {
    const records = this.#records.slice(this.#next, this.#next += STEP);
    for (const { position, bytes } of records) {
      const raw = unpack(bytes, true);
      const record = parse(raw);
      if (record === undefined) sink.damaged(position, raw.length, "not_json", raw);
      else sink.record(record, position, raw.length, () => raw);
    }
    return this.#next < this.#records.length;
  }

  /** It stays where it was: nothing of the file is read. */
  cursor(): SourceCursor {
    return this.#cursor;
  }

  state(): unknown {
    return undefined;
  }

  close(): void {}
}

/** The record; `undefined` where only its beginning was kept. */
function parse(raw: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(decode(raw));
    return Array.isArray(value) ? { items: value } : value as JsonObject;
  } catch {
    return undefined;
  }
}
