import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { START } from "../../src/sources/cursor.ts";
import {
  type RecordSink,
  SourceDamagedError,
  SourceReader,
  SourceRefusedError,
} from "../../src/sources/source_reader.ts";
import { bytesOf, concat, Folder, Notes, readSource } from "./reading.ts";
import { compress, HAS_ZSTD, rawFrame } from "./zstd.ts";

const ZST = { format: "jsonl.zst" } as const;

/** Lines that do not compress to nothing. */
function makeLines(count: number, from = 0): string {
  return Array.from({ length: count }, (_, n) => `{"n":${from + n},"é":"${crypto.randomUUID()}"}\n`).join("");
}

/** Registers a test that needs a runtime with zstd; of one without, the last test here says what becomes of it. */
function test(name: string, run: () => Promise<void>): void {
  if (HAS_ZSTD) Deno.test(name, run);
}

test("SourceReader reads a compressed source as its plain twin", async () => {
  using folder = new Folder();
  const content = makeLines(20_000) + '{"last":"without newline"}';
  const plain = await readSource(folder.write("a.jsonl", content));
  const packed = await readSource(folder.write("a.jsonl.zst", compress(bytesOf(content))), ZST);
  assertEquals(packed.lines, plain.lines);
  assertEquals(packed.cursor, plain.cursor);
});

test("SourceReader goes on in the compressed twin where the plain one was left, and back", async () => {
  using folder = new Folder();
  const [first, second] = [makeLines(3000), makeLines(3000, 3000)];
  const { cursor, lines } = await readSource(folder.write("a.jsonl", first));
  const packed = folder.write("a.jsonl.zst", compress(bytesOf(first + second)));
  const rest = await readSource(packed, { ...ZST, cursor });
  assert(rest.resumed);
  const whole = await readSource(folder.write("b.jsonl", first + second));
  assertEquals([...lines, ...rest.lines], whole.lines);
  assertEquals(rest.cursor, whole.cursor);

  const nothing = await readSource(packed, { ...ZST, cursor: rest.cursor });
  assertEquals([nothing.resumed, nothing.lines, nothing.cursor], [true, [], whole.cursor]);
  assertEquals((await readSource(folder.path + "/b.jsonl", { cursor: rest.cursor })).resumed, true);
});

test("SourceReader says after a step that hands over nothing whether a compressed source fits", async () => {
  using folder = new Folder();
  const { cursor } = await readSource(folder.write("a.jsonl", makeLines(2000)));
  const other = makeLines(4000);
  for (const content of [other, other.slice(0, 500), ""]) {
    const path = folder.write("a.jsonl.zst", compress(bytesOf(content)));
    const notes = new Notes();
    using reader = SourceReader.open({ path, realRoot: folder.path, ...ZST, cursor });
    assertEquals(reader.cursor(), cursor);
    assertEquals(await reader.step(notes), true);
    assertEquals([reader.resumed, reader.cursor(), notes.lines], [false, START, []]);
    while (await reader.step(notes));
    assertEquals(notes.lines, (await readSource(path, ZST)).lines);
  }
});

test("SourceReader reads an archive of many frames", async () => {
  using folder = new Folder();
  const parts = [makeLines(1), "", makeLines(5000, 1), '{"cut', '":1}\n', makeLines(20)];
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9);
  const archive = concat(...parts.flatMap((part) => [compress(bytesOf(part), true), skippable]));
  const packed = await readSource(folder.write("a.jsonl.zst", archive), ZST);
  assertEquals(packed.lines, (await readSource(folder.write("a.jsonl", parts.join("")))).lines);
});

test("SourceReader reads an empty archive", async () => {
  using folder = new Folder();
  const { lines, cursor } = await readSource(folder.write("a.jsonl.zst", ""), ZST);
  assertEquals([lines, cursor], [[], START]);
});

test("SourceReader hands over what is whole in a cut or damaged archive, and says that it is damaged", async () => {
  using folder = new Folder();
  const content = makeLines(19_999) + '{"last":"without newline"}';
  const frame = compress(bytesOf(content), true);
  const middle = frame.length >> 1;
  const archives: Record<string, [archive: Uint8Array, least: number]> = {
    "cut": [frame.subarray(0, middle), 5000],
    "cut in the next frame": [concat(frame, frame.subarray(0, 3)), 20_000],
    "followed by other bytes": [concat(frame, "junk"), 20_000],
    "with a wrong checksum": [concat(frame.subarray(0, -4), "nope"), 15_000],
    "not compressed at all": [bytesOf(content), 0],
  };
  const whole = await readSource(folder.write("a.jsonl", content));
  for (const [name, [archive, least]] of Object.entries(archives)) {
    const path = folder.write("a.jsonl.zst", archive);
    const notes = new Notes();
    using reader = SourceReader.open({ path, realRoot: folder.path, ...ZST, cursor: START });
    await assertRejects(
      async () => {
        while (await reader.step(notes));
      },
      SourceDamagedError,
      "is cut or damaged",
      name,
    );
    assertEquals(notes.lines, whole.lines.slice(0, notes.lines.length), name);
    assert(notes.lines.length >= least, `${name}: ${notes.lines.length} of ${least}`);
    // What could be read counts, and an archive that was still being written is read on from there.
    folder.write("a.jsonl.zst", frame);
    const rest = await readSource(path, { ...ZST, cursor: reader.cursor() });
    assertEquals([rest.resumed, [...notes.lines, ...rest.lines]], [true, whole.lines], name);
  }
});

test("SourceReader hands over all before the place where an archive was overwritten", async () => {
  using folder = new Folder();
  const content = makeLines(20_000);
  const frame = compress(bytesOf(content), true);
  const middle = frame.length >> 1;
  const path = folder.write("a.jsonl.zst", concat(frame).fill(0x55, middle, middle + 500));
  const notes = new Notes();
  using reader = SourceReader.open({ path, realRoot: folder.path, ...ZST, cursor: START });
  await assertRejects(async () => {
    while (await reader.step(notes));
  }, SourceDamagedError);
  const whole = await readSource(folder.write("a.jsonl", content));
  // A block that was hit may still unpack, to something else: only what lies before it is sure.
  assertEquals(notes.lines.slice(0, 5000), whole.lines.slice(0, 5000));
});

test("SourceReader keeps memory bounded when an archive unpacks to very much", async () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl.zst", compress(new Uint8Array(300_000_000)));
  const before = Deno.memoryUsage().external;
  let peak = 0;
  using reader = SourceReader.open({ path, realRoot: folder.path, ...ZST, cursor: START });
  const notes = new Notes();
  while (await reader.step(notes)) peak = Math.max(peak, Deno.memoryUsage().external - before);
  assertEquals([notes.lines, reader.cursor()], [[], START]);
  assertLess(peak, 150e6);
});

test("close() ends a compressed reading in the middle", async () => {
  using folder = new Folder();
  const path = folder.write("a.jsonl.zst", compress(bytesOf(makeLines(50_000))));
  const reader = SourceReader.open({ path, realRoot: folder.path, ...ZST, cursor: START });
  const sink: RecordSink = { record: () => {}, damaged: () => {} };
  assertEquals(await reader.step(sink), true);
  reader.close();
  assertEquals(await reader.step(sink), false);
});

if (!HAS_ZSTD) {
  Deno.test("SourceReader refuses a compressed source when the runtime has no zstd", async () => {
    using folder = new Folder();
    const path = folder.write("a.jsonl.zst", rawFrame([bytesOf('{"a":1}\n')]));
    const error = await assertRejects(() => readSource(path, ZST), SourceRefusedError);
    assertEquals(error.reason, "compressed");
  });
}
