/**
 * Compresses what is large, as it is kept in the store.
 *
 * It is zstd; where the runtime has none (Deno before 2.7 exports its functions, and they fail), zlib's format instead.
 * Both say by their first bytes which they are, so that either can be read wherever its method is there.
 *
 * @module
 */

/**
 * Loaded with the first use, as it costs 20 ms and some megabytes: the main thread of the collector, and most commands,
 * never need it.
 */
let loaded: typeof import("node:zlib") | undefined;

function zlib(): typeof import("node:zlib") {
  return loaded ??= (globalThis as unknown as { process: { getBuiltinModule(name: string): unknown } })
    .process
    .getBuiltinModule("node:zlib") as typeof import("node:zlib");
}

/** Payloads over this many bytes are compressed. */
export const PACK_OVER = 8192;

/** `ZSTD_c_compressionLevel` of zstd.h. */
const LEVEL = 100;
const ZSTD = { params: { [LEVEL]: 1 } };

/** The first byte of a zstd frame (RFC 8878, 3.1.1); that of a zlib stream differs (RFC 1950, 2.2). */
const ZSTD_MAGIC = 0x28;

let hasZstd: boolean | undefined;

/** The bytes, compressed if they are more than `over`; `packed` says which. */
export function pack(
  bytes: Uint8Array,
  over = PACK_OVER,
): { readonly bytes: Uint8Array; readonly packed: boolean } {
  if (bytes.length <= over && over > 0) return { bytes, packed: false };
  hasZstd ??= canZstd();
  return {
    bytes: hasZstd ? zlib().zstdCompressSync(bytes, ZSTD) : zlib().deflateSync(bytes, { level: 1 }),
    packed: true,
  };
}

/** The bytes as they were before `pack()`. */
export function unpack(bytes: Uint8Array, packed: boolean): Uint8Array {
  if (!packed) return bytes;
  return bytes[0] === ZSTD_MAGIC ? zlib().zstdDecompressSync(bytes) : zlib().inflateSync(bytes);
}

function canZstd(): boolean {
  try {
    zlib().zstdCompressSync(new Uint8Array(1));
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** What a zstd frame of another program holds; `undefined` if this runtime can't unpack it, or it is none. */
export function unzstd(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return zlib().zstdDecompressSync(bytes);
  } catch {
    // Before Deno 2.7 there is no zstd; and what is damaged is told as something that was not understood.
    return undefined;
  }
}
