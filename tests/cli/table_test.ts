import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { COLOURS } from "../../src/cli/palette.ts";
import { countCells } from "../../src/cli/cells.ts";
import { table } from "../../src/cli/table.ts";

const COLUMNS = [{ header: "NAME" }, { header: "EVENTS", align: "right" }, { header: "PATH" }] as const;

Deno.test("table() aligns text left and numbers right", () => {
  assertEquals(
    table([["codex", "12", "/a"], ["claude-code", "1,234", "/b/c"]], COLUMNS),
    [
      "NAME         EVENTS  PATH",
      "codex            12  /a",
      "claude-code   1,234  /b/c",
      "",
    ].join("\n"),
  );
});

Deno.test("table() aligns by cells when letters are wide or combine", () => {
  assertEquals(
    table([["日本", "1", "x"], ["e\u0301e\u0301", "1", "x"]], COLUMNS),
    "NAME  EVENTS  PATH\n日本       1  x\ne\u0301e\u0301         1  x\n",
  );
});

Deno.test("table() cuts the widest text column when the terminal is narrow", () => {
  assertEquals(
    table([["codex", "1,234,567", "/home/me/work/long"]], COLUMNS, { width: 30 }),
    "NAME      EVENTS  PATH\ncodex  1,234,567  /home/me/wo…\n",
  );
});

Deno.test("table() cleans cells and fills in missing ones", () => {
  assertEquals(table([["a\x1b[31mb\nc"]], COLUMNS), "NAME  EVENTS  PATH\nab c\n");
});

Deno.test("table() paints without changing the layout", () => {
  const columns = [{ header: "A", paint: () => COLOURS.red }, { header: "B" }];
  const painted = table([["x", "y"]], columns, { paintHeader: COLOURS.bold });
  assertEquals(painted, "\x1b[1mA\x1b[22m  \x1b[1mB\x1b[22m\n\x1b[31mx\x1b[39m  y\n");
});

Deno.test("table() draws only the header when there are no rows", () => {
  assertEquals(table([], COLUMNS), "NAME  EVENTS  PATH\n");
});

Deno.test("table() never exceeds the width when its text columns can give way", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { maxLength: 5 }),
      fc.integer({ min: 10, max: 60 }),
      (rows, width) => {
        for (const line of table(rows, [{ header: "ONE" }, { header: "TWO" }], { width }).split("\n")) {
          assertLessOrEqual(countCells(line), width);
        }
      },
    ),
  );
});
