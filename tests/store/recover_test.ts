import { assert, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { classifyTrouble } from "../../src/store/errors.ts";
import { openToWrite } from "../../src/store/open.ts";
import { recoverStore, type Recovery } from "../../src/store/recover.ts";
import { READING } from "../../src/store/source_table.ts";
import { DAMAGED, Driver, type Log } from "./driver.ts";
import { type Holding, observe, type ObservedEvent } from "./observed.ts";
import { TempFolder } from "./temp_store.ts";
import type { Line } from "./tiny_agent.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const MOVED = "corrupt-2026-01-02T030405.678Z";
const PAGE = 4096;
/** Each takes a second. */
const RUNS = 6;

/** Events of 300 bytes by the hundred: the first log alone fills some pages; the second tells part of it otherwise. */
function logs(): Log[] {
  const open = (key: string, text: string): Line => {
    return {
      does: "open",
      key,
      session: `session-${key.slice(0, 2)}`,
      text: text.repeat(100),
      copied: false,
      complete: true,
    };
  };
  const keys = Array.from({ length: 1500 }, (_, index) => `k${index}`);
  return [keys.map((key) => open(key, "one")), keys.slice(0, 400).map((key) => open(key, "two")), []]
    .map((lines, index) => ({ name: `log-${index}`, rank: index, lines, visible: lines.length }));
}

/** A store with those events, closed. */
function fill(path: string): Map<string, ObservedEvent> {
  using driver = new Driver(path, logs());
  driver.read(2, 0, [DAMAGED]);
  driver.finish();
  driver.writer.transaction(() => driver.writer.prune(1, 1));
  return observe(driver.writer.database);
}

/**
 * Recovers the store, checks what always holds, and reads all sources again.
 *
 * @param keepsNames whether no name may be lost: then what is saved is what was there, to the letter; `undefined` where
 * chance decides
 */
function recoverAndRead(
  folder: TempFolder,
  before: Map<string, ObservedEvent>,
  keepsNames: boolean | undefined,
): Recovery {
  const damaged = Deno.readFileSync(folder.store);
  const recovery = recoverStore(folder.store, NOW);
  assertEquals(recovery.movedTo, `${folder.store}.${MOVED}`);
  assertEquals(Deno.readFileSync(recovery.movedTo), damaged);
  assertEquals(
    [...Deno.readDirSync(folder.path)].map(({ name }) => name).filter((name) => name.includes("recovered")),
    [],
  );

  const database = new DatabaseSync(folder.store);
  assertEquals(database.prepare("pragma integrity_check").get()!.integrity_check, "ok");
  assertEquals(
    JSON.parse(database.prepare("select value from meta where key = 'recovery'").get()!.value as string),
    recovery,
  );
  const saved = observe(database);
  assertEquals(saved.size, recovery.savedEvents);
  // An event that lost a name has no hash any more, so that it is written anew.
  const hasNames = keepsNames ?? [...saved.values()].every(({ shown }) => shown.state.hash !== 0);
  if (hasNames) {
    for (const [id, event] of saved) assertEquals(event.shown.state, before.get(id)!.shown.state);
  }
  const isLost = (seq: number) => recovery.lostRanges.some(([from, to]) => from <= seq && seq <= to);
  for (const [id, { seq }] of before) assert(saved.has(id) || isLost(seq), `${seq} was lost without a word`);
  assertEquals(
    database.prepare("select distinct byte_offset, rereading from sources where gone = 0").all()
      .map(({ byte_offset, rereading }) => [byte_offset, rereading]),
    recovery.savedSources === 0 ? [] : [[0, READING.againPartly]],
  );
  const last = database.prepare("select seq from counters").get()!.seq as number;
  for (const { seq } of before.values()) if (!isLost(seq)) assert(seq <= last);
  database.close();

  using driver = new Driver(folder.store, logs());
  driver.read(0, 700);
  driver.commit();
  driver.finish();
  const after = observe(driver.writer.database);
  assertEquals(new Set(after.keys()), new Set(before.keys()));
  for (const [id, event] of after) {
    const { shown, superseded } = before.get(id)!;
    assertEquals(superseded, event.superseded);
    const told = ({ source, state }: Holding) => ({
      source,
      ...state,
      revision: hasNames ? state.revision : 0,
    });
    assertEquals({ ...told(event.shown), source: "" }, { ...told(shown), source: "" });
    if (event.shown.source === shown.source) {
      const copies = event.copies.filter(({ source }) => !source.startsWith("lost-"));
      assertEquals(copies.map(told), before.get(id)!.copies.map(told));
    }
  }
  for (const row of driver.writer.database.prepare("select id, events from sources").all()) {
    const held = driver.writer.database.prepare(
      "select (select count(*) from events where source = ?1) + (select count(*) from copies where source = ?1) as n",
    ).get(row.id as number)!.n;
    assertEquals(row.events, held);
  }
  return recovery;
}

/** The pages of a table or index, without the first where others hang from it. */
function leavesOf(path: string, name: string): number[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const root = database.prepare("select rootpage from sqlite_master where name = ?").get(name)!
    .rootpage as number;
  database.close();
  const bytes = Deno.readFileSync(path);
  const view = new DataView(bytes.buffer);
  const at = (root - 1) * PAGE;
  // Table and index pages whose flag byte is 5 or 2 are interior: 4-byte page numbers lead on from their cells.
  if (bytes[at] !== 5 && bytes[at] !== 2) return [root];
  const cells = view.getUint16(at + 3);
  const children = Array.from(
    { length: cells },
    (_, index) => view.getUint32(at + view.getUint16(at + 12 + 2 * index)),
  );
  return [...children, view.getUint32(at + 8)];
}

function overwrite(path: string, pages: readonly number[], byte: (index: number) => number): void {
  const bytes = Deno.readFileSync(path);
  for (const page of pages) {
    for (let index = (page - 1) * PAGE; index < page * PAGE; index++) bytes[index] = byte(index);
  }
  Deno.writeFileSync(path, bytes);
}

Deno.test("recoverStore() takes everything over when nothing is damaged", () => {
  using folder = new TempFolder();
  const before = fill(folder.store);
  const writer = openToWrite(folder.store);
  writer.exec("update meta set value = '77' where key = 'horizon'");
  const machine = writer.prepare("select value from meta where key = 'machine'").get()!.value;
  writer.close();
  const recovery = recoverAndRead(folder, before, true);
  assertEquals({ ...recovery, movedTo: "" }, {
    at: NOW,
    movedTo: "",
    savedEvents: before.size,
    savedSources: 3,
    lostRanges: [],
  });
  const database = new DatabaseSync(folder.store);
  assertEquals(database.prepare("select value from meta where key = 'machine'").get()!.value, machine);
  assertEquals(database.prepare("select value from meta where key = 'horizon'").get()!.value, "77");
  assertEquals(database.prepare("select count(*) as n from unread_records").get()!.n, 1);
  database.close();
});

Deno.test("recoverStore() starts anew when the file is no database any more", () => {
  using folder = new TempFolder();
  const before = fill(folder.store);
  const bytes = Deno.readFileSync(folder.store).fill(0, 0, 16);
  Deno.writeFileSync(folder.store, bytes);
  const { savedEvents, savedSources, lostRanges } = recoverAndRead(folder, before, true);
  assertEquals({ savedEvents, savedSources, lostRanges }, {
    savedEvents: 0,
    savedSources: 0,
    lostRanges: [[1, 2 ** 42]],
  });
  const database = new DatabaseSync(folder.store);
  const { seq } = database.prepare("select seq from counters").get()!;
  assertGreater(seq as number, NOW); // whatever was handed out before, it is not handed out again
  database.close();
});

Deno.test("recoverStore() loses no more than the events of a zeroed page", () => {
  using folder = new TempFolder();
  const before = fill(folder.store);
  const pages = leavesOf(folder.store, "events");
  assertGreater(pages.length, 20);
  overwrite(folder.store, [pages[10]!, pages[15]!], () => 0);
  const { savedEvents, savedSources, lostRanges } = recoverAndRead(folder, before, true);
  assertEquals(savedSources, 3);
  assertEquals(lostRanges.length, 2);
  const lost = lostRanges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  assertEquals(lost, before.size - savedEvents);
  assert(lost > 0 && lost < 60, `${lost} events on two pages`);
});

Deno.test("recoverStore() takes over what a file cut in half still has", () => {
  using folder = new TempFolder();
  const before = fill(folder.store);
  const { size } = Deno.statSync(folder.store);
  Deno.truncateSync(folder.store, Math.floor(size / 2 / PAGE) * PAGE);
  const { savedEvents } = recoverAndRead(folder, before, true);
  assert(savedEvents > 100 && savedEvents < before.size, `${savedEvents} of ${before.size}`);
});

for (const table of ["names", "sources", "counters", "meta", "copies", "unread_records"]) {
  Deno.test(`recoverStore() saves all events when ${table} can't be read`, () => {
    using folder = new TempFolder();
    const before = fill(folder.store);
    overwrite(folder.store, leavesOf(folder.store, table), () => 0);
    const { savedEvents, lostRanges } = recoverAndRead(folder, before, true);
    assertEquals(savedEvents, before.size);
    assertEquals(lostRanges, []);
  });
}

Deno.test("recoverStore() saves all events when names can't be read, nor their index", () => {
  using folder = new TempFolder();
  const before = fill(folder.store);
  const pages = ["names", "sqlite_autoindex_names_1"].flatMap((name) => leavesOf(folder.store, name));
  overwrite(folder.store, pages, () => 0);
  assertEquals(recoverAndRead(folder, before, false).savedEvents, before.size);
});

Deno.test("recoverStore() gives events whose source was lost to one that is gone", () => {
  using folder = new TempFolder();
  fill(folder.store);
  overwrite(folder.store, leavesOf(folder.store, "sources"), () => 0);
  assertEquals(recoverStore(folder.store, NOW).savedSources, 0);
  const database = new DatabaseSync(folder.store);
  const sources = database.prepare("select agent, twin, gone, events from sources").all().map((row) => ({
    ...row,
  }));
  assertEquals(sources, [
    { agent: "tiny", twin: "lost-1", gone: 1, events: 1500 },
    { agent: "tiny", twin: "lost-2", gone: 1, events: 400 },
  ]);
  database.close();
});

Deno.test("recoverStore() reads the write-ahead log of a process that was killed, and moves it aside", () => {
  using folder = new TempFolder();
  const other = `${folder.path}/other.db`;
  using driver = new Driver(other, logs());
  driver.finish();
  const before = observe(driver.writer.database);
  for (const end of ["", "-wal"]) Deno.copyFileSync(`${other}${end}`, `${folder.store}${end}`);
  const log = Deno.readFileSync(`${other}-wal`);
  assertGreater(log.length, 0);
  const { savedEvents, movedTo } = recoverAndRead(folder, before, true);
  assertEquals(savedEvents, before.size);
  assertEquals(Deno.readFileSync(`${movedTo}-wal`), log);
});

Deno.test("recoverStore() never takes the name of what was moved aside before", () => {
  using folder = new TempFolder();
  fill(folder.store);
  const first = recoverStore(folder.store, NOW);
  const second = recoverStore(folder.store, NOW);
  assertEquals(second.movedTo, `${first.movedTo}-2`);
  assertEquals(second.savedEvents, first.savedEvents);
});

Deno.test("recoverStore() drops what an interrupted one had made", () => {
  using folder = new TempFolder();
  const before = fill(folder.store);
  Deno.writeTextFileSync(`${folder.store}.recovered`, "half of a store");
  Deno.writeTextFileSync(`${folder.store}.recovered-wal`, "half of a log");
  assertEquals(recoverAndRead(folder, before, true).savedEvents, before.size);
});

Deno.test("recoverStore() makes a sound store of one with random pages of rubbish", () => {
  using sample = new TempFolder();
  const before = fill(sample.store);
  const pages = Deno.statSync(sample.store).size / PAGE;
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 2, max: pages }), { minLength: 1, maxLength: 6 }),
      fc.nat(),
      (bad, seed) => {
        using folder = new TempFolder();
        Deno.copyFileSync(sample.store, folder.store);
        let state = seed >>> 0;
        overwrite(folder.store, bad, () => (state = Math.imul(state, 1664525) + 1013904223 >>> 0) >>> 24);
        recoverAndRead(folder, before, undefined);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("classifyTrouble() sends a damaged store to recoverStore(), and after that it opens", () => {
  using folder = new TempFolder();
  fill(folder.store);
  Deno.writeFileSync(folder.store, Deno.readFileSync(folder.store).fill(0, 0, 16));
  let trouble = "";
  try {
    openToWrite(folder.store).close();
  } catch (error) {
    trouble = classifyTrouble(error);
  }
  assertEquals(trouble, "corrupt");
  recoverStore(folder.store, NOW);
  openToWrite(folder.store).close();
});
