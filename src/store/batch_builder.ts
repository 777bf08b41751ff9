/**
 * Makes batches: encodes events into their flat buffers.
 *
 * @module
 */

import { EVENT_TYPES, type EventDraft, METRIC_NAMES } from "../events/event.ts";
import { nameOfEvent } from "../events/id.ts";
import { type Batch, COLUMN, COLUMNS, type Failure, FLAG, type Segment } from "./batch.ts";
import { jsonPieces } from "./json_pieces.ts";
import type { NameNumbers } from "./name_numbers.ts";

/** The last time that a `Date` can have, ms since the epoch. */
const LAST_TIME = 8.64e15;

const TYPE_NUMBERS = new Map<string, number>(EVENT_TYPES.map((type, index) => [type, index]));
/** Bytes that a payload holds at first. */
const PAYLOAD_CAPACITY = 768 << 10;
/** Up to so many bytes a payload grows in place; more than a line of 16 MiB makes of itself, and it costs addresses only. */
const PAYLOAD_LIMIT = 64 << 20;
/** So many characters are encoded at once; a longer text alone, so that it is not copied. */
const ENCODED_AT_ONCE = 1 << 16;
/** What may be huge is made JSON in pieces of so many characters: V8 gives larger ones memory of their own each. */
const PIECE = 1 << 14;
const NEWLINE = 10;
const encoder = new TextEncoder();

/** Whether a number is a time that a `Date` can have, ms since the epoch. */
export function isTime(value: number): boolean {
  return Math.abs(value) <= LAST_TIME;
}

/** Makes batches. */
export class BatchBuilder {
  readonly #names: NameNumbers;
  #columns: Float64Array<ArrayBuffer>;
  #ids: Uint8Array<ArrayBuffer>;
  #payload: Uint8Array<ArrayBuffer>;
  /** By column, the name that the last row had there. */
  readonly #lastNames = Array.from(
    { length: COLUMNS },
    () => ({ text: undefined as string | undefined, number: 0 }),
  );
  /** Some of the events that are added may have texts of megabytes. */
  mayBeHuge = false;
  #rows = 0;
  #payloadUsed = 0;
  /** Lines of the payload that are not encoded yet, and their length. */
  #lines: string[] = [];
  #linesLength = 0;
  #segments: Segment[] = [];
  #failures: Failure[] = [];

  /**
   * @param names may be shared by several builders
   * @param rowCapacity rows that the first buffers hold; they grow as needed
   * @param payloadCapacity bytes that the first payload buffer holds
   */
  constructor(names: NameNumbers, readonly rowCapacity = 3072, readonly payloadCapacity = PAYLOAD_CAPACITY) {
    this.#names = names;
    this.#columns = new Float64Array(rowCapacity * COLUMNS);
    this.#ids = new Uint8Array(rowCapacity * 16);
    this.#payload = newPayload(payloadCapacity, PAYLOAD_LIMIT);
  }

  /** Rows added since the last `take()`. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes of payload added since the last `take()`; those not yet encoded count as one a character. */
  get payloadBytes(): number {
    return this.#payloadUsed + this.#linesLength;
  }

  /** Segments added since the last `take()`. */
  get segments(): number {
    return this.#segments.length;
  }

  /** Whether there is anything to take. */
  get isEmpty(): boolean {
    return this.#segments.length === 0 && this.#failures.length === 0;
  }

  /** Forgets the rows from `row` on: their segment will not be committed. */
  dropRows(row: number): void {
    if (row >= this.#rows) return;
    this.#encodeLines();
    let end = 0;
    for (let line = 0; line < 2 * row; line++) end = this.#payload.indexOf(NEWLINE, end) + 1;
    this.#payloadUsed = end;
    this.#rows = row;
  }

  /**
   * Adds one event.
   *
   * @param isUnwanted it is only told of, see `COLUMN.unwanted`
   * @throws {TypeError} if its timestamp is none that a date can have
   */
  add(agent: string, draft: EventDraft, isUnwanted = false): void {
    if (!isTime(draft.timestamp)) throw new TypeError("the event has no usable timestamp");
    if ((this.#rows + 1) * COLUMNS > this.#columns.length) this.#growRows();
    const columns = this.#columns;
    const base = this.#rows * COLUMNS;
    if (this.mayBeHuge) this.#addPieces(draft.data);
    else this.#addLine(JSON.stringify(draft.data));
    this.#addLine(nameOfEvent(agent, draft.anchor, draft.key));

    columns[base + COLUMN.type] = TYPE_NUMBERS.get(draft.type)!;
    columns[base + COLUMN.timestamp] = Math.trunc(draft.timestamp);
    columns[base + COLUMN.flags] = (draft.complete ? FLAG.complete : 0) | (draft.copied ? FLAG.copied : 0);
    columns[base + COLUMN.agent] = this.#name(COLUMN.agent, agent);
    columns[base + COLUMN.agentVersion] = this.#name(COLUMN.agentVersion, draft.agentVersion);
    columns[base + COLUMN.session] = this.#name(COLUMN.session, draft.sessionId);
    columns[base + COLUMN.parentSession] = this.#name(COLUMN.parentSession, draft.parentSessionId);
    columns[base + COLUMN.workspace] = this.#name(COLUMN.workspace, draft.workspace);
    columns[base + COLUMN.repository] = this.#name(COLUMN.repository, draft.repository);
    columns[base + COLUMN.branch] = this.#name(COLUMN.branch, draft.branch);
    columns[base + COLUMN.model] = this.#name(COLUMN.model, draft.model);
    const metrics = draft.metrics;
    for (let index = 0; index < METRIC_NAMES.length; index++) {
      const name = METRIC_NAMES[index]!;
      columns[base + COLUMN.metrics + index] = storable(name, metrics?.[name]);
    }
    columns[base + COLUMN.revision] = draft.revision;
    columns[base + COLUMN.position] = draft.position;
    columns[base + COLUMN.unwanted] = isUnwanted ? 1 : 0;
    this.#rows++;
  }

  /** Says what the rows since `segment.firstRow` belong to. */
  addSegment(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** Notes that a source could not be read. */
  addFailure(failure: Failure): void {
    this.#failures.push(failure);
  }

  /**
   * Hands over what was added and starts anew.
   *
   * @param recycled buffers of a batch that is done with, to use again
   */
  take(recycled?: Batch): Batch {
    this.#encodeLines();
    const fresh = this.#names.fresh;
    const batch: Batch = {
      rows: this.#rows,
      columns: this.#columns,
      ids: this.#ids,
      payload: this.#payload,
      firstName: this.#names.size - fresh.length + 1,
      names: fresh,
      segments: this.#segments,
      failures: this.#failures,
    };
    this.#columns = recycled?.columns ?? new Float64Array(this.rowCapacity * COLUMNS);
    this.#ids = recycled?.ids ?? new Uint8Array(this.rowCapacity * 16);
    this.#payload = recycled?.payload ?? newPayload(this.payloadCapacity, PAYLOAD_LIMIT);
    this.#names.fresh = [];
    this.#rows = 0;
    this.#payloadUsed = 0;
    this.#segments = [];
    this.#failures = [];
    return batch;
  }

  /** The number of a name; rows that follow each other mostly have the same in a column. */
  #name(column: number, text: string | undefined): number {
    if (text === undefined) return 0;
    const last = this.#lastNames[column]!;
    if (last.text === text) return last.number;
    last.text = text;
    return last.number = this.#names.number(text);
  }

  /** Adds a line of JSON without ever having all of it as one text. */
  #addPieces(data: unknown): void {
    this.#encodeLines();
    for (const piece of jsonPieces(data, PIECE)) this.#encode(piece);
    this.#addLine("");
  }

  #addLine(line: string): void {
    if (line.length > ENCODED_AT_ONCE) {
      this.#encodeLines();
      this.#encode(line);
      line = "";
    }
    this.#lines.push(line);
    this.#linesLength += line.length + 1;
    if (this.#linesLength > ENCODED_AT_ONCE) this.#encodeLines();
  }

  #encodeLines(): void {
    if (this.#lines.length === 0) return;
    this.#lines.push("");
    this.#encode(this.#lines.join("\n"));
    this.#lines = [];
    this.#linesLength = 0;
  }

  /** Appends a text to the payload. */
  #encode(text: string): void {
    const start = this.#payloadUsed;
    const first = encoder.encodeInto(text, this.#payload.subarray(start));
    let { written } = first;
    if (first.read < text.length) {
      this.#growPayload(start + mostBytes(text));
      ({ written } = encoder.encodeInto(text, this.#payload.subarray(start)));
    }
    this.#payloadUsed = start + written;
  }

  #growPayload(size: number): void {
    const { buffer } = this.#payload;
    if (size <= buffer.maxByteLength) {
      buffer.resize(Math.min(buffer.maxByteLength, Math.max(size, 2 * buffer.byteLength)));
      return;
    }
    const grown = newPayload(size, 2 * size);
    grown.set(this.#payload.subarray(0, this.#payloadUsed));
    this.#payload = grown;
  }

  #growRows(): void {
    const columns = new Float64Array(2 * this.#columns.length);
    columns.set(this.#columns);
    this.#columns = columns;
    const ids = new Uint8Array(2 * this.#ids.length);
    ids.set(this.#ids);
    this.#ids = ids;
  }
}

/** Gives back to the system what one huge line needed of a batch that is done with. */
export function shrinkPayload({ payload }: Batch): void {
  if (payload.length > 4 * PAYLOAD_CAPACITY) payload.buffer.resize(PAYLOAD_CAPACITY);
}

/**
 * A payload that grows and shrinks in place: its pages come from the system and go back to it, while those of a usual
 * buffer of some megabytes stay with the allocator for good.
 */
function newPayload(size: number, limit: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size, { maxByteLength: limit }));
}

/** A metric as a column can hold it and give it back: NaN for what none can. */
function storable(name: typeof METRIC_NAMES[number], value = NaN): number {
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return NaN;
  return name === "costUsd" ? value : Math.round(value);
}

/** As many bytes as a text can take in UTF-8 at the most. */
function mostBytes(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) length += unit < 0x800 ? 1 : 2;
  }
  return length;
}
