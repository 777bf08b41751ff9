import { assertEquals } from "@std/assert";
import { sumProgress } from "../../src/sync/sync_progress.ts";
import { knownSource, STAMP, WRITTEN } from "./known_source.ts";

const cursor = { offset: 40, headLength: 40, headHash: 1, tailHash: 2 };

Deno.test("sumProgress() counts what is committed of each kind of source, and none that is gone", () => {
  const progress = sumProgress([
    knownSource({ id: 1, leftOut: 3 }),
    knownSource({ id: 2, status: "syncing", cursor }),
    knownSource({ id: 3, status: "pending", format: "json", cursor }),
    // It has shrunk and is not read again yet.
    knownSource({ id: 4, status: "pending", stamp: { ...STAMP, size: 30 }, cursor }),
    knownSource({ id: 5, gone: true, leftOut: 9 }),
  ]);
  assertEquals(progress, {
    committedBytes: 100 + 40 + 0 + 30,
    totalBytes: 330,
    sources: 4,
    leftOutSources: 0,
    leftOutBytes: 0,
    leftOutEvents: 3,
  });
});

Deno.test("sumProgress() leaves out of the total what is older than asked for and was never read", () => {
  const collectedFrom = WRITTEN + 1;
  const progress = sumProgress([
    knownSource({ id: 1, readAt: 0, collectedFrom, status: "pending" }),
    knownSource({ id: 2, collectedFrom }),
  ]);
  assertEquals([progress.totalBytes, progress.sources], [100, 1]);
  assertEquals([progress.leftOutSources, progress.leftOutBytes], [1, 100]);
});
