/**
 * The bytes of an SQLite database: pages, cells and records, as https://www.sqlite.org/fileformat2.html gives them.
 *
 * @module
 */

import type { DatabaseValue } from "../../agents/database.ts";

/** The bytes are no database, or one that is damaged or of a kind that is not read. */
export class DatabaseFormatError extends Error {
  override readonly name = "DatabaseFormatError";
}

/** What the first 100 bytes of a database say. */
export interface DatabaseHeader {
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Bytes of a page that hold content. */
  readonly usable: number;
  /** Whether its changes go into a log (`-wal`) first; else a journal holds what they replace. */
  readonly hasLog: boolean;
  /** Counts its changes, unless they go into a log. */
  readonly changes: number;
}

/** How long the header of a database is, bytes. */
export const HEADER_LENGTH = 100;

const MAGIC = "SQLite format 3\0";
const UTF8 = 1;

/**
 * Reads the header.
 *
 * @throws {DatabaseFormatError}
 */
export function parseHeader(bytes: Uint8Array): DatabaseHeader {
  if (bytes.length < HEADER_LENGTH || latin1(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new DatabaseFormatError("it is no SQLite database");
  }
  const size = uint16(bytes, 16);
  const pageSize = size === 1 ? 65536 : size;
  const usable = pageSize - bytes[20]!;
  const encoding = uint32(bytes, 56);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480) {
    throw new DatabaseFormatError(`its pages have ${pageSize} bytes`);
  }
  if (encoding > UTF8) throw new DatabaseFormatError("its texts are not UTF-8");
  return { pageSize, usable, hasLog: bytes[19] === 2, changes: uint32(bytes, 24) };
}

/** A big-endian number of two bytes. */
export function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}

/** A big-endian number of four bytes. */
export function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 65536 + uint16(bytes, at + 2);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** What a page of a tree is. */
export const PAGE = { innerIndex: 2, innerTable: 5, leafIndex: 10, leafTable: 13 } as const;

/** A cell of a page, as far as the page itself holds it. */
export interface Cell {
  /** Of an inner page: the page of what comes before it. */
  readonly child: number;
  /** Of a table: the number of the row. */
  readonly rowid: number;
  /** Bytes of its payload in all; -1 where it has none. */
  readonly length: number;
  /** What the page holds of the payload. */
  readonly local: Uint8Array;
  /** The page that the payload goes on in, 0 if all of it is here. */
  readonly overflow: number;
}

const EMPTY = new Uint8Array(0);

/** A page of a tree. */
export class TreePage {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #usable: number;
  /** One of {@link PAGE}. */
  readonly type: number;
  /** How many cells it has. */
  readonly cells: number;

  /**
   * @param number of the page; the first one begins with the header of the database
   * @throws {DatabaseFormatError} if it is none
   */
  constructor(bytes: Uint8Array, number: number, usable: number) {
    this.#bytes = bytes;
    this.#start = number === 1 ? HEADER_LENGTH : 0;
    this.#usable = usable;
    this.type = bytes[this.#start]!;
    this.cells = uint16(bytes, this.#start + 3);
    const isKnown = this.type === PAGE.innerIndex || this.type === PAGE.innerTable ||
      this.type === PAGE.leafIndex || this.type === PAGE.leafTable;
    if (!isKnown || this.#pointer(this.cells) > usable) {
      throw new DatabaseFormatError(`page ${number} is no page of a tree`);
    }
  }

  /** Whether there are pages below it. */
  get isInner(): boolean {
    return this.type === PAGE.innerIndex || this.type === PAGE.innerTable;
  }

  /** Whether it belongs to a table; if not, to an index. */
  get isTable(): boolean {
    return this.type === PAGE.innerTable || this.type === PAGE.leafTable;
  }

  /** Of an inner page: the page of what comes after all cells. */
  get last(): number {
    return uint32(this.#bytes, this.#start + 8);
  }

  /** A cell, counted from 0. */
  cell(index: number): Cell {
    const bytes = this.#bytes;
    let at = uint16(bytes, this.#pointer(index));
    if (at >= this.#usable) throw new DatabaseFormatError("a cell lies outside of its page");
    let child = 0;
    if (this.isInner) {
      child = uint32(bytes, at);
      at += 4;
    }
    let length = -1;
    if (this.type !== PAGE.innerTable) {
      const [value, next] = varint(bytes, at);
      length = Number(value);
      at = next;
    }
    let rowid = 0;
    if (this.isTable) {
      const [value, next] = varint(bytes, at);
      rowid = Number(value);
      at = next;
    }
    if (length < 0) return { child, rowid, length, local: EMPTY, overflow: 0 };
    const held = this.#held(length);
    const local = bytes.subarray(at, at + held);
    if (local.length < held) throw new DatabaseFormatError("a cell is longer than its page");
    return { child, rowid, length, local, overflow: held < length ? uint32(bytes, at + held) : 0 };
  }

  #pointer(index: number): number {
    return this.#start + (this.isInner ? 12 : 8) + 2 * index;
  }

  /** How much of a payload the page itself holds. */
  #held(length: number): number {
    const usable = this.#usable;
    const most = this.isTable ? usable - 35 : Math.floor((usable - 12) * 64 / 255) - 23;
    if (length <= most) return length;
    const least = Math.floor((usable - 12) * 32 / 255) - 23;
    const rest = least + (length - least) % (usable - 4);
    return rest <= most ? rest : least;
  }
}

/** A number of one to nine bytes, the high ones first, and the place behind it. */
export function varint(bytes: Uint8Array, at: number): readonly [number | bigint, number] {
  let value = 0;
  for (let index = 0; index < 7; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new DatabaseFormatError("a number is cut");
    value = value * 128 + (byte & 127);
    if (byte < 128) return [value, at + index + 1];
  }
  // Beyond 49 bits: a negative rowid, as a rule.
  let long = BigInt(value);
  for (let index = 7; index < 9; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new DatabaseFormatError("a number is cut");
    if (index === 8) long = long << 8n | BigInt(byte);
    else {
      long = long << 7n | BigInt(byte & 127);
      if (byte < 128) return [long, at + index + 1];
    }
  }
  return [BigInt.asIntN(64, long), at + 9];
}

/** A column of a record: its type, and where its bytes are. */
export interface Field {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** The columns of a record, by the header at the front of its payload; `undefined` if that is longer than what is given. */
export function fieldsOf(payload: Uint8Array): readonly Field[] | undefined {
  const [size, first] = varint(payload, 0);
  const headerEnd = Number(size);
  if (headerEnd > payload.length) return undefined;
  const fields: Field[] = [];
  let start = headerEnd;
  for (let at = first; at < headerEnd;) {
    const [value, next] = varint(payload, at);
    const type = Number(value);
    const end = start + lengthOf(type);
    fields.push({ type, start, end });
    start = end;
    at = next;
  }
  return fields;
}

const LENGTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0] as const;

function lengthOf(type: number): number {
  return type < 12 ? LENGTHS[type]! : (type - (type % 2 === 0 ? 12 : 13)) / 2;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The value of a column. */
export function valueOf({ type, start, end }: Field, payload: Uint8Array): DatabaseValue {
  if (end > payload.length) throw new DatabaseFormatError("a record is cut");
  if (type >= 12) {
    const bytes = payload.subarray(start, end);
    return type % 2 === 0 ? bytes.slice() : decoder.decode(bytes);
  }
  if (type === 0 || type > 9) return null;
  if (type === 8 || type === 9) return type - 8;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  switch (type) {
    case 1:
      return view.getInt8(start);
    case 2:
      return view.getInt16(start);
    case 3:
      return view.getInt8(start) * 65536 + view.getUint16(start + 1);
    case 4:
      return view.getInt32(start);
    case 5:
      return view.getInt16(start) * 0x1_0000_0000 + view.getUint32(start + 2);
    case 7:
      return view.getFloat64(start);
    default: {
      const value = view.getBigInt64(start);
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
  }
}
