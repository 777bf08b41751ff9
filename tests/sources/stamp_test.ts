import { assert, assertEquals, assertFalse } from "@std/assert";
import { type FileStamp, isUnchanged, sameFile, stampOf } from "../../src/sources/stamp.ts";
import { Folder } from "./reading.ts";

const STAMP: FileStamp = { device: 1, inode: 2, birth: 3, size: 10, mtime: 5000, ctime: 5000 };

Deno.test("stampOf() reduces a stat", () => {
  using folder = new Folder();
  const path = folder.write("a", "12345");
  Deno.utimeSync(path, 1000, 1000);
  const info = Deno.statSync(path);
  assertEquals(stampOf(info), {
    device: info.dev,
    inode: info.ino!,
    birth: info.birthtime?.getTime() ?? null,
    size: 5,
    mtime: 1_000_000,
    ctime: info.ctime?.getTime() ?? null,
  });
});

Deno.test("stampOf() gives inode 0 when the file system has none", () => {
  const info = { dev: 1, ino: null, birthtime: null, size: 0, mtime: null, ctime: null };
  assertEquals(stampOf(info as Deno.FileInfo).inode, 0);
});

Deno.test("sameFile() follows a file through a rename and an append", () => {
  using folder = new Folder();
  const path = folder.write("a", "1");
  const before = stampOf(Deno.statSync(path));
  folder.append(path, "2");
  Deno.renameSync(path, folder.path + "/b");
  assert(sameFile(before, stampOf(Deno.statSync(folder.path + "/b"))));
});

Deno.test("sameFile() tells files apart by device, inode and birth", () => {
  assert(sameFile(STAMP, { ...STAMP, size: 99, mtime: 1, ctime: null }));
  assertFalse(sameFile(STAMP, { ...STAMP, device: 9 }));
  assertFalse(sameFile(STAMP, { ...STAMP, inode: 9 }));
  assertFalse(sameFile(STAMP, { ...STAMP, birth: 9 }));
  assert(sameFile(STAMP, { ...STAMP, birth: null }));
});

Deno.test("sameFile() is false when the file system numbers no files", () => {
  assertFalse(sameFile({ ...STAMP, inode: 0 }, { ...STAMP, inode: 0 }));
});

Deno.test("isUnchanged() needs a reading more than 2 s after the last change", () => {
  assertFalse(isUnchanged(STAMP, 7000, STAMP));
  assert(isUnchanged(STAMP, 7001, STAMP));
  const touched = { ...STAMP, ctime: 6000 };
  assertFalse(isUnchanged(touched, 8000, touched));
  assert(isUnchanged({ ...STAMP, ctime: null }, 7001, { ...STAMP, ctime: null }));
});

Deno.test("isUnchanged() is false when any field differs", () => {
  for (const field of ["device", "inode", "birth", "size", "mtime", "ctime"] as const) {
    assertFalse(isUnchanged(STAMP, 1e6, { ...STAMP, [field]: 77 }), field);
  }
});
