/**
 * Computes the ids of events.
 *
 * An id is a UUIDv8 (RFC 9562, section 5.8): 48 bits hashed from agent and anchor, 64 bits hashed from agent, anchor and
 * key, and ten more bits of the first hash to fill it. The same event has the same id wherever and however often it is read; events of one anchor lie side by side in
 * the unique index. The hash is xxHash64: fast, of published and stable definition, and well spread. It is not
 * cryptographic: whoever can write an agent's logs can already write any event.
 *
 * @module
 */

import { hash64 } from "./hash.ts";

/** What separates the parts of a hashed name; it occurs in none of them. */
const SEPARATOR = "\0";

/** A new 16-byte array with the id of an event. */
export function computeId(agent: string, anchor: string, key: string): Uint8Array {
  const id = new Uint8Array(16);
  writeId(new DataView(id.buffer), 0, new TextEncoder().encode(nameOfEvent(agent, anchor, key)));
  return id;
}

/** All that an id is hashed from, as one line of text. */
export function nameOfEvent(agent: string, anchor: string, key: string): string {
  const name = agent + SEPARATOR + anchor + SEPARATOR + key;
  return key.includes("\n") || anchor.includes("\n") ? name.replaceAll("\n", SEPARATOR + "n") : name;
}

const words64 = new BigUint64Array(2);
/** The prefix and the hash of {@link writeId}, as halves: the lower one first on all machines that Deno runs on. */
const words = new Uint32Array(words64.buffer);
let lastGroup = new Uint8Array(0);

/**
 * Writes the 16 bytes of an event's id into `target` at `offset`.
 *
 * @param name `nameOfEvent()` in UTF-8
 */
export function writeId(target: DataView, offset: number, name: Uint8Array): void {
  const groupEnd = name.indexOf(0, name.indexOf(0) + 1);
  // Neighbours share their anchor: hash it once for all of them.
  if (!startsWith(name, lastGroup, groupEnd)) {
    lastGroup = name.slice(0, groupEnd);
    words64[0] = hash64(lastGroup);
  }
  words64[1] = hash64(name);
  const [prefixLow, prefixHigh, hashLow, hashHigh] = [words[0]!, words[1]!, words[2]!, words[3]!];
  target.setUint32(offset, prefixHigh);
  target.setUint32(offset + 4, (prefixLow & 0xffff_0000) | 0x8000 | (hashLow & 0x0fff));
  target.setUint32(offset + 8, 0x8000_0000 | ((prefixLow & 0x03ff) << 20) | (hashHigh >>> 12));
  target.setUint32(offset + 12, (hashHigh << 20) | (hashLow >>> 12));
}

function startsWith(name: Uint8Array, group: Uint8Array, length: number): boolean {
  if (group.length !== length) return false;
  for (let index = 0; index < length; index++) {
    if (name[index] !== group[index]) return false;
  }
  return true;
}

/** The usual text form of 16 id bytes: `xxxxxxxx-xxxx-8xxx-xxxx-xxxxxxxxxxxx`. */
export function formatId(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The 16 bytes of an id in its text form. @throws {SyntaxError} if it is none */
export function parseId(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll("-", ""));
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
