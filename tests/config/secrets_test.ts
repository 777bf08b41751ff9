import { assertEquals, assertThrows } from "@std/assert";
import { expandSecret, hasReference, maskSecret, maskUrl } from "../../src/config/secrets.ts";
import { UserError } from "../../src/platform/user_error.ts";

const get = (name: string) => ({ KEY: "k$1", HOST: "example.com", EMPTY: "" })[name];

Deno.test("expandSecret() puts in the variables that are named, and nothing else", () => {
  assertEquals(expandSecret("${KEY}", get), "k$1");
  assertEquals(expandSecret("https://${HOST}/${KEY}", get), "https://example.com/k$1");
  assertEquals(expandSecret("plain $KEY ${} ${a b}", get), "plain $KEY ${} ${a b}");
});

Deno.test("expandSecret() names the variable when it is not set or empty", () => {
  assertThrows(() => expandSecret("${NOPE}", get), UserError, "the environment variable NOPE is not set");
  assertThrows(() => expandSecret("${EMPTY}", get), UserError, "the environment variable EMPTY is not set");
});

Deno.test("hasReference() sees ${NAME} alone", () => {
  assertEquals(["${A}", "x${A}", "$A", "${}", ""].map(hasReference), [true, true, false, false, false]);
  assertEquals(["${A}", "${A}"].map(hasReference), [true, true]);
});

Deno.test("maskSecret() shows a name, and no part of a secret", () => {
  assertEquals(["${KEY}", "sk-123", "prefix-${KEY}"].map(maskSecret), ["${KEY}", "********", "********"]);
});

Deno.test("maskUrl() hides what may be secret", () => {
  assertEquals(maskUrl("https://devlog.example.com/a"), "https://devlog.example.com/a");
  assertEquals(maskUrl("postgres://me:p@ss@db:5432/x"), "postgres://********@db:5432/x");
  assertEquals(maskUrl("https://x.example/p?token=1&a=2"), "https://x.example/p?********");
});
