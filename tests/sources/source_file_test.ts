import { assertEquals, assertThrows } from "@std/assert";
import {
  type RefusalReason,
  SourceBusyError,
  SourceGoneError,
  SourceRefusedError,
} from "../../src/sources/source_errors.ts";
import { SourceFile } from "../../src/sources/source_file.ts";
import { skipUnless } from "../skips.ts";
import { Folder } from "./reading.ts";

function assertRefused(path: string, root: string, reason: RefusalReason): void {
  assertEquals(assertThrows(() => SourceFile.open(path, root).close(), SourceRefusedError).reason, reason);
}

Deno.test("open() opens a regular file under its root, also through a linked root", () => {
  using folder = new Folder();
  folder.write("real/a/b", "1");
  Deno.symlinkSync(folder.path + "/real", folder.path + "/linked");
  for (const root of ["/real", "/linked"]) {
    const file = SourceFile.open(`${folder.path}${root}/a/b`, folder.path + "/real");
    assertEquals(file.stamp.size, 1);
    file.close();
  }
});

Deno.test("open() says that a file is gone", () => {
  using folder = new Folder();
  folder.write("a", "");
  for (const path of ["/none", "/none/b", "/a/b"]) {
    assertThrows(() => SourceFile.open(folder.path + path, folder.path), SourceGoneError);
  }
});

Deno.test("open() refuses a link, wherever it leads", () => {
  using folder = new Folder();
  folder.write("root/a", "");
  Deno.symlinkSync(folder.path + "/root/a", folder.path + "/root/b");
  assertRefused(folder.path + "/root/b", folder.path + "/root", "link");
});

Deno.test("open() refuses a file that lies outside the root by a linked folder or a longer name", () => {
  using folder = new Folder();
  folder.write("root/a", "");
  folder.write("rooted/secret", "");
  Deno.symlinkSync(folder.path + "/rooted", folder.path + "/root/out");
  assertRefused(folder.path + "/root/out/secret", folder.path + "/root", "outside_root");
  assertRefused(folder.path + "/rooted/secret", folder.path + "/root", "outside_root");
  assertRefused(folder.path + "/root/../rooted/secret", folder.path + "/root", "outside_root");
});

Deno.test({
  name: "open() refuses what is no regular file, and does not wait for a pipe [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using folder = new Folder();
    new Deno.Command("mkfifo", { args: [folder.path + "/pipe"] }).outputSync();
    assertRefused(folder.path + "/pipe", folder.path, "not_regular");
    assertRefused(folder.path, folder.path, "not_regular");
    assertRefused("/dev/null", "/", "not_regular");
  },
});

Deno.test("open() refuses a file that is replaced, by a file or a link, between the check and the opening", () => {
  using folder = new Folder();
  const path = folder.write("root/a", "");
  const secret = folder.write("secret", "");
  const open = Deno.openSync;
  const swaps: readonly (() => void)[] = [
    () => folder.write("root/new", ""),
    () => Deno.symlinkSync(secret, folder.path + "/root/new"),
    () => Deno.linkSync(secret, folder.path + "/root/new"),
  ];
  for (const [index, swap] of swaps.entries()) {
    Deno.openSync = (...args) => {
      swap();
      Deno.renameSync(folder.path + "/root/new", path);
      return open(...args);
    };
    try {
      assertRefused(path, folder.path + "/root", index === 1 ? "outside_root" : "changed");
    } finally {
      Deno.openSync = open;
    }
    folder.write("root/b", "");
    Deno.renameSync(folder.path + "/root/b", path);
  }
});

Deno.test("open() refuses a file that is no longer the one at its path when it has been opened", () => {
  using folder = new Folder();
  const path = folder.write("a", "");
  folder.write("b", "");
  const open = Deno.openSync;
  Deno.openSync = (...args) => {
    const file = open(...args);
    Deno.renameSync(folder.path + "/b", path);
    return file;
  };
  try {
    assertRefused(path, folder.path, "changed");
  } finally {
    Deno.openSync = open;
  }
});

Deno.test({
  name: "open() refuses what this user may not read [needs unix] [needs not-root]",
  ...skipUnless("unix", "not-root"),
  fn: () => {
    using folder = new Folder();
    const path = folder.write("a", "");
    Deno.chmodSync(path, 0);
    assertRefused(path, folder.path, "permission");
  },
});

Deno.test({
  name: "open() says that too many files are open, as something that passes [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn: () => {
    using folder = new Folder();
    const path = folder.write("a", "");
    const script = `
      import { SourceFile } from "${import.meta.resolve("../../src/sources/source_file.ts")}";
      for (;;) try { SourceFile.open("${path}", "${folder.path}"); } catch (error) { console.log(error.name); break; }`;
    const program = folder.write("open.ts", script);
    const { stdout } = new Deno.Command("sh", {
      args: ["-c", `ulimit -n 64; exec "${Deno.execPath()}" run -A --no-check --no-config "${program}"`],
    }).outputSync();
    assertEquals(new TextDecoder().decode(stdout).trim(), "SourceBusyError");
  },
});

Deno.test("read() stops at the size of the opening, or where the file was cut since", () => {
  using folder = new Folder();
  const path = folder.write("a", "0123456789");
  const file = SourceFile.open(path, folder.path);
  folder.append(path, "more");
  assertEquals(file.read(new Uint8Array(6)), 6);
  assertEquals(file.read(new Uint8Array(6)), 4);
  assertEquals([file.read(new Uint8Array(6)), file.atEnd, file.bytesRead], [0, true, 10]);
  Deno.truncateSync(path, 3);
  assertEquals(file.readAt(1, 5).length, 2);
  file.seek(8);
  assertEquals([file.read(new Uint8Array(6)), file.atEnd], [0, true]);
  file.close();
});

Deno.test("read() says that a file can't be read now when the system fails", () => {
  using folder = new Folder();
  const file = SourceFile.open(folder.write("a", "1"), folder.path);
  file.close();
  file.close();
  assertThrows(() => file.read(new Uint8Array(1)), SourceBusyError);
});
