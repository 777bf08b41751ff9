import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { countCells, truncate } from "../../src/cli/cells.ts";

const WIDTHS: readonly (readonly [text: string, cells: number])[] = [
  ["", 0],
  ["plain text", 10],
  ["häuser", 6],
  ["天地玄黃宇宙洪荒", 16],
  ["ｆｕｌｌ", 8],
  ["한국어", 6],
  ["e\u0301", 1],
  ["👍", 2],
  ["🇩🇪", 2],
  ["голубой", 7],
  ["…─│", 3],
  ["\u200b", 0],
];

for (const [text, cells] of WIDTHS) {
  Deno.test(`countCells() is ${cells} when the text is ${JSON.stringify(text)}`, () => {
    assertEquals(countCells(text), cells);
  });
}

Deno.test("truncate() ends a text that is too wide", () => {
  assertEquals(truncate("abcdef", 6), "abcdef");
  assertEquals(truncate("abcdefg", 6), "abcde…");
  assertEquals(truncate("日本語", 5), "日本…");
  assertEquals(truncate("日本語", 4), "日…");
});

Deno.test("truncate() never exceeds the width and keeps what fits", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, width) => {
    const cut = truncate(text, width);
    assertLessOrEqual(countCells(cut), width);
    assert(cut === text || (cut.endsWith("…") && text.startsWith(cut.slice(0, -1))));
    assertEquals(cut === text, countCells(text) <= width);
  }));
});
