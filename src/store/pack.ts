/**
 * Compresses what is large (zstd), as it is kept in the store.
 *
 * @module
 */

import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Payloads over this many bytes are compressed. */
export const PACK_OVER = 8192;

const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** The bytes, compressed if they are more than `over`; `packed` says which. */
export function pack(bytes: Uint8Array, over = PACK_OVER): { readonly bytes: Uint8Array; readonly packed: boolean } {
  if (bytes.length <= over && over > 0) return { bytes, packed: false };
  return { bytes: zstdCompressSync(bytes, OPTIONS), packed: true };
}

/** The bytes as they were before `pack()`. */
export function unpack(bytes: Uint8Array, packed: boolean): Uint8Array {
  return packed ? zstdDecompressSync(bytes) : bytes;
}
