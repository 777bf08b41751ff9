import { assertEquals } from "@std/assert";
import { keptText, readKept } from "../../src/sync/kept_state.ts";

for (
  const kept of [
    { state: { session: "s1" }, without: [] },
    { state: { session: "s1" }, without: ["a/meta.json"] },
    { state: null, without: ["a/meta.json", "b.json"] },
    { state: null, without: [] },
  ]
) {
  Deno.test(`readKept() reads what keptText() makes of ${JSON.stringify(kept)}`, () => {
    assertEquals(readKept(keptText(kept)), kept);
  });
}

Deno.test("readKept() knows nothing where nothing was kept", () => {
  assertEquals(readKept(undefined), { state: undefined, without: [] });
});

Deno.test("keptText() is the state alone where nothing was missing, as it always was", () => {
  assertEquals(keptText({ state: { session: "s1" }, without: [] }), '{"session":"s1"}');
  assertEquals(keptText({ state: undefined, without: [] }), "null");
});
