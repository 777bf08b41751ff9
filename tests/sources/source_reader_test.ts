import { assert, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { type SourceCursor, START } from "../../src/sources/cursor.ts";
import { type RecordSink, SourceGoneError, SourceReader } from "../../src/sources/source_reader.ts";
import { bytesOf, concat, Folder, readSource } from "./reading.ts";

/** Reads a file in one go after each of the given contents has been written over it. */
async function readEach(...contents: readonly (string | Uint8Array)[]) {
  using folder = new Folder();
  const lines = [];
  for (const content of contents) lines.push((await readSource(folder.write("a.jsonl", content))).lines);
  return lines;
}

Deno.test("SourceReader hands over each line with its position", async () => {
  assertEquals(await readEach('{"a":1}\n{"é":"\u2028"}\n\n{"b":2}\n', ""), [
    ['0 {"a":1}', '8 {"é":"\u2028"}', '22 {"b":2}'],
    [],
  ]);
});

Deno.test("SourceReader strips a byte order mark and carriage returns, and skips empty lines", async () => {
  assertEquals(await readEach('\ufeff{"a":1}\r\n\r\n \r\n{"b":"\\r"}\r\n'), [[
    '3 {"a":1}',
    '17 {"b":"\\r"}',
  ]]);
});

Deno.test("SourceReader decodes invalid UTF-8 and goes on", async () => {
  assertEquals(await readEach(concat('{"a":"', Uint8Array.of(0xc3), '"}\n{"é":1}\n')), [
    ['0 {"a":"\ufffd"}', '10 {"é":1}'],
  ]);
});

Deno.test("SourceReader reports what is no record and reads all around it", async () => {
  assertEquals(await readEach('{"a":1}\nnonsense\n[1]\n{"b":2}{"c":3}\n{"cut":"x{"d":4}\n'), [[
    '0 {"a":1}',
    "8 +8 not_json",
    "17 +3 not_object",
    '21 {"b":2}',
    '28 {"c":3}',
    "36 +9 not_json",
    '45 {"d":4}',
  ]]);
});

Deno.test("SourceReader skips the hole that a truncated file's stale writer leaves", async () => {
  const hole = new Uint8Array(1_000_000);
  assertEquals(await readEach(concat(hole, '{"a":1}\n')), [["0 +1000000 nul_run", '1000000 {"a":1}']]);
});

Deno.test("SourceReader takes an unterminated last line once it is a whole object", async () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl", '{"a":1}\n{"b":');
  let { lines, cursor } = await readSource(path);
  assertEquals(lines, ['0 {"a":1}']);
  assertEquals(cursor.offset, 8);

  folder.append(path, "2}");
  ({ lines, cursor } = await readSource(path, { cursor }));
  assertEquals(lines, ['8 {"b":2}']);
  assertEquals(cursor.offset, 15);

  folder.append(path, '\r\n{"c":3}');
  ({ lines, cursor } = await readSource(path, { cursor }));
  assertEquals(lines, ['17 {"c":3}']);

  folder.append(path, '{"glued":4}\n');
  ({ lines, cursor } = await readSource(path, { cursor }));
  assertEquals(lines, ['24 {"glued":4}']);
  assertEquals(cursor.offset, 36);
});

Deno.test("SourceReader reads a line that comes in pieces, cut within a character and before its newline", async () => {
  using folder = new Folder();
  const bytes = bytesOf('{"a":"é🙂"}\r\n{"b":1}\r\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const path = folder.write("a.jsonl", bytes.subarray(0, cut));
    const first = await readSource(path);
    folder.append(path, bytes.subarray(cut));
    const second = await readSource(path, { cursor: first.cursor });
    assertEquals([...first.lines, ...second.lines], ['0 {"a":"é🙂"}', '16 {"b":1}'], `cut at ${cut}`);
  }
});

Deno.test("SourceReader reads what was appended and the bytes of the check, no more", async () => {
  using folder = new Folder();
  const line = JSON.stringify({ text: "x".repeat(990) }) + "\n";
  const path = folder.write("a.jsonl", line.repeat(1000));
  const { cursor } = await readSource(path);
  assertEquals(cursor.headLength, 4096);
  folder.append(path, '{"new":1}\n');
  const { lines, bytesRead, resumed } = await readSource(path, { cursor });
  assertEquals([lines, bytesRead, resumed], [[`${cursor.offset} {"new":1}`], 4096 + 256 + 10, true]);
});

Deno.test("SourceReader reads nothing beyond the size it had when it was opened", async () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl", '{"a":1}\n');
  using reader = SourceReader.open({ path, realRoot: folder.path, format: "jsonl", cursor: START });
  folder.append(path, '{"b":2}\n');
  let records = 0;
  while (await reader.step({ record: () => records++, damaged: () => {} }));
  assertEquals([records, reader.stamp.size, reader.cursor().offset], [1, 8, 8]);
});

Deno.test("SourceReader starts anew when the cursor does not fit", async (t) => {
  const old = Array.from({ length: 200 }, (_, n) => `{"n":${n},"t":"${"x".repeat(50)}"}\n`).join("");
  const changes: Record<string, (path: string) => void> = {
    "the file is shorter": (path) => Deno.truncateSync(path, 900),
    "it was cut and has grown again": (path) => {
      Deno.truncateSync(path, 0);
      Deno.writeTextFileSync(path, old.replaceAll("x", "y") + old);
    },
    "another one was renamed over it": (path) => {
      Deno.writeTextFileSync(path + ".tmp", old.replace('"n":0,', '"n":7,'));
      Deno.renameSync(path + ".tmp", path);
    },
    "it was removed and made again, perhaps with its inode": (path) => {
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, old.replaceAll("x", "z"));
    },
    "its head was rewritten in place": (path) => overwrite(path, 5, "8"),
    "the bytes before the cursor were rewritten in place": (path) => overwrite(path, old.length - 10, "u"),
  };
  for (const [name, change] of Object.entries(changes)) {
    await t.step(name, async () => {
      using folder = new Folder();
      const path = folder.write("a.jsonl", old);
      const { cursor } = await readSource(path);
      assert((await readSource(path, { cursor })).resumed);
      change(path);
      const again = await readSource(path, { cursor });
      const afresh = await readSource(path);
      assertEquals([again.resumed, again.lines, again.cursor], [false, afresh.lines, afresh.cursor]);
      assertNotEquals(afresh.lines.length, 0);
    });
  }
});

Deno.test("SourceReader goes on in a file that was moved", async () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl", '{"a":1}\n');
  const { cursor } = await readSource(path);
  Deno.renameSync(path, folder.path + "/b.jsonl");
  folder.append(folder.path + "/b.jsonl", '{"b":2}\n');
  assertEquals((await readSource(folder.path + "/b.jsonl", { cursor })).lines, ['8 {"b":2}']);
  assertThrows(
    () => SourceReader.open({ path, realRoot: folder.path, format: "jsonl", cursor }),
    SourceGoneError,
  );
});

Deno.test("SourceReader starts anew when a cursor makes no sense", async () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl", '{"a":1}\n');
  for (const offset of [-1, NaN, 0.5, 99]) {
    const cursor: SourceCursor = { offset, headLength: 0, headHash: 0, tailHash: 0 };
    const { resumed, lines } = await readSource(path, { cursor });
    assertEquals([resumed, lines.length], [false, 1]);
  }
});

Deno.test("SourceReader tells two files with the same first 64 KB apart", async () => {
  using folder = new Folder();
  const head = `{"t":"${"x".repeat(1000)}"}\n`.repeat(70);
  const one = folder.write("one.jsonl", head + '{"one":1}\n');
  const two = folder.write("two.jsonl", head + '{"two":2}\n');
  const { cursor } = await readSource(one);
  assertEquals((await readSource(two, { cursor })).resumed, false);
});

Deno.test("SourceReader passes over a line of 100 MB without keeping it", async () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl", '{"a":1}\n{"long":"');
  // The file has a hole there: quick to make, and zeros inside a line are not a run of their own.
  const length = 100_000_000;
  Deno.truncateSync(path, length);
  folder.append(path, "end");
  const growing = await readSource(path);
  assertEquals([growing.lines, growing.cursor.offset], [['0 {"a":1}'], 8]);

  folder.append(path, '\n{"b":2}\n');
  const before = Deno.memoryUsage();
  let peak = 0;
  const seen: unknown[] = [];
  using reader = SourceReader.open({ path, realRoot: folder.path, format: "jsonl", cursor: growing.cursor });
  const sink: RecordSink = {
    record: (_, position) => void seen.push(position),
    damaged: (position, length, reason, raw) => {
      seen.push([position, length, reason, raw.length, new TextDecoder().decode(raw.subarray(0, 9))]);
    },
  };
  while (await reader.step(sink)) peak = Math.max(peak, Deno.memoryUsage().external - before.external);
  assertEquals(seen, [[8, length + 3 - 8, "too_long", 65536, '{"long":"'], length + 4]);
  assertLess(peak, 40e6);
  assert((await readSource(path, { cursor: reader.cursor() })).resumed);
});

Deno.test("SourceReader decodes a line that is as long as allowed, and takes the next from a block again", async () => {
  using folder = new Folder();
  const text = (length: number) => `{"t":"${"x".repeat(length - 8)}"}`;
  const path = folder.write("a.jsonl", `${text(5000)}\n${text(5001)}\n${text(4999)}\n`);
  const seen: unknown[] = [];
  using reader = SourceReader.open({
    path,
    realRoot: folder.path,
    format: "jsonl",
    cursor: START,
    maxLine: 5000,
    blockSize: 512,
  });
  const sink: RecordSink = {
    record: (_, position, length) => void seen.push([position, length]),
    damaged: (position, length, reason, raw) => void seen.push([position, length, reason, raw.length]),
  };
  while (await reader.step(sink));
  assertEquals(seen, [[0, 5000], [5001, 5001, "too_long", 5001], [10003, 4999]]);
});

Deno.test("close() may be called again, and nothing is read after it", () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl", '{"a":1}\n');
  const reader = SourceReader.open({ path, realRoot: folder.path, format: "jsonl", cursor: START });
  reader.close();
  reader.close();
  const sink: RecordSink = { record: () => assert(false), damaged: () => assert(false) };
  assertEquals(reader.step(sink), false);
});

function overwrite(path: string, position: number, text: string): void {
  using file = Deno.openSync(path, { write: true });
  file.seekSync(position, Deno.SeekMode.Start);
  file.writeSync(bytesOf(text));
}
