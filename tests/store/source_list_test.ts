import { assert, assertEquals, assertLess } from "@std/assert";
import { computeId, formatId } from "../../src/events/id.ts";
import { pack } from "../../src/platform/pack.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { READING } from "../../src/store/source_table.ts";
import { type KnownSource, listSources, parserState } from "../../src/store/source_list.ts";
import { draft, entry, StoreFiller } from "./filled_store.ts";
import { TempFolder } from "./temp_store.ts";

/** As Windows and some overlays have them: up to 2^64, rounded to what a number can hold. */
const LARGE_INODE = 2 ** 64 - 2 ** 13;

Deno.test("listSources() gives a source as it was found, before it is read", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const stamp = { device: 7, inode: LARGE_INODE, birth: 400, size: 100, mtime: 500, ctime: 600 };
  const found = entry("a", { stamp, rank: 2, adapterVersion: 3, collectedFrom: 450, format: "jsonl.zst" });
  const id = filler.source(found);
  const { movedFrom: _, ...rest } = found;
  assertEquals(list(folder.store), [{
    ...rest,
    id,
    readAt: 0,
    cursor: { offset: 0, headLength: 0, headHash: 0, tailHash: 0 },
    rereading: READING.onward,
    collectedFilter: "",
    leftOut: 0,
    lastSyncedAt: undefined,
    lastEventId: undefined,
    events: 0,
    unread: 0,
    attempts: 0,
    status: "pending",
    error: undefined,
    nextTry: undefined,
    gone: false,
  }]);
});

Deno.test("listSources() gives the cursor, what came of it, and where it stands", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const source = filler.source(entry("a"));
  const cursor = { offset: 90, headLength: 80, headHash: 2 ** 53 - 1, tailHash: 4 };
  const stamp = { device: 1, inode: LARGE_INODE, birth: null, size: 95, mtime: 700, ctime: null };
  filler.commit(source, "codex", [draft({ key: "1" }), draft({ key: "2" })], {
    cursor,
    stamp,
    leftOut: 5,
    unread: [{ position: 1, length: 2, reason: "type:foo", bytes: Uint8Array.of(1) }],
  });
  const [known] = list(folder.store);
  assertEquals(known!.cursor, cursor);
  assertEquals(known!.stamp, stamp);
  assertEquals(known!.lastEventId, formatId(computeId("codex", "anchor", "2")));
  assertEquals(pick(known!), {
    readAt: 9_000,
    lastSyncedAt: 10_000,
    events: 2,
    leftOut: 5,
    unread: 1,
    attempts: 0,
    status: "synced",
  });
});

Deno.test("listSources() tells failures, attempts and files that are gone", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const [bad, gone] = [filler.source(entry("bad")), filler.source(entry("gone"))];
  const { writer } = filler;
  writer.transaction(() => {
    writer.beginAttempts([bad, bad]);
    writer.fail({ source: gone, kind: "gone", message: "is gone" }, 1_000);
  });
  assertEquals(list(folder.store).map(({ attempts, status, gone }) => [attempts, status, gone]), [
    [2, "syncing", false],
    [0, "synced", true],
  ]);
  writer.transaction(() => writer.fail({ source: bad, kind: "busy", message: "is held" }, 1_000));
  const [failed] = list(folder.store);
  assertEquals([failed!.status, failed!.error, failed!.nextTry], ["error", "is held", 2_000]);
  const stamp = { device: 3, inode: 2 ** 60, birth: null, size: 77, mtime: 5.5, ctime: null };
  writer.transaction(() => writer.fail({ source: bad, kind: "damaged", message: "is cut", stamp }, 60_000));
  const [damaged] = list(folder.store);
  assertEquals([damaged!.stamp, damaged!.readAt], [{ ...stamp, mtime: 5 }, 0]);
});

Deno.test("parserState() gives what was stored, packed or not", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const sources = ["never read", "small", "large"].map((name) => filler.source(entry(name)));
  const large = JSON.stringify({ open: "é".repeat(10_000) });
  const { bytes, packed } = pack(new TextEncoder().encode(large));
  assert(packed);
  filler.commit(sources[1]!, "codex", [], { parserState: '{"a":1}' });
  filler.commit(sources[2]!, "codex", [], { parserState: bytes });
  using reader = StoreReader.open(folder.store);
  assertEquals(sources.map((source) => parserState(reader, source)), [
    undefined,
    '{"a":1}',
    new Uint8Array(bytes),
  ]);
  assertEquals(parserState(reader, 999), undefined);
});

Deno.test("listSources() lists 10,000 sources as fast when each has some kilobytes of parser state", () => {
  const make = (folder: TempFolder, state: string | null) => {
    using filler = new StoreFiller(folder.store);
    const { writer } = filler;
    writer.transaction(() => {
      const all = Array.from({ length: 10_000 }, (_, index) => entry(`2026/01/session-${index}.jsonl`));
      const set = writer.database.prepare("update sources set parser_state = ? where id = ?");
      for (const id of writer.register(all)) set.run(state, id);
    });
    return StoreReader.open(folder.store);
  };
  using folders = new DisposableStack();
  const [without, withStates] = [null, JSON.stringify({ calls: "x".repeat(9_000) })].map((state) => {
    const reader = folders.use(make(folders.use(new TempFolder()), state));
    return { reader, shortest: Infinity };
  });
  // The shortest of some times, taken in turn: the machine may be busy.
  for (let round = 0; round < 8; round++) {
    for (const measured of [without!, withStates!]) {
      const start = performance.now();
      assertEquals(listSources(measured.reader).length, 10_000);
      measured.shortest = Math.min(measured.shortest, performance.now() - start);
    }
  }
  // To read the states too would take four times as long or more.
  assertLess(withStates!.shortest, 3 * without!.shortest);
});

function list(path: string): readonly KnownSource[] {
  using reader = StoreReader.open(path);
  return listSources(reader);
}

function pick({ readAt, lastSyncedAt, events, leftOut, unread, attempts, status }: KnownSource) {
  return { readAt, lastSyncedAt, events, leftOut, unread, attempts, status };
}
