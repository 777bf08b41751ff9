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

import xxhash from "xxhash-wasm";

const { h64, h64Raw } = await xxhash();

/** What separates the parts of a hashed name; it occurs in none of them. */
const SEPARATOR = "\0";

/** A new 16-byte array with the id of an event. */
export function computeId(agent: string, anchor: string, key: string): Uint8Array {
  const id = new Uint8Array(16);
  writeId(id, 0, agent, anchor, key);
  return id;
}

let lastAgent = "";
let lastAnchor = "";
let lastPrefix = 0n;

/** Writes the 16 bytes of an event's id into `target` at `offset`. */
export function writeId(
  target: Uint8Array,
  offset: number,
  agent: string,
  anchor: string,
  key: string,
): void {
  const group = agent + SEPARATOR + anchor;
  // Neighbours share their anchor: hash it once for all of them.
  if (agent !== lastAgent || anchor !== lastAnchor) {
    lastPrefix = h64(group);
    lastAgent = agent;
    lastAnchor = anchor;
  }
  const hash = h64(group + SEPARATOR + key);
  const view = new DataView(target.buffer, target.byteOffset + offset, 16);
  view.setBigUint64(0, (lastPrefix & 0xffff_ffff_ffff_0000n) | 0x8000n | (hash & 0x0fffn));
  view.setBigUint64(8, 0x8000_0000_0000_0000n | (hash >> 12n) | ((lastPrefix & 0x3ffn) << 52n));
}

/** The usual text form of 16 id bytes: `xxxxxxxx-xxxx-8xxx-xxxx-xxxxxxxxxxxx`. */
export function formatId(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * A short name for a text of any length, for keys: 16 hex digits of xxHash64. Equal texts have equal names; different
 * ones differ for all practical purposes.
 */
export function hashText(text: string): string {
  return h64(text).toString(16).padStart(16, "0");
}

/** A hash of bytes that fits a number exactly (53 bits of xxHash64), to tell one content from another. */
export function hashBytes(bytes: Uint8Array): number {
  return Number(h64Raw(bytes) & 0x1f_ffff_ffff_ffffn);
}
