/**
 * Goes through a table of a damaged store one row at a time, in the order of its keys.
 *
 * @module
 */

import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { type KeyRange, salvage } from "./salvage.ts";

/** A row as `node:sqlite` gives it. */
export type Row = Record<string, SQLOutputValue>;

type Place = readonly (number | Uint8Array)[];

/** How to go through one table. */
export interface TableWalk {
  readonly table: string;
  /** What selects the rows after one place and up to another; both are given. */
  readonly where: string;
  /** The place right before all rows of a key. */
  startOf(key: number): Place;
  /** The place of a row. */
  placeOf(row: Row): Place;
  keyOf(row: Row): number;
}

/** Goes through a table by a column of numbers. */
export function byNumber(table: string, column: string): TableWalk {
  return {
    table,
    where: `${column} > ? and ${column} <= ? order by ${column}`,
    startOf: (key) => [key - 1],
    placeOf: (row) => [row[column] as number],
    keyOf: (row) => row[column] as number,
  };
}

/** The greatest number that the first six bytes of an id can be. */
export const LAST_PREFIX = 0xffff_ffff_ffff;

/** Goes through `copies`; the key is the first six bytes of the event's id. */
export const COPIES: TableWalk = {
  table: "copies",
  where: "(event, source) > (?, ?) and (event, source) <= (?, ?) order by event, source",
  startOf: (key) => [key > LAST_PREFIX ? new Uint8Array(17).fill(0xff) : bytesOf(key), -1],
  placeOf: (row) => [row.event as Uint8Array, row.source as number],
  keyOf: ({ event }) => event instanceof Uint8Array ? parseInt(event.subarray(0, 6).toHex(), 16) : NaN,
};

/**
 * Yields what can be read of the rows in a range, some of them twice, and returns the ranges that can't be read.
 *
 * It asks for one row at a time: of many at once some could be too large together, and `StatementSync.iterate()` ends without
 * an error where a page can't be read (Deno 2.6 to 2.9).
 *
 * @throws if the store has no such table that can be read
 */
export function walk(database: DatabaseSync, walk: TableWalk, range: KeyRange): Generator<Row, KeyRange[]> {
  const { table, where, startOf, placeOf, keyOf } = walk;
  const select = database.prepare(`select * from ${table} where ${where} limit 1`);
  const read = function* ({ from, to }: KeyRange): Generator<Row> {
    let place = startOf(from);
    const end = startOf(to + 1);
    for (let row = select.get(...place, ...end); row !== undefined; row = select.get(...place, ...end)) {
      const next = placeOf(row);
      if (!isAfter(next, place)) throw new Error("the rows of a damaged page are out of order");
      place = next;
      yield row;
    }
  };
  return salvage(range, read, keyOf);
}

/** SQLite does not compare again what it found, so that rows of rubbish could lead it in a circle. */
function isAfter(a: Place, b: Place): boolean {
  const index = a.findIndex((value, index) => comparable(value) !== comparable(b[index]!));
  return index !== -1 && comparable(a[index]!) > comparable(b[index]!);
}

function comparable(value: number | Uint8Array): number | string {
  return typeof value === "number" ? value : value.toHex();
}

function bytesOf(prefix: number): Uint8Array {
  return Uint8Array.fromHex(prefix.toString(16).padStart(12, "0"));
}
