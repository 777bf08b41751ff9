import { assertEquals } from "@std/assert";
import { networkFileSystem } from "../../src/platform/network_mount.ts";

/** Types as `stat -f -c %t` prints them. */
const NFS = 0x6969;
const SMB2 = 0xfe534d42;
const EXT4 = 0xef53;

for (
  const [os, path, type, expected] of [
    ["linux", "/home/somebody/.devlog", EXT4, undefined],
    ["linux", "/home/somebody/.devlog", 0x9123683e, undefined], // btrfs
    ["linux", "/home/somebody/.devlog", 0x65735546, undefined], // FUSE
    ["linux", "/home/somebody/.devlog", NFS, "NFS"],
    ["linux", "/home/somebody/.devlog", SMB2, "SMB"],
    ["linux", "/home/somebody/.devlog", SMB2 | 0, "SMB"], // as a signed number
    ["linux", "/mnt/c", 0x01021997, "9P"],
    ["linux", "//server/share", EXT4, undefined],
    ["darwin", "/Volumes/share", NFS, undefined],
    ["windows", "\\\\server\\share\\devlog", 0, "a network share"],
    ["windows", "//server/share/devlog", 0, "a network share"],
    ["windows", "\\\\?\\UNC\\server\\share\\devlog", 0, "a network share"],
    ["windows", "\\\\?\\unc\\server\\share\\devlog", 0, "a network share"],
    ["windows", "\\\\?\\C:\\Users\\somebody", 0, undefined],
    ["windows", "\\\\?\\UNCLE\\devlog", 0, undefined],
    ["windows", "\\\\.\\C:\\Users\\somebody", 0, undefined],
    ["windows", "C:\\Users\\somebody", NFS, undefined],
  ] as const
) {
  Deno.test(`networkFileSystem() finds ${expected ?? "none"} at ${path} of type ${type.toString(16)} on ${os}`, () => {
    assertEquals(networkFileSystem(path, type, os), expected);
  });
}
