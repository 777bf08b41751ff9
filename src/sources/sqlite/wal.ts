/**
 * The log of an SQLite database (`-wal`): pages that were committed and may not stand in the database itself yet.
 *
 * @module
 */

import { type FileStamp, sameFile } from "../stamp.ts";
import type { SourceFile } from "../source_file.ts";
import { uint32 } from "./format.ts";

/** Where in a log one has read up to. */
export interface WalPosition {
  /** The salts of the log, which change when it begins anew. */
  readonly salt: string;
  /** How many frames of it were committed. */
  readonly frames: number;
}

const LITTLE_ENDIAN = 0x377f0682;
const BIG_ENDIAN = 0x377f0683;
const HEADER_LENGTH = 32;
const FRAME_HEADER = 24;
/** So much is read at once, bytes. */
const CHUNK = 1 << 20;

/** The committed frames of a log. */
export class Wal {
  readonly #header: Uint8Array;
  readonly #stamp: FileStamp;
  readonly #pageSize: number;
  readonly #isLittle: boolean;
  /** Where the newest committed frame of each page is. */
  readonly #pages = new Map<number, number>();
  /** The page of each committed frame. */
  readonly #order: number[] = [];
  #sums: readonly [number, number];
  /** How many pages the database has by the last commit; `undefined` if there is none. */
  #pageCount: number | undefined;

  /** The log in a file; `undefined` if it holds nothing that counts. */
  static of(file: SourceFile, pageSize: number): Wal | undefined {
    const header = file.readAt(0, HEADER_LENGTH);
    if (header.length < HEADER_LENGTH) return undefined;
    const magic = uint32(header, 0);
    if (magic !== LITTLE_ENDIAN && magic !== BIG_ENDIAN) return undefined;
    const wal = new Wal(file, header, pageSize, magic === LITTLE_ENDIAN);
    const isRight = uint32(header, 8) === pageSize && wal.#sums[0] === uint32(header, 24) &&
      wal.#sums[1] === uint32(header, 28);
    return isRight ? wal : undefined;
  }

  private constructor(file: SourceFile, header: Uint8Array, pageSize: number, isLittle: boolean) {
    this.#header = header;
    this.#stamp = file.stamp;
    this.#pageSize = pageSize;
    this.#isLittle = isLittle;
    this.#sums = checksum([0, 0], header.subarray(0, 24), isLittle);
  }

  /** How many pages the database has. */
  get pageCount(): number | undefined {
    return this.#pageCount;
  }

  /** How far it is read. */
  get position(): WalPosition {
    return { salt: hex(this.#header.subarray(16, 24)), frames: this.#order.length };
  }

  /** All pages in it. */
  get pages(): ReadonlySet<number> {
    return new Set(this.#pages.keys());
  }

  /** Where the bytes of a page begin, `undefined` if the database itself has them. */
  placeOf(page: number): number | undefined {
    return this.#pages.get(page);
  }

  /**
   * The pages of the frames after a position, `undefined` if that is not known. A log that began anew once since still
   * has the frames before that behind its own, as far as it did not grow over them.
   *
   * @param file of the log, as it was when it was read
   */
  changedSince({ salt, frames }: WalPosition, file: SourceFile): ReadonlySet<number> | undefined {
    const now = this.position;
    if (salt === now.salt) return frames <= now.frames ? new Set(this.#order.slice(frames)) : undefined;
    if (frames < this.#order.length || !follows(salt, now.salt)) return undefined;
    const pages = new Set(this.#order);
    for (let index = frames;; index++) {
      const frame = file.readAt(HEADER_LENGTH + index * this.#frameSize, FRAME_HEADER);
      const its = hex(frame.subarray(8, 16));
      // What is not committed yet may have grown over them, too.
      if (its === now.salt) return undefined;
      if (frame.length < FRAME_HEADER || its !== salt) return pages;
      pages.add(uint32(frame, 0));
    }
  }

  /** Whether a file is still this log, with the same beginning. */
  isSame(file: SourceFile): boolean {
    if (this.#stamp.inode !== 0 && !sameFile(this.#stamp, file.stamp)) return false;
    const header = file.readAt(0, HEADER_LENGTH);
    return header.length === HEADER_LENGTH && header.every((byte, index) => byte === this.#header[index]);
  }

  /** Takes in what was committed since. */
  readOn(file: SourceFile): void {
    for (const { pages, pageCount, sums } of this.#transactions(file)) {
      for (const page of pages) {
        this.#pages.set(page, HEADER_LENGTH + this.#order.length * this.#frameSize + FRAME_HEADER);
        this.#order.push(page);
      }
      this.#pageCount = pageCount;
      this.#sums = sums;
    }
  }

  /** The pages of what was committed since, without taking it in. */
  *committedSince(file: SourceFile): Generator<number> {
    for (const { pages } of this.#transactions(file)) yield* pages;
  }

  /** What was committed behind what is known. What is written and not committed, or was taken back, is not whole. */
  *#transactions(file: SourceFile): Generator<Transaction> {
    const size = this.#frameSize;
    const perChunk = Math.max(1, Math.floor(CHUNK / size));
    let sums = this.#sums;
    let pages: number[] = [];
    for (let first = this.#order.length;; first += perChunk) {
      const bytes = file.readAt(HEADER_LENGTH + first * size, perChunk * size);
      const count = Math.floor(bytes.length / size);
      for (let index = 0; index < count; index++) {
        const frame = bytes.subarray(index * size, (index + 1) * size);
        if (!this.#hasSalt(frame)) return;
        sums = checksum(sums, frame.subarray(0, 8), this.#isLittle);
        sums = checksum(sums, frame.subarray(FRAME_HEADER), this.#isLittle);
        if (sums[0] !== uint32(frame, 16) || sums[1] !== uint32(frame, 20)) return;
        pages.push(uint32(frame, 0));
        const pageCount = uint32(frame, 4);
        if (pageCount === 0) continue;
        yield { pages, pageCount, sums };
        pages = [];
      }
      if (count < perChunk) return;
    }
  }

  get #frameSize(): number {
    return FRAME_HEADER + this.#pageSize;
  }

  #hasSalt(frame: Uint8Array): boolean {
    for (let index = 0; index < 8; index++) {
      if (frame[8 + index] !== this.#header[16 + index]) return false;
    }
    return true;
  }
}

/** What was committed at once. */
interface Transaction {
  readonly pages: readonly number[];
  /** How many pages the database has since. */
  readonly pageCount: number;
  readonly sums: readonly [number, number];
}

/** The checksum of the format: it goes on from another one. */
function checksum(
  [first, second]: readonly [number, number],
  bytes: Uint8Array,
  isLittle: boolean,
): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + view.getUint32(at, isLittle) + second) >>> 0;
    second = (second + view.getUint32(at + 4, isLittle) + first) >>> 0;
  }
  return [first, second];
}

/** Whether a log has this salt when it begins anew after one with that: the first half is counted up. */
function follows(salt: string, next: string): boolean {
  return Number.parseInt(next.slice(0, 8), 16) === (Number.parseInt(salt.slice(0, 8), 16) + 1) % 2 ** 32;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
