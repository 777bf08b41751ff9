import { assertEquals, assertThrows } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import {
  ENVIRONMENT_NAMES,
  IGNORED_NAMES,
  readEnvironment,
  readVariable,
  SECRET_PREFIX,
} from "../../src/platform/environment.ts";
import { SYSTEM_PROGRAMS } from "../../src/platform/system_programs.ts";
import { UserError } from "../../src/platform/user_error.ts";

const reader = (variables: Record<string, string>) => (name: string) => variables[name];

Deno.test("the permission set lists the environment names that the program reads", () => {
  const { allow, ignore } = denoJson.permissions.collector.env;
  assertEquals(allow, [...ENVIRONMENT_NAMES, `${SECRET_PREFIX}*`]);
  assertEquals(ignore, [...IGNORED_NAMES]);
});

Deno.test("the permission set lists the programs that the program runs", () => {
  assertEquals(denoJson.permissions.collector.run, [...SYSTEM_PROGRAMS]);
});

Deno.test("readEnvironment() takes the home folder that the system means", () => {
  const read = reader({ HOME: "/home/me", USERPROFILE: "C:\\Users\\me" });
  assertEquals(readEnvironment(read, "linux").home, "/home/me");
  assertEquals(readEnvironment(read, "darwin").home, "/home/me");
  assertEquals(readEnvironment(read, "windows").home, "C:\\Users\\me");
  assertEquals(readEnvironment(reader({ HOME: "D:/me" }), "windows").home, "D:/me");
});

Deno.test("readEnvironment() takes systems it does not know for Linux", () => {
  assertEquals(readEnvironment(reader({ HOME: "/home/me" }), "freebsd").os, "linux");
});

Deno.test("readEnvironment() knows in WSL where Windows' users are at home", () => {
  const list = (path: string) => path === "/mnt/c/Users" ? ["Ada", "All Users", "Public"] : [];
  const read = reader({ HOME: "/home/me", USERPROFILE: "C:\\Users\\me" });
  assertEquals(readEnvironment(read, "linux", list).windowsHomes, ["/mnt/c/Users/Ada"]);
  assertEquals(readEnvironment(read, "linux", () => []).windowsHomes, undefined);
  assertEquals(readEnvironment(read, "darwin", list).windowsHomes, undefined);
});

Deno.test("readEnvironment() throws when there is no home folder", () => {
  const error = assertThrows(() => readEnvironment(reader({}), "linux"), UserError);
  assertEquals([error.message, error.hint, error.exitCode], [
    "no home folder is known: neither HOME nor USERPROFILE is set",
    "Set HOME to your home folder.",
    2,
  ]);
});

Deno.test("readEnvironment() throws when the home folder is relative", () => {
  assertThrows(
    () => readEnvironment(reader({ HOME: "me" }), "linux"),
    UserError,
    'HOME is not an absolute path: "me"',
  );
  assertThrows(() => readEnvironment(reader({ USERPROFILE: "C:me" }), "windows"), UserError, "USERPROFILE");
});

Deno.test("readVariable() reads the names of the list and no other", () => {
  const names = ["DEVLOG_HOME", "DEVLOG_TEST_OTHER"];
  const before = names.map((name) => Deno.env.get(name));
  try {
    for (const name of names) Deno.env.set(name, "/x");
    assertEquals(names.map(readVariable), ["/x", undefined]);
    Deno.env.set("DEVLOG_HOME", "");
    assertEquals(readVariable("DEVLOG_HOME"), undefined);
  } finally {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});
