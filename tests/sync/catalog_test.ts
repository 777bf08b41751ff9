import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { claudeCode } from "../../src/agents/claude_code.ts";
import type { FoundSource } from "../../src/sources/discover.ts";
import { Catalog, type CatalogSource, newSource } from "../../src/sync/catalog.ts";
import { knownSource, STAMP } from "./known_source.ts";

/** A source as a search finds it. */
function found(
  values: { root?: string; twin?: string; path?: string; inode?: number; birth?: number } = {},
): FoundSource {
  const { root = "/root", twin = "p/s.jsonl", path = `${root}/${twin}`, inode = 7, birth = null } = values;
  return {
    agent: claudeCode,
    root,
    realRoot: root,
    relativePath: twin,
    path,
    kind: { format: "jsonl", twin, rank: 0 },
    stamp: { ...STAMP, inode, birth },
  };
}

Deno.test("Catalog finds a source by id, path, name and file", () => {
  const source = knownSource();
  const catalog = new Catalog([source]);
  const kept = catalog.get(1)!;
  assertEquals(kept, source);
  assertStrictEquals(catalog.at("/root/p/s.jsonl"), kept);
  assertStrictEquals(catalog.find(found()), kept);
  assertStrictEquals(catalog.findFile(found({ twin: "p/other.jsonl" })), kept);
  assertEquals([catalog.size, ...catalog.values()], [1, kept]);
});

Deno.test("Catalog keeps copies of its own, so that what it was made from does not change", () => {
  const source = knownSource();
  const catalog = new Catalog([source]);
  catalog.get(1)!.status = "pending";
  assertEquals(source.status, "synced");
});

Deno.test("Catalog.find() and findFile() find nothing of another root, agent, file or birth", () => {
  const catalog = new Catalog([knownSource({ stamp: { ...STAMP, birth: 5 } })]);
  assertEquals(catalog.find(found({ root: "/other" })), undefined);
  assertEquals(catalog.find({ ...found(), agent: { ...claudeCode, id: "codex" } }), undefined);
  assertEquals(catalog.findFile(found({ inode: 8 })), undefined);
  // The inode number was given to another file.
  assertEquals(catalog.findFile(found({ birth: 6 })), undefined);
  assert(catalog.findFile(found({ birth: 5 })) !== undefined);
});

Deno.test("Catalog.put() finds a moved source at its new place alone", () => {
  const catalog = new Catalog([knownSource()]);
  catalog.put({ ...catalog.get(1)!, twin: "q/s.jsonl", path: "/root/q/s.jsonl" });
  assertEquals(catalog.at("/root/p/s.jsonl"), undefined);
  assertEquals(catalog.find(found()), undefined);
  assertEquals(catalog.at("/root/q/s.jsonl")?.id, 1);
  assertEquals(catalog.size, 1);
});

Deno.test("Catalog.at() finds a source however the system writes its path", () => {
  const source = knownSource({ path: "/root/p/S.jsonl" });
  for (const [os, isFound] of [["linux", false], ["darwin", true], ["windows", true]] as const) {
    const catalog = new Catalog([source], os);
    assertEquals(catalog.at("/root/P/s.jsonl") !== undefined, isFound, os);
    catalog.put({ ...catalog.get(1)!, path: "/root/q/s.jsonl" });
    assertEquals(catalog.at("/root/p/S.jsonl"), undefined, os);
  }
});

Deno.test("Catalog.setStamp() finds a source by the file that it is now", () => {
  const catalog = new Catalog([knownSource()]);
  catalog.setStamp(catalog.get(1)!, { ...STAMP, inode: 9 });
  assertEquals(catalog.findFile(found({ inode: 7 })), undefined);
  assertEquals(catalog.findFile(found({ inode: 9 }))?.id, 1);
});

Deno.test("Catalog finds every source at its place when sources take each other's places and files in any order", () => {
  const place = fc.integer({ min: 0, max: 3 });
  const moves = fc.array(fc.record({ id: fc.integer({ min: 0, max: 3 }), to: place, inode: place }), {
    maxLength: 12,
  });
  fc.assert(fc.property(moves, (steps) => {
    const at = (id: number, to: number, inode: number): CatalogSource =>
      knownSource({ id, twin: `${to}`, path: `/root/${to}`, stamp: { ...STAMP, inode: inode + 1 } });
    const catalog = new Catalog([0, 1, 2, 3].map((id) => at(id, id, id)));
    // Whoever came last to a place is the one that stands there.
    const placed = [0, 1, 2, 3];
    const held = [0, 1, 2, 3];
    for (const { id, to, inode } of steps) {
      for (const owners of [placed, held]) {
        owners.forEach((owner, index) => owner === id && delete owners[index]);
      }
      placed[to] = held[inode] = id;
      catalog.put(at(id, to, inode));
      for (let index = 0; index < 4; index++) {
        assertEquals(catalog.at(`/root/${index}`)?.id, placed[index]);
        assertEquals(catalog.find(found({ twin: `${index}` }))?.id, placed[index]);
        assertEquals(catalog.findFile(found({ inode: index + 1 }))?.id, held[index]);
      }
    }
    assertEquals(catalog.size, 4);
  }));
});

Deno.test("newSource() is a source that was never read", () => {
  const source = newSource(3, {
    agent: "codex",
    root: "/root",
    twin: "t",
    path: "/root/sessions/t.jsonl",
    relativePath: "sessions/t.jsonl",
    format: "jsonl",
    rank: 0,
    stamp: STAMP,
    adapterVersion: 2,
    collectedFrom: 5,
  });
  assertEquals([source.id, source.readAt, source.cursor.offset, source.status], [3, 0, 0, "pending"]);
  assertEquals([source.adapterVersion, source.collectedFrom, source.attempts, source.gone], [2, 5, 0, false]);
});

Deno.test("place() adds a new source, and moves a known one, which stays the same object and is found at its new place alone", () => {
  const entry = {
    agent: "codex",
    root: "/r",
    twin: "t",
    path: "/r/sessions/t.jsonl",
    relativePath: "sessions/t.jsonl",
    format: "jsonl",
    rank: 0,
    stamp: { device: 1, inode: 2, birth: null, size: 3, mtime: 4, ctime: 5 },
    adapterVersion: 1,
    collectedFrom: 6,
  };
  const catalog = new Catalog([]);
  const source = catalog.place(7, entry);
  assertEquals([catalog.get(7), catalog.at(entry.path)], [source, source]);
  source.status = "synced";
  source.gone = true;
  source.readAt = 8;
  const path = "/r/archived_sessions/t.jsonl";
  assertStrictEquals(
    catalog.place(7, { ...entry, path, relativePath: "archived_sessions/t.jsonl", rank: 1 }),
    source,
  );
  assertEquals([source.path, source.rank, source.status, source.gone, source.readAt], [
    path,
    1,
    "pending",
    false,
    8,
  ]);
  assertStrictEquals(catalog.at(path), source);
  assertEquals(catalog.at(entry.path), undefined);
});
