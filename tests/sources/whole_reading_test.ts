import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { JsonObject } from "../../src/agents/agent.ts";
import { FoldedDocument } from "../../src/agents/folded_document.ts";
import { START } from "../../src/sources/cursor.ts";
import { SourceReader, SourceUnfinishedError } from "../../src/sources/source_reader.ts";
import { TempFolder } from "../store/temp_store.ts";

/** What is read of a file: its records, its damage and how far the cursor is. */
async function read(
  text: string | Uint8Array,
  format: "document" | "page" | "operations",
  streamOver: number,
  maxLine = streamOver,
) {
  using folder = new TempFolder();
  const path = `${folder.path}/file`;
  Deno.writeFileSync(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
  const realRoot = Deno.realPathSync(folder.path);
  using reader = SourceReader.open({
    path,
    realRoot,
    format,
    cursor: START,
    listName: "list",
    streamOver,
    maxLine,
    blockSize: 64,
  });
  const records: JsonObject[] = [];
  const damage: string[] = [];
  const sink = {
    record: (record: JsonObject) => void records.push(record),
    damaged: (_position: number, _length: number, reason: string) => void damage.push(reason),
  };
  while (await reader.step(sink));
  return { records, damage, offset: reader.cursor().offset };
}

/** The document that operations make. */
function folded(operations: readonly JsonObject[]): unknown {
  const document = new FoldedDocument("list");
  for (const operation of operations) assertEquals(document.apply(operation), "folded");
  return { ...document.header, list: [...document.items] };
}

const documents = fc.dictionary(fc.constantFrom("a", "b", "é", "list"), fc.jsonValue(), {
  noNullPrototype: true,
}).map((
  document,
) => ({ ...document, list: Array.isArray(document.list) ? document.list : [] }));

Deno.test("a document that is read in a stream is the one that is read at once", async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.boolean(), async (document, hasMark) => {
      const text = `${hasMark ? "\ufeff" : ""}${JSON.stringify(document)}\n`;
      const expected = JSON.parse(JSON.stringify(document));
      assertEquals((await read(text, "document", 1e9)).records, [expected]);
      const streamed = await read(text, "document", 1);
      assertEquals(folded(streamed.records), expected);
      assertEquals(streamed.offset, new TextEncoder().encode(text).length);
    }),
    { numRuns: 200 },
  );
});

Deno.test("half a document is refused, at once and in a stream", async () => {
  const text = JSON.stringify({ a: "x".repeat(200), list: [{ y: 1 }, { z: [2] }] });
  for (const cut of [1, 50, text.length - 5, text.length - 1]) {
    for (const streamOver of [1e9, 1]) {
      await assertRejects(() => read(text.slice(0, cut), "document", streamOver), SourceUnfinishedError);
    }
  }
  await assertRejects(() => read(`${text}${text}`, "document", 1e9), SourceUnfinishedError);
  await assertRejects(() => read("7", "document", 1e9), SourceUnfinishedError);
  assertEquals((await read("[1]", "document", 1e9)).records, [{ items: [1] }]);
  assertEquals(await read("", "document", 1), { records: [], damage: [], offset: 0 });
});

Deno.test("a page is one text, whatever it holds", async () => {
  for (const text of ["Grüße\r\n\nno end", '{"a":1}', "\n"]) {
    const { records, damage, offset } = await read(text, "page", 1);
    assertEquals([records, damage, offset], [[{ text }], [], new TextEncoder().encode(text).length]);
  }
  assertEquals((await read("\ufeffmarked", "page", 1)).records, [{ text: "marked" }]);
  assertEquals(await read("", "page", 1), { records: [], damage: [], offset: 0 });
});

Deno.test("a log whose first line is too long for a line is read in a stream, and what follows line by line", async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.array(fc.nat(99), { maxLength: 3 }), async (document, more) => {
      const lines = [
        { kind: 0, v: document },
        ...more.map((number) => ({ kind: 2, k: ["list"], v: [number] })),
      ];
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      const expected = JSON.parse(JSON.stringify({ ...document, list: [...document.list, ...more] }));
      for (const maxLine of [1e9, 40]) {
        const { records, damage, offset } = await read(text, "operations", 1e9, maxLine);
        assertEquals([folded(records), damage], [expected, []]);
        assertEquals(offset, new TextEncoder().encode(text).length);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("a first line that is too long and damaged, or no document, is told as damaged", async () => {
  const long = JSON.stringify({ kind: 0, v: { list: ["x".repeat(500)] } });
  assertEquals((await read(`${long.slice(0, -9)}\n{"kind":3,"k":["a"]}\n`, "operations", 1e9, 60)).damage, [
    "not_json",
  ]);
  const other = JSON.stringify({ kind: 1, k: ["a"], v: "x".repeat(500) });
  assertEquals((await read(`${other}\n`, "operations", 1e9, 60)).damage, ["too_long"]);
});
