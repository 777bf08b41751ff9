/**
 * Tells folders on network file systems, where SQLite's locks and shared memory can't be trusted.
 *
 * @module
 */

/**
 * Types of network file systems as Linux' `statfs` gives them (`f_type`, linux/magic.h and the file systems' own
 * headers). FUSE is not among them: behind it can be a network or a local disk.
 */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x00c36400, "Ceph"],
  [0x47504653, "GPFS"],
  [0x0bd00bd0, "Lustre"],
  [0x73757245, "Coda"],
  [0x7461636f, "OCFS2"],
]);

/** `\\server\share` or `\\?\UNC\server\share`, but no other path of a device such as `\\?\C:`. */
const WINDOWS_SHARE = /^[\\/]{2}(?:(?![?.][\\/])|[?.][\\/]UNC[\\/])/i;

/**
 * The kind of network file system that a folder lies on, `undefined` if it lies on none that is known.
 *
 * @param path absolute
 * @param type `f_type` of `statfs`; only Linux gives one that tells
 * @param os as Deno names it
 */
export function networkFileSystem(path: string, type: number, os: string): string | undefined {
  if (os === "windows") return WINDOWS_SHARE.test(path) ? "a network share" : undefined;
  // Deno gives the type as a signed number on some systems.
  return os === "linux" ? NETWORK_TYPES.get(type >>> 0) : undefined;
}
