/**
 * Completes the rows of a batch on the side that writes them: what is made from bytes alone is left to the writer's
 * thread, which has less to do than the one that reads.
 *
 * @module
 */

import { METRIC_NAMES } from "../events/event.ts";
import { hashBytes } from "../events/hash.ts";
import { writeId } from "../events/id.ts";
import { type Batch, COLUMN, COLUMNS } from "./batch.ts";
import type { NameHash } from "./names.ts";

const NEWLINE = 10;

/** The number columns that belong to what an event says. */
const HASHED_NUMBERS: readonly number[] = [
  COLUMN.type,
  COLUMN.timestamp,
  COLUMN.flags,
  ...METRIC_NAMES.map((_, index) => COLUMN.metrics + index),
];
const scratch = new DataView(new ArrayBuffer(8));

/**
 * Fills in where the data of each row lies, its hash and its id.
 *
 * @param hashOf a hash of a batch's name
 */
export function sealBatch(batch: Batch, hashOf: (name: number) => NameHash): void {
  const { columns, payload, rows } = batch;
  const ids = new DataView(batch.ids.buffer);
  let start = 0;
  for (let row = 0; row < rows; row++) {
    const base = row * COLUMNS;
    const end = payload.indexOf(NEWLINE, start);
    const nameEnd = payload.indexOf(NEWLINE, end + 1);
    columns[base + COLUMN.payloadStart] = start;
    columns[base + COLUMN.payloadLength] = end - start;
    columns[base + COLUMN.hash] = hashRow(columns, base, hashBytes(payload.subarray(start, end)), hashOf);
    writeId(ids, row * 16, payload.subarray(end + 1, nameEnd));
    start = nameEnd + 1;
  }
}

/**
 * 53 bits of all that an event says, by which the store tells whether it has changed. It does not depend on the numbers
 * of names, which differ from run to run.
 */
function hashRow(
  columns: Float64Array,
  base: number,
  content: number,
  hashOf: (name: number) => NameHash,
): number {
  let high = content / 0x1_0000_0000 | 0;
  let low = content | 0;
  for (let column = COLUMN.agent; column <= COLUMN.model; column++) {
    const name = hashOf(columns[base + column]!);
    high = Math.imul(high ^ name.high, 0x9e3779b1) ^ (high >>> 15);
    low = Math.imul(low ^ name.low, 0x85ebca77) ^ (low >>> 13);
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
