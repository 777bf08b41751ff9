/**
 * Makes zstd archives in tests.
 *
 * @module
 */

import * as zlib from "node:zlib";

/** Whether this runtime has zstd. */
export const HAS_ZSTD = hasZstd();

function hasZstd(): boolean {
  try {
    zlib.createZstdDecompress().destroy();
    return true;
  } catch {
    return false;
  }
}

/** Compresses into one frame. */
export function compress(bytes: Uint8Array, checksum = false): Uint8Array<ArrayBuffer> {
  const params = { [zlib.constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 };
  return Uint8Array.from(zlib.zstdCompressSync(bytes, { params }));
}

/** What a hand-made frame has beside its content. */
export interface FrameOptions {
  readonly checksum?: boolean;
  /** Bytes of the dictionary id: 0, 1, 2 or 4. */
  readonly dictionaryId?: number;
  /** Bytes of the content size: 0, 1, 2, 4 or 8; a single segment (no window) if it is 1. */
  readonly contentSize?: number;
}

/** A frame of uncompressed blocks, one for each part (RFC 8878, section 3.1.1): it needs no compressor. */
export function rawFrame(parts: readonly Uint8Array[], options: FrameOptions = {}): Uint8Array {
  const { checksum = false, dictionaryId = 0, contentSize = 0 } = options;
  const single = contentSize === 1;
  const flags = [0, 1, 2, 4].indexOf(dictionaryId) | (checksum ? 4 : 0) | (single ? 0x20 : 0) |
    Math.max(0, [0, 2, 4, 8].indexOf(contentSize)) << 6;
  const header = [0x28, 0xb5, 0x2f, 0xfd, flags];
  const optional = (single ? 0 : 1) + dictionaryId + contentSize;
  const blocks = parts.flatMap((part, index) => {
    const last = index === parts.length - 1 ? 1 : 0;
    const size = part.length << 3 | last;
    return [size & 0xff, size >> 8 & 0xff, size >> 16, ...part];
  });
  return Uint8Array.from([
    ...header,
    ...new Array(optional).fill(0),
    ...blocks,
    ...(checksum ? [1, 2, 3, 4] : []),
  ]);
}
