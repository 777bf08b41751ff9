/**
 * Makes batches: encodes events into their flat buffers.
 *
 * @module
 */

import { EVENT_TYPES, type EventDraft, METRIC_NAMES } from "../events/event.ts";
import { hashBytes, writeId } from "../events/id.ts";
import { type Batch, COLUMN, COLUMNS, type Failure, FLAG, type Segment } from "./batch.ts";
import type { NameNumbers } from "./name_numbers.ts";

/** The last time that a `Date` can have, ms since the epoch. */
const LAST_TIME = 8.64e15;

const TYPE_NUMBERS = new Map<string, number>(EVENT_TYPES.map((type, index) => [type, index]));
/** The number columns that belong to what an event says. */
const HASHED_NUMBERS: readonly number[] = [
  COLUMN.type,
  COLUMN.timestamp,
  COLUMN.flags,
  ...METRIC_NAMES.map((_, index) => COLUMN.metrics + index),
];
const encoder = new TextEncoder();
const scratch = new DataView(new ArrayBuffer(8));

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
  #rows = 0;
  #payloadUsed = 0;
  #segments: Segment[] = [];
  #failures: Failure[] = [];

  /**
   * @param names may be shared by several builders
   * @param rowCapacity rows that the first buffers hold; they grow as needed
   * @param payloadCapacity bytes that the first payload buffer holds
   */
  constructor(names: NameNumbers, readonly rowCapacity = 3072, readonly payloadCapacity = 768 << 10) {
    this.#names = names;
    this.#columns = new Float64Array(rowCapacity * COLUMNS);
    this.#ids = new Uint8Array(rowCapacity * 16);
    this.#payload = new Uint8Array(payloadCapacity);
  }

  /** Rows added since the last `take()`. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes of payload added since the last `take()`. */
  get payloadBytes(): number {
    return this.#payloadUsed;
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
    this.#payloadUsed = this.#columns[row * COLUMNS + COLUMN.payloadStart]!;
    this.#rows = row;
  }

  /**
   * Adds one event.
   *
   * @throws {TypeError} if its timestamp is none that a date can have
   */
  add(agent: string, draft: EventDraft): void {
    if (!(Math.abs(draft.timestamp) <= LAST_TIME)) throw new TypeError("the event has no usable timestamp");
    if ((this.#rows + 1) * COLUMNS > this.#columns.length) this.#growRows();
    const columns = this.#columns;
    const base = this.#rows * COLUMNS;
    const start = this.#payloadUsed;
    const length = this.#encode(JSON.stringify(draft.data));

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
    columns[base + COLUMN.payloadStart] = start;
    columns[base + COLUMN.payloadLength] = length;
    columns[base + COLUMN.hash] = this.#hash(base, this.#payload.subarray(start, start + length));
    writeId(this.#ids, this.#rows * 16, agent, draft.anchor, draft.key);
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
    // A buffer that one huge line made is not kept.
    const reuse = recycled !== undefined && recycled.payload.length <= 4 * this.payloadCapacity;
    this.#columns = reuse ? recycled.columns : new Float64Array(this.rowCapacity * COLUMNS);
    this.#ids = reuse ? recycled.ids : new Uint8Array(this.rowCapacity * 16);
    this.#payload = reuse ? recycled.payload : new Uint8Array(this.payloadCapacity);
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

  /** Appends a text to the payload and returns its length in bytes. */
  #encode(text: string): number {
    const start = this.#payloadUsed;
    const first = encoder.encodeInto(text, this.#payload.subarray(start));
    let { written } = first;
    if (first.read < text.length) {
      this.#growPayload(start + utf8Length(text));
      ({ written } = encoder.encodeInto(text, this.#payload.subarray(start)));
    }
    this.#payloadUsed = start + written;
    return written;
  }

  #growPayload(size: number): void {
    const grown = new Uint8Array(Math.max(size, 2 * this.#payload.length));
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

  /**
   * 53 bits of all that an event says, by which the store tells whether it has changed. It does not depend on the
   * numbers of names, which differ from run to run.
   */
  #hash(base: number, payload: Uint8Array): number {
    const columns = this.#columns;
    const content = hashBytes(payload);
    let high = content / 0x1_0000_0000 | 0;
    let low = content | 0;
    for (let column = COLUMN.agent; column <= COLUMN.model; column++) {
      const name = columns[base + column]!;
      high = Math.imul(high ^ this.#names.high(name), 0x9e3779b1) ^ (high >>> 15);
      low = Math.imul(low ^ this.#names.low(name), 0x85ebca77) ^ (low >>> 13);
    }
    for (let index = 0; index < HASHED_NUMBERS.length; index++) {
      const value = columns[base + HASHED_NUMBERS[index]!]!;
      if (value !== value) continue;
      scratch.setFloat64(0, value);
      low ^= index;
      high = Math.imul(high ^ scratch.getInt32(0), 0x9e3779b1) ^ (high >>> 15);
      low = Math.imul(low ^ scratch.getInt32(4) ^ scratch.getInt32(0), 0x85ebca77) ^ (low >>> 13);
    }
    return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
  }
}

/** A metric as a column can hold it and give it back: NaN for what none can. */
function storable(name: typeof METRIC_NAMES[number], value = NaN): number {
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return NaN;
  return name === "costUsd" ? value : Math.round(value);
}

/** How many bytes a text takes in UTF-8; the program's texts are well-formed, as `JSON.stringify()` makes them. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Two units of a pair take four bytes together, all others above U+07FF three.
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}
