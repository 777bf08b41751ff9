import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonPieces } from "../../src/store/json_pieces.ts";

Deno.test("jsonPieces() are together what JSON.stringify() gives, whatever the value", () => {
  const text = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 30 });
  const value = fc.jsonValue({ maxDepth: 4 });
  const mixed = fc.oneof(
    value,
    text,
    fc.array(fc.oneof(text, fc.constant(undefined), fc.double())),
    fc.dictionary(text, fc.oneof(text, fc.constant(undefined), value)),
  );
  fc.assert(fc.property(mixed, fc.integer({ min: 2, max: 9 }), (value, most) => {
    assertEquals([...jsonPieces(value, most)].join(""), JSON.stringify(value));
  }));
});

Deno.test("jsonPieces() keeps pairs of surrogates together, and no piece is long", () => {
  const text = "a\u{1f680}".repeat(100) + "\ud800" + '"'.repeat(50);
  for (const most of [2, 3, 7, 64]) {
    const pieces = [...jsonPieces({ text }, most)];
    assertEquals(pieces.join(""), JSON.stringify({ text }));
    assert(pieces.every(({ length }) => length <= 6 * most), `${most}`);
  }
});
