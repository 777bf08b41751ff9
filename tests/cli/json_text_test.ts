import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonText } from "../../src/cli/json_text.ts";

Deno.test("jsonText() holds no character that a terminal acts on, and reads as the same value", () => {
  const character = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("\x1b", "\x7f", "\x9b", "\u202e", "\u2028", "\u2066", "\ufeff", "\ud800"),
  );
  fc.assert(fc.property(fc.array(character), (characters) => {
    const value = { text: characters.join("") };
    const text = jsonText(value);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/.test(text), false);
    assertEquals(JSON.parse(text), value);
  }));
});

Deno.test("jsonText() is plain JSON where nothing is to be escaped", () => {
  const value = { a: ["é", "漢", '"'], b: 1 };
  assertEquals(jsonText(value), JSON.stringify(value));
  assertEquals(jsonText(value, 2), JSON.stringify(value, null, 2));
});
