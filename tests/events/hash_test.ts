import { assertEquals } from "@std/assert";
import fc from "fast-check";
import xxhash from "xxhash-wasm";
import { hash64, hash64OfText, hashText } from "../../src/events/hash.ts";

const { h64 } = await xxhash();

Deno.test("hash64OfText() and hash64() give what hashing at once gives, however long the text", () => {
  const parts = fc.array(fc.constantFrom("a", "é", "日", "😀", "\ud800", "\n"), {
    minLength: 1,
    maxLength: 7,
  });
  fc.assert(
    fc.property(parts, fc.constantFrom(1, 100, 9_362, 65_535, 65_536, 65_537, 200_000), (parts, times) => {
      const text = parts.join("").repeat(Math.ceil(times / parts.length));
      const expected = h64(text);
      assertEquals(hash64OfText(text), expected);
      assertEquals(hash64(new TextEncoder().encode(text)), expected);
    }),
    { numRuns: 40 },
  );
});

Deno.test("hashText() has the published value of xxHash64", () => {
  // xxHash's own test: `XXH64("", seed 0)` and the specification's "abc".
  assertEquals(hashText(""), "ef46db3751d8e999");
  assertEquals(hashText("abc"), "44bc2cf5ad770999");
});
