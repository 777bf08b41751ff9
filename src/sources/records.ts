/**
 * Takes a line apart into its records. A line is one record as a rule; but a writer that was killed leaves half a record
 * without a newline and the next one goes on behind it, and a last line without a newline is taken before the next is
 * glued to it.
 *
 * The rule that keeps all ways of reading equal: an object that stands at the front and parses is a record, whatever
 * follows. So the front may be taken at any time; what does not parse is judged only when the line has ended.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";
import { findObjectEnd, findRecordStarts } from "./object_scan.ts";
import type { DamageReason } from "./record_sink.ts";

/** A part of a line: `start` and `end` are indices into its bytes. */
export type Piece =
  | { readonly start: number; readonly end: number; readonly record: JsonObject }
  | { readonly start: number; readonly end: number; readonly damage: DamageReason };

/**
 * How many places in a damaged line are tried as the start of a record. Each may cost a scan of the rest of the line, so
 * this bounds the time that a damaged line of 16 MiB can take.
 */
const MAX_STARTS = 16;

/** Decodes UTF-8 as it is in files: what is invalid becomes U+FFFD, nothing is dropped. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of bytes; what is no UTF-8 becomes U+FFFD. */
export function decode(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/**
 * Yields the pieces of a line in order. Blanks (JSON's and byte order marks) belong to none. Never throws.
 *
 * @param line its bytes, without the newline
 * @param ended whether the line has ended; if not, only what stands at its front and is certain is yielded
 */
export function* splitRecords(line: Uint8Array, ended: boolean): Generator<Piece> {
  let start = skipBlanks(line, 0);
  while (start < line.length) {
    const piece = line[start] === 0 ? zerosAt(line, start, ended) : objectAt(line, start);
    if (piece === undefined) break;
    yield piece;
    start = skipBlanks(line, piece.end);
  }
  if (ended && start < line.length) yield* recover(line, start);
}

/** What is found in the rest of a line that does not begin with a record. */
function* recover(line: Uint8Array, start: number): Generator<Piece> {
  const end = trimBlanks(line, start);
  if (line[start] !== OPEN && parse(line.subarray(start, end)) !== undefined) {
    yield { start, end, damage: "not_object" };
    return;
  }
  let tried = 0;
  for (const candidate of findRecordStarts(line, start)) {
    const records = objectsToEnd(line, candidate);
    if (records !== undefined) {
      yield { start, end: trimBlanks(line.subarray(0, candidate), start), damage: "not_json" };
      yield* records;
      return;
    }
    if (++tried === MAX_STARTS) break;
  }
  yield { start, end, damage: "not_json" };
}

/** The objects from `start` to the end of the line, or `undefined` if anything else stands among them. */
function objectsToEnd(line: Uint8Array, start: number): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  for (let at = start; at < line.length;) {
    const piece = objectAt(line, at);
    if (piece === undefined) return undefined;
    pieces.push(piece);
    at = skipBlanks(line, piece.end);
  }
  return pieces;
}

function objectAt(line: Uint8Array, start: number): Piece | undefined {
  if (line[start] !== OPEN) return undefined;
  const end = findObjectEnd(line, start);
  const record = end === -1 ? undefined : parse(line.subarray(start, end));
  return record === undefined ? undefined : { start, end, record: record as JsonObject };
}

/** A run of zeros; while the line goes on, one that reaches its end may still grow. */
function zerosAt(line: Uint8Array, start: number, ended: boolean): Piece | undefined {
  const end = skipZeros(line, start);
  return end === line.length && !ended ? undefined : { start, end, damage: "nul_run" };
}

/** The parsed value, or `undefined` if the bytes are no JSON. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decode(bytes));
  } catch {
    return undefined;
  }
}

const OPEN = 0x7b;

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** The index of the first byte at or after `start` that is neither a blank nor part of a byte order mark. */
function skipBlanks(bytes: Uint8Array, start: number): number {
  let index = start;
  for (;;) {
    if (isBlank(bytes[index])) index++;
    else if (bytes[index] === 0xef && bytes[index + 1] === 0xbb && bytes[index + 2] === 0xbf) index += 3;
    else return index;
  }
}

/** The index after the last byte that is no blank. */
function trimBlanks(bytes: Uint8Array, start: number): number {
  let end = bytes.length;
  while (end > start && isBlank(bytes[end - 1])) end--;
  return end;
}

/** The index of the first byte at or after `start` that is not zero. */
export function skipZeros(bytes: Uint8Array, start: number): number {
  let index = start;
  while (bytes[index] === 0) index++;
  return index;
}
