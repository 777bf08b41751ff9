import { assertEquals } from "@std/assert";
import { expandHome, isAbsolute, joinPath } from "../../src/platform/paths.ts";

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
