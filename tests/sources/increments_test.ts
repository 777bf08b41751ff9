import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { START } from "../../src/sources/cursor.ts";
import { SourceReader } from "../../src/sources/source_reader.ts";
import { concat, Folder, Notes, type Outcome, readSource } from "./reading.ts";

/** Small, so that short lines are too long and lines reach over many blocks. */
const MAX_LINE = 48;

/** What files are made of, whole and broken. */
const fragment: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue().map((value) => concat(JSON.stringify({ k: value }))) },
  { weight: 6, arbitrary: fc.constantFrom("\n", "\r\n", "\n\n").map((text) => concat(text)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '{"a":1}',
      '{"ä":"€🙂"}',
      "{}",
      '{"a":{"b":[{"c":"}"}]}}',
      '{"s":"\\"{\\\\"}',
    ).map((text) => concat(text)),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '{"cut":"in a str',
      '{"cut":',
      '"}',
      "}",
      "{",
      '{"',
      "[1]",
      "7 ",
      "null",
      "x",
      "\\",
      '"',
    )
      .map((text) => concat(text)),
  },
  { weight: 2, arbitrary: fc.constantFrom(" ", "\t", "\r", "\u2028", "\ufeff").map((text) => concat(text)) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 }).map((length) => new Uint8Array(length)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 120 }).map((n) => concat(`{"long":"${"y".repeat(n)}"}`)),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 120 }).map((n) => concat("z".repeat(n))) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6 }) },
);

/** What happens to the file: it grows by a slice of the fragments' bytes, or is cut; then it may be read. */
const deed = fc.record({
  part: fc.oneof(
    { weight: 5, arbitrary: fragment },
    {
      weight: 2,
      arbitrary: fc.tuple(fragment, fc.nat(8)).map(([bytes, length]) => bytes.subarray(0, length)),
    },
  ),
  keep: fc.oneof({ weight: 12, arbitrary: fc.constant(1) }, {
    weight: 1,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  read: fc.boolean(),
});

/** Makes one of runs of zeros that lie side by side. */
function joinZeros(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const [, start, length] = /^(\d+) \+(\d+) nul_run$/.exec(line) ?? [];
    const [, start0, length0] = /^(\d+) \+(\d+) nul_run$/.exec(joined.at(-1) ?? "") ?? [];
    if (start !== undefined && Number(start) === Number(start0) + Number(length0)) {
      joined[joined.length - 1] = `${start0} +${Number(length0) + Number(length)} nul_run`;
    } else joined.push(line);
  }
  return joined;
}

const blockSize = fc.constantFrom(1, 7, 64, 4096);

Deno.test("SourceReader gives the same when a file is read as it grows and is cut, and when read once", async () => {
  using folder = new Folder();
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 25, size: "max" }),
      blockSize,
      blockSize,
      async (deeds, one, other) => {
        const path = folder.write("grown.jsonl", "");
        let cursor = START;
        let lines: string[] = [];
        const read = async () => {
          const outcome = await readSource(path, { cursor, maxLine: MAX_LINE, blockSize: one });
          if (!outcome.resumed) lines = [];
          lines.push(...outcome.lines);
          cursor = outcome.cursor;
        };
        for (const { part, keep, read: readsNow } of deeds) {
          if (keep < 1) Deno.truncateSync(path, Math.floor(keep * Deno.statSync(path).size));
          folder.append(path, part);
          if (readsNow) await read();
        }
        // Zeros count as a run once something stands behind them. A cut may leave them and take that away: what comes
        // then may report more zeros right behind, or stand there with nothing behind them.
        if (deeds.some(({ keep }) => keep < 1)) folder.append(path, "\n");
        await read();
        const once: Outcome = await readSource(path, { maxLine: MAX_LINE, blockSize: other });
        assertEquals(joinZeros(lines), joinZeros(once.lines));
        assertEquals(cursor, once.cursor);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("cursor() leads to exactly what has not been handed over, at each record", async () => {
  using folder = new Folder();
  await fc.assert(
    fc.asyncProperty(fc.array(fragment, { maxLength: 16, size: "max" }), blockSize, async (parts, block) => {
      const path = folder.write("whole.jsonl", concat(...parts));
      const notes = new Notes();
      const cursors = [START];
      using reader = SourceReader.open({
        path,
        realRoot: folder.path,
        format: "jsonl",
        cursor: START,
        maxLine: MAX_LINE,
        blockSize: block,
      });
      const keepCursor = () => void cursors.push(reader.cursor());
      const sink = {
        record(...args: Parameters<Notes["record"]>) {
          notes.record(...args);
          keepCursor();
        },
        damaged(...args: Parameters<Notes["damaged"]>) {
          notes.damaged(...args);
          keepCursor();
        },
      };
      while (await reader.step(sink));
      for (const [index, cursor] of cursors.entries()) {
        const rest = await readSource(path, { cursor, maxLine: MAX_LINE });
        assertEquals(rest.resumed, true);
        assertEquals(rest.lines, notes.lines.slice(index));
      }
    }),
    { numRuns: 150 },
  );
});
