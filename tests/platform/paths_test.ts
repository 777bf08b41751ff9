import { assertEquals, assertNotEquals } from "@std/assert";
import type { Os } from "../../src/platform/environment.ts";
import {
  expandHome,
  isAbsolute,
  joinPath,
  partsBelow,
  pathKey,
  pathOfFileUrl,
} from "../../src/platform/paths.ts";

Deno.test("isAbsolute() follows the rules of the system", () => {
  assertEquals(["/a", "a", "~/a", "C:\\a"].map((path) => isAbsolute(path, "linux")), [
    true,
    false,
    false,
    false,
  ]);
  const windows = ["C:\\a", "c:/a", "\\\\server\\share", "C:a", "\\a", "/a", "a"];
  assertEquals(windows.map((path) => isAbsolute(path, "windows")), [
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("joinPath() uses the separator of the system", () => {
  assertEquals(joinPath("linux", "/a/", "b", "c"), "/a/b/c");
  assertEquals(joinPath("linux", "/", "b"), "/b");
  assertEquals(joinPath("windows", "C:\\a", "b"), "C:\\a\\b");
  assertEquals(joinPath("windows", "C:\\", "b"), "C:\\b");
});

Deno.test("expandHome() replaces a leading ~ of this user alone", () => {
  const linux = { os: "linux", home: "/home/me" } as const;
  const texts = ["~", "~/", "~/a", "~//a", "~other/a", "/a/~", "a~/b", "~\\a"];
  assertEquals(texts.map((path) => expandHome(path, linux)), [
    "/home/me",
    "/home/me",
    "/home/me/a",
    "/home/me/a",
    "~other/a",
    "/a/~",
    "a~/b",
    "~\\a",
  ]);
  const windows = { os: "windows", home: "C:\\Users\\me" } as const;
  assertEquals(["~/a", "~\\a"].map((path) => expandHome(path, windows)), [
    "C:\\Users\\me\\a",
    "C:\\Users\\me\\a",
  ]);
});

Deno.test("pathKey() is one for what leads to one place, by the rules of each system", () => {
  const same: readonly (readonly [Os, string, string])[] = [
    ["windows", "C:\\Users\\Ada\\.claude", "c:/users/ada/.CLAUDE"],
    ["darwin", "/Users/Ada/Z\u00fcrich", "/users/ada/Zu\u0308rich"],
    ["linux", "/home/ada", "/home/ada"],
  ];
  for (const [os, a, b] of same) assertEquals(pathKey(a, os), pathKey(b, os));
  assertNotEquals(pathKey("/home/ada/.claude", "linux"), pathKey("/home/ada/.Claude", "linux"));
  assertNotEquals(pathKey("/home/ada/a\\b", "linux"), pathKey("/home/ada/a/b", "linux"));
});

Deno.test("partsBelow() says how to get from a folder to a path below it", () => {
  const cases: readonly (readonly [Os, string, string, readonly string[] | undefined])[] = [
    ["linux", "/home/ada/.claude/p/s.jsonl", "/home/ada/.claude", ["p", "s.jsonl"]],
    ["linux", "/home/ada/.claude", "/home/ada/.claude/", []],
    ["linux", "/home/ada/.claude2/s", "/home/ada/.claude", undefined],
    ["linux", "/home/ada/.Claude/s", "/home/ada/.claude", undefined],
    ["linux", "/home/ada", "/home/ada/.claude", undefined],
    ["linux", "/s", "/", ["s"]],
    ["darwin", "/users/ada/.Claude/P/S.jsonl", "/Users/ada/.claude", ["P", "S.jsonl"]],
    ["windows", "\\\\?\\C:\\Users\\ADA\\x\\S", "\\\\?\\c:\\users\\ada", ["x", "S"]],
    ["windows", "C:\\Users\\Ada\\x/S", "C:\\Users\\ada\\", ["x", "S"]],
    ["windows", "D:\\Users\\Ada\\x", "C:\\Users\\Ada", undefined],
  ];
  for (const [os, path, folder, expected] of cases) {
    assertEquals(partsBelow(path, folder, os), expected, path);
  }
});

Deno.test("pathOfFileUrl() is the path as the system writes it", () => {
  assertEquals(pathOfFileUrl("file:///home/ada/my%20code/main.ts", "linux"), "/home/ada/my code/main.ts");
  assertEquals(pathOfFileUrl("file:///C:/my%20code/main.ts", "windows"), "C:\\my code\\main.ts");
});
