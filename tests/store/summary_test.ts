import { assert, assertEquals } from "@std/assert";
import { StoreReader } from "../../src/store/reader.ts";
import { readSummary, type StoreSummary } from "../../src/store/summary.ts";
import { draft, entry, StoreFiller } from "./filled_store.ts";
import { TempFolder } from "./temp_store.ts";

const AT_END = { cursor: { offset: 100, headLength: 1, headHash: 1, tailHash: 1 } };

Deno.test("readSummary() of an empty store has nothing but its size", () => {
  using folder = new TempFolder();
  using _filler = new StoreFiller(folder.store);
  const summary = read(folder.store);
  assert(summary.bytes > 8192);
  assertEquals(summary, {
    path: folder.store,
    bytes: summary.bytes,
    events: 0,
    agents: [],
    sources: { pending: 0, syncing: 0, synced: 0, error: 0, gone: 0, leftOut: 0 },
    leftOutEvents: 0,
    failures: [],
    unreadRecords: 0,
    unreadKinds: [],
    silent: [],
    problems: [],
    remotes: 0,
  });
});

Deno.test("readSummary() counts each source once and the bytes of those in scope", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const { writer } = filler;
  const add = (twin: string, more = {}) => filler.source(entry(twin, more));
  const half = { ...AT_END.cursor, offset: 40 };
  // Read whole, but for half a line at its end.
  filler.commit(add("synced"), "codex", [draft({ key: "1" })], {
    cursor: { ...half, offset: 90 },
    leftOut: 3,
  });
  filler.commit(add("syncing"), "codex", [draft({ key: "2" })], { cursor: half, atEnd: false, leftOut: 4 });
  add("pending");
  add("old", { collectedFrom: 501 });
  // The cursor of a compressed source counts other bytes than its size.
  const compressed = { format: "jsonl.zst", agent: "codex" };
  filler.commit(add("packed", compressed), "codex", [], { cursor: { ...half, offset: 900 } });
  filler.commit(add("packing", compressed), "codex", [], { cursor: { ...half, offset: 90 }, atEnd: false });
  const [bad, gone] = [add("bad", { agent: "codex" }), add("gone", { agent: "codex" })];
  writer.transaction(() => {
    writer.fail({ source: bad, kind: "damaged", message: "is cut" }, 1_000);
    writer.fail({ source: gone, kind: "gone", message: "" }, 1_000);
  });
  const { agents, sources, leftOutEvents, failures, events } = read(folder.store);
  assertEquals(events, 2);
  assertEquals(sources, { pending: 1, syncing: 2, synced: 2, error: 1, gone: 1, leftOut: 1 });
  assertEquals(agents, [
    { agent: "claude-code", sources: 3, bytes: 300, committedBytes: 140, lastSyncedAt: 10_000 },
    { agent: "codex", sources: 3, bytes: 300, committedBytes: 100, lastSyncedAt: 10_000 },
  ]);
  assertEquals(leftOutEvents, 7);
  assertEquals(failures, [{ agent: "codex", path: "/root/bad", error: "is cut", nextTry: 601_000 }]);
});

Deno.test("readSummary() names no more than twenty failures", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const { writer } = filler;
  writer.transaction(() => {
    const ids = writer.register(Array.from({ length: 30 }, (_, index) => entry(`${index}`)));
    for (const source of ids) writer.fail({ source, kind: "refused", message: `is a link` }, 1);
  });
  const { sources, failures } = read(folder.store);
  assertEquals([sources.error, failures.length], [30, 20]);
  assertEquals(failures[0], { agent: "claude-code", path: "/root/0", error: "is a link", nextTry: 60_001 });
});

Deno.test("readSummary() tells unread records by kind, problems and what was recovered", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const { writer } = filler;
  const unread = ["type:b", "damaged:not_json", "type:b"].map((reason, position) => ({
    position,
    length: 1,
    reason,
    bytes: Uint8Array.of(1),
  }));
  filler.commit(filler.source(entry("a")), "codex", [], { unread });
  const note = { at: 5, movedTo: "/moved", savedEvents: 1, savedSources: 2, lostRanges: [[1, 2]] };
  writer.transaction(() => {
    writer.raise({ key: "disk", message: "little space", hint: "make room" }, 7);
    writer.raise({ key: "disk", message: "no space", hint: "make room" }, 9);
    writer.raise({ key: "auth", message: "m", hint: "h" }, 8);
    writer.database.prepare("insert into meta values ('recovery', ?)").run(JSON.stringify(note));
  });
  const summary = read(folder.store);
  assertEquals(summary.unreadRecords, 3);
  assertEquals(summary.unreadKinds, [{ agent: "claude-code", kind: "type:b", records: 2 }, {
    agent: "claude-code",
    kind: "damaged:not_json",
    records: 1,
  }]);
  assertEquals(summary.problems, [
    { key: "disk", message: "no space", hint: "make room", since: 7 },
    { key: "auth", message: "m", hint: "h", since: 8 },
  ]);
  assertEquals(summary.recovery, note);
});

Deno.test("readSummary() names agents that have written for a day without an event", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const DAY = 86_400_000;
  const [first, second] = [filler.source(entry("a")), filler.source(entry("b"))];
  const never = filler.source(entry("c", { agent: "codex" }));
  filler.commit(first, "claude-code", [draft({ key: "x" })]);
  filler.commit(second, "claude-code", [draft({ key: "y" })]);
  for (const source of [first, never]) {
    filler.commit(source, "claude-code", [], {
      from: source === first ? 100 : 0,
      cursor: { offset: 450, headLength: 100, headHash: 1, tailHash: 2 },
    });
  }
  const silentAt = (now: number) => {
    using reader = StoreReader.open(folder.store);
    return readSummary(reader, now).silent;
  };
  filler.writer.database.exec(`update sources set last_synced_at = ${2 * DAY}`);
  assertEquals(silentAt(10_000 + DAY), []);
  assertEquals(silentAt(2 * DAY + 5), [{ agent: "claude-code", since: 10_000, bytes: 350 }]);
  // Nothing is written any more.
  assertEquals(silentAt(3 * DAY + 5), []);
  // One source is enough to show that its format is still known.
  filler.writer.database.exec(`update sources set last_event_at = ${2 * DAY} where id = ${second}`);
  assertEquals(silentAt(2 * DAY + 5), []);
});

Deno.test("StoreReader.read() sees one moment, also in a read within it", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  using reader = StoreReader.open(folder.store);
  const count = () =>
    reader.read((database) => database.prepare("select count(*) as n from problems").get()!.n as number);
  const counts = reader.read(() => {
    const first = count();
    filler.writer.transaction(() => filler.writer.raise({ key: "k", message: "m", hint: "h" }, 1));
    return [first, count()];
  });
  assertEquals([...counts, count()], [0, 0, 1]);
});

function read(path: string): StoreSummary {
  using reader = StoreReader.open(path);
  return readSummary(reader);
}
