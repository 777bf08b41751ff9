import { assertEquals, assertThrows } from "@std/assert";
import { readScreen } from "../../../scripts/picture/screen.ts";

/** What stands on the screen, by its first cell. */
function textsOf(written: string) {
  return readScreen(written).map((line) => line.map(({ column, text }) => [column, text]));
}

Deno.test("readScreen() gives a line for each line, without empty ones at the end", () => {
  assertEquals(textsOf("one\r\n\r\ntwo\r\n\r\n"), [[[0, "one"]], [], [[0, "two"]]]);
  assertEquals(textsOf(""), []);
});

Deno.test("readScreen() shows what was written last when a line is written over", () => {
  assertEquals(textsOf("\rsyncing 10 %\x1b[K\rsyncing 20 %\x1b[K"), [[[0, "syncing 20 %"]]]);
  assertEquals(textsOf("a long line\rshort\x1b[K"), [[[0, "short"]]]);
  assertEquals(textsOf("abcdef\rXY"), [[[0, "XYcdef"]]]);
  assertEquals(textsOf("going\r\x1b[Kdone\r\n"), [[[0, "done"]]]);
});

Deno.test("readScreen() starts each column of a table at its own cell", () => {
  assertEquals(textsOf("  Agent     Size\r\n"), [[[2, "Agent"], [12, "Size"]]]);
  assertEquals(textsOf("é…  x"), [[[0, "é…"], [4, "x"]]]);
});

Deno.test("readScreen() keeps the looks of text apart", () => {
  assertEquals(readScreen("\x1b[1mbold\x1b[22m \x1b[2m\x1b[31mred\x1b[39m\x1b[22m."), [[
    { column: 0, text: "bold", look: { bold: true, dim: false, colour: undefined } },
    { column: 5, text: "red", look: { bold: false, dim: true, colour: "red" } },
    { column: 8, text: ".", look: { bold: false, dim: false, colour: undefined } },
  ]]);
  assertEquals(readScreen("\x1b[32ma\x1b[0mb")[0]!.map(({ look }) => look.colour), ["green", undefined]);
});

Deno.test("readScreen() throws when it meets a sequence that it does not know", () => {
  assertThrows(() => readScreen("\x1b[2J"), TypeError, "unknown escape sequence");
  assertThrows(() => readScreen("\x1b[45m"), TypeError, "unknown SGR code 45");
});
