import { assertEquals } from "@std/assert";
import { LineSplitter } from "../../src/sources/line_splitter.ts";
import { Trail } from "../../src/sources/trail.ts";
import { bytesOf, Notes } from "./reading.ts";

/** Fills a splitter with a text, space by space. */
function fill(splitter: LineSplitter, text: string, notes: Notes): void {
  let bytes = bytesOf(text);
  while (bytes.length > 0) {
    const space = splitter.space();
    const part = bytes.subarray(0, space.length);
    space.set(part);
    splitter.filled(part.length, notes);
    bytes = bytes.subarray(part.length);
  }
}

Deno.test("space() is there however long a line is, and never more than a block", () => {
  const notes = new Notes();
  const splitter = new LineSplitter(new Trail(), { maxLine: 1000, blockSize: 64 });
  assertEquals(splitter.space().length, 64);
  fill(splitter, `{"t":"${"x".repeat(500)}`, notes);
  assertEquals(splitter.space().length, 64);
  fill(splitter, '"}\n{"a":', notes);
  assertEquals(splitter.space().length, 64 - '{"a":'.length);
  fill(splitter, "1}\n", notes);
  assertEquals(notes.lines.at(-1), '509 {"a":1}');
});

Deno.test("space() stays in one buffer while a line is too long", () => {
  const notes = new Notes();
  const splitter = new LineSplitter(new Trail(), { maxLine: 1000, blockSize: 64 });
  const buffers = new Set<ArrayBufferLike>();
  for (let n = 0; n < 100; n++) {
    fill(splitter, "y".repeat(50), notes);
    buffers.add(splitter.space().buffer);
  }
  assertEquals([...buffers].map((buffer) => buffer.byteLength), [64, 1001]);
  fill(splitter, "\n", notes);
  assertEquals(notes.lines, ["0 +5000 too_long"]);
});

Deno.test("lines of text are records as they stand, the empty ones too, each once it has ended", () => {
  for (const blockSize of [1, 3, 512]) {
    const notes = new Notes();
    const splitter = new LineSplitter(new Trail(), { maxLine: 12, blockSize, isText: true });
    fill(splitter, '# "Grüße"\r\n\n{"a":1}\nno end', notes);
    splitter.finish(notes);
    const lines = [
      String.raw`0 # "Grüße" -> {"line":"# \"Grüße\""}`,
      `13  -> {"line":""}`,
      String.raw`14 {"a":1} -> {"line":"{\"a\":1}"}`,
    ];
    assertEquals(notes.lines, lines);
    assertEquals(splitter.cursor().offset, 22);
    fill(splitter, " yet\nthis line is too long\nlast\n", notes);
    assertEquals(notes.lines, [
      ...lines,
      '22 no end yet -> {"line":"no end yet"}',
      "33 +21 too_long",
      '55 last -> {"line":"last"}',
    ]);
    splitter.release();
  }
});

Deno.test("a splitter uses the block that another one released, and no one else's", () => {
  const limits = { maxLine: 1000, blockSize: 80 };
  const first = new LineSplitter(new Trail(), limits);
  const second = new LineSplitter(new Trail(), limits);
  const [block, other] = [first.space().buffer, second.space().buffer];
  assertEquals(block === other, false);
  first.release();
  assertEquals(new LineSplitter(new Trail(), limits).space().buffer === block, true);
  assertEquals([block, other].includes(new LineSplitter(new Trail(), limits).space().buffer), false);
});
