import { assertEquals } from "@std/assert";
import { suggest } from "../../src/platform/suggest.ts";

const KNOWN = ["start", "status", "stop", "sync", "query", "initial_sync_days", "a"];

const CASES: readonly (readonly [word: string, expected: string | undefined])[] = [
  ["stauts", "status"],
  ["strat", "start"],
  ["Sync", "sync"],
  ["stat", "start"],
  ["quer", "query"],
  ["initial", "initial_sync_days"],
  ["inital_sync_day", "initial_sync_days"],
  ["frobnicate", undefined],
  ["xyz", undefined],
  ["", undefined],
];

for (const [word, expected] of CASES) {
  Deno.test(`suggest() gives ${expected ?? "nothing"} when the word is "${word}"`, () => {
    assertEquals(suggest(word, KNOWN), expected);
  });
}

Deno.test("suggest() gives nothing when nothing is known", () => {
  assertEquals(suggest("word", []), undefined);
});
