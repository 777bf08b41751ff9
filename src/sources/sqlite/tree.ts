/**
 * Walks the trees of an SQLite database: tables by the number of the row, indexes by their columns.
 *
 * @module
 */

import type { DatabaseValue } from "../../agents/database.ts";
import {
  type Cell,
  DatabaseFormatError,
  type Field,
  fieldsOf,
  PAGE,
  TreePage,
  uint32,
  valueOf,
} from "./format.ts";

/** Where pages come from. */
export interface Pages {
  /** Bytes of a page that hold content. */
  readonly usable: number;
  /** A page, counted from 1. */
  page(number: number): Uint8Array;
}

/** No tree is deeper: 2^31 rows need 12 levels of pages with 6 children each. */
const MAX_DEPTH = 40;

/** A record, read from the pages as far as it is asked for. */
export class DatabaseRecord {
  readonly #pages: Pages;
  readonly #cell: Cell;
  #payload: Uint8Array;
  #fields: readonly Field[] | undefined;

  constructor(pages: Pages, cell: Cell) {
    this.#pages = pages;
    this.#cell = cell;
    this.#payload = cell.local;
  }

  /** The number of the row, of a record in a table. */
  get rowid(): number {
    return this.#cell.rowid;
  }

  /** How many bytes it has. */
  get length(): number {
    return this.#cell.length;
  }

  /** How many columns it has. */
  get columns(): number {
    return this.#known().length;
  }

  /** The value of a column, counted from 0; `null` beyond the last one. */
  value(column: number): DatabaseValue {
    const field = this.#known()[column];
    if (field === undefined) return null;
    if (field.end > this.#payload.length) this.#readAll();
    return valueOf(field, this.#payload);
  }

  /** The bytes of a text column; `undefined` if it is no text. */
  textBytes(column: number): Uint8Array | undefined {
    const field = this.#known()[column];
    if (field === undefined || field.type < 13 || field.type % 2 === 0) return undefined;
    if (field.end > this.#payload.length) this.#readAll();
    return this.#payload.subarray(field.start, field.end);
  }

  #known(): readonly Field[] {
    if (this.#fields === undefined) {
      this.#fields = fieldsOf(this.#payload);
      if (this.#fields === undefined) {
        this.#readAll();
        this.#fields = fieldsOf(this.#payload);
      }
    }
    if (this.#fields === undefined) throw new DatabaseFormatError("the header of a record is cut");
    return this.#fields;
  }

  #readAll(): void {
    const { local, length, overflow } = this.#cell;
    if (this.#payload.length >= length) return;
    const payload = new Uint8Array(length);
    payload.set(local);
    let filled = local.length;
    for (let number = overflow; filled < length;) {
      if (number === 0) throw new DatabaseFormatError("a record ends before its length");
      const page = this.#pages.page(number);
      const part = page.subarray(4, Math.min(this.#pages.usable, 4 + length - filled));
      payload.set(part, filled);
      filled += part.length;
      number = uint32(page, 0);
    }
    this.#payload = payload;
  }
}

/** The rows of a table after a row number, in their order. */
export function* tableRows(pages: Pages, root: number, after = -Infinity): Generator<DatabaseRecord> {
  yield* rowsBelow(pages, root, after, 0);
}

function* rowsBelow(pages: Pages, number: number, after: number, depth: number): Generator<DatabaseRecord> {
  const page = treePage(pages, number, depth, true);
  for (let index = firstAfter(page, after); index < page.cells; index++) {
    const cell = page.cell(index);
    if (page.isInner) yield* rowsBelow(pages, cell.child, after, depth + 1);
    else yield new DatabaseRecord(pages, cell);
  }
  if (page.isInner) yield* rowsBelow(pages, page.last, after, depth + 1);
}

/** A row of a table, `undefined` if there is none of that number. */
export function tableRow(pages: Pages, root: number, rowid: number): DatabaseRecord | undefined {
  const { page } = leafOf(pages, root, rowid);
  const index = firstAfter(page, rowid - 1);
  if (index >= page.cells) return undefined;
  const cell = page.cell(index);
  return cell.rowid === rowid ? new DatabaseRecord(pages, cell) : undefined;
}

/** The page that a row of a table stands on, or would. */
export function leafOf(pages: Pages, root: number, rowid: number): { page: TreePage; number: number } {
  let number = root;
  for (let depth = 0;; depth++) {
    const page = treePage(pages, number, depth, true);
    if (!page.isInner) return { page, number };
    // An inner cell has the highest row of what is below it.
    const index = firstAfter(page, rowid - 1);
    number = index < page.cells ? page.cell(index).child : page.last;
  }
}

/** The highest row number of a table, 0 if it is empty. */
export function highestRow(pages: Pages, root: number): number {
  const { page } = leafOf(pages, root, Infinity);
  return page.cells === 0 ? 0 : page.cell(page.cells - 1).rowid;
}

/** The rows on a page, if it is one that holds rows; else none. */
export function rowsOnPage(pages: Pages, number: number): readonly DatabaseRecord[] {
  const bytes = pages.page(number);
  if (number === 1 || bytes[0] !== PAGE.leafTable) return [];
  const page = new TreePage(bytes, number, pages.usable);
  return Array.from({ length: page.cells }, (_, index) => new DatabaseRecord(pages, page.cell(index)));
}

/** The index of the first cell of a table's page whose row number is above `after`. */
function firstAfter(page: TreePage, after: number): number {
  let [low, high] = [0, page.cells];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (page.cell(middle).rowid > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The entries of an index whose first columns are at least `least`, in their order. */
export function* indexEntries(
  pages: Pages,
  root: number,
  least: readonly IndexKey[],
): Generator<DatabaseRecord> {
  yield* entriesBelow(pages, root, least, 0);
}

function* entriesBelow(
  pages: Pages,
  number: number,
  least: readonly IndexKey[],
  depth: number,
): Generator<DatabaseRecord> {
  const page = treePage(pages, number, depth, false);
  let [low, high] = [0, page.cells];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(new DatabaseRecord(pages, page.cell(middle)), least) >= 0) high = middle;
    else low = middle + 1;
  }
  for (let index = low; index < page.cells; index++) {
    const cell = page.cell(index);
    if (page.isInner) yield* entriesBelow(pages, cell.child, index === low ? least : [], depth + 1);
    yield new DatabaseRecord(pages, cell);
  }
  if (page.isInner) yield* entriesBelow(pages, page.last, low === page.cells ? least : [], depth + 1);
}

/** A value that an index is asked for: a text, as its bytes, or a number. */
export type IndexKey = Uint8Array | number;

/** The order of an entry relative to some values of its first columns. */
export function compareKeys(entry: DatabaseRecord, keys: readonly IndexKey[]): number {
  for (const [column, key] of keys.entries()) {
    const order = compareKey(entry, column, key);
    if (order !== 0) return order;
  }
  return 0;
}

/** As SQLite orders: nothing, numbers, texts by their bytes, bytes. */
function compareKey(entry: DatabaseRecord, column: number, key: IndexKey): number {
  const bytes = entry.textBytes(column);
  if (typeof key !== "number") {
    if (bytes !== undefined) return compareBytes(bytes, key);
    return entry.value(column) instanceof Uint8Array ? 1 : -1;
  }
  if (bytes !== undefined) return 1;
  const value = entry.value(column);
  if (value === null) return -1;
  if (typeof value !== "number" && typeof value !== "bigint") return 1;
  return value < key ? -1 : value > key ? 1 : 0;
}

/** The order of bytes, as `memcmp` has it. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  }
  return a.length - b.length;
}

function treePage(pages: Pages, number: number, depth: number, isTable: boolean): TreePage {
  if (depth > MAX_DEPTH) throw new DatabaseFormatError("a tree has no end");
  const page = new TreePage(pages.page(number), number, pages.usable);
  if (page.isTable !== isTable) throw new DatabaseFormatError(`page ${number} is of another tree`);
  return page;
}
