/**
 * Hashes texts and bytes with xxHash64.
 *
 * The module's memory grows with the longest thing that is hashed at once and never shrinks, so what is long goes through
 * it in parts; the hash is the same.
 *
 * @module
 */

import xxhash from "xxhash-wasm";

const { create64, h64, h64Raw } = await xxhash();

/** What is longer, in bytes, is hashed in parts of so many. */
const PART = 1 << 16;
const encoder = new TextEncoder();

/** The 64 bits of a text's UTF-8. */
export function hash64OfText(text: string): bigint {
  if (text.length <= PART) return h64(text);
  const hash = create64();
  const part = new Uint8Array(PART);
  for (let rest = text; rest !== "";) {
    const { read, written } = encoder.encodeInto(rest, part);
    hash.update(part.subarray(0, written));
    rest = rest.slice(read);
  }
  return hash.digest();
}

/** The 64 bits of bytes. */
export function hash64(bytes: Uint8Array): bigint {
  if (bytes.length <= PART) return h64Raw(bytes);
  const hash = create64();
  for (let start = 0; start < bytes.length; start += PART) hash.update(bytes.subarray(start, start + PART));
  return hash.digest();
}

/**
 * A short name for a text of any length, for keys: 16 hex digits. Equal texts have equal names; different ones differ
 * for all practical purposes.
 */
export function hashText(text: string): string {
  return hash64OfText(text).toString(16).padStart(16, "0");
}

/** A hash of bytes that fits a number exactly (53 bits), to tell one content from another. */
export function hashBytes(bytes: Uint8Array): number {
  return Number(hash64(bytes) & 0x1f_ffff_ffff_ffffn);
}
