import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { Unsearched } from "../../src/sync/unsearched.ts";

const problem = (...parts: readonly string[]) => ({ path: join("/", ...parts), reason: "no" });

Deno.test("Unsearched.replaceAt() replaces what is at a place and below it, and nothing beside it", () => {
  const unsearched = new Unsearched();
  unsearched.replaceAll([problem("a", "x"), problem("a", "xy"), problem("a", "x", "deep"), problem("b")]);
  unsearched.replaceAt([join("/", "a", "x")], [problem("a", "x", "other")]);
  assertEquals(unsearched.problems, [problem("a", "xy"), problem("b"), problem("a", "x", "other")]);
  unsearched.replaceAt([join("/", "a"), join("/", "b")], []);
  assertEquals(unsearched.problems, []);
});
