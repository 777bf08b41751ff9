import { assertEquals, assertGreater } from "@std/assert";
import type { Failure } from "../../src/store/batch.ts";
import { MAX_ATTEMPTS } from "../../src/store/source_table.ts";
import { Catalog, type CatalogSource } from "../../src/sync/catalog.ts";
import { Outcomes } from "../../src/sync/outcomes.ts";
import { WriteError } from "../../src/sync/pipeline.ts";
import { UnderWay } from "../../src/sync/under_way.ts";
import { knownSource, STAMP } from "./known_source.ts";

const NOTHING = { progress: [], stale: [], failures: [] } as const;

/** Sources 1 to 3 under way as history, and what was told of them. */
function makeOutcomes() {
  const catalog = new Catalog([1, 2, 3].map((id) => knownSource({ id, attempts: 1, status: "pending" })));
  const underWay = new UnderWay();
  for (const source of catalog.values()) underWay.add(source, false, 10);
  const told: string[] = [];
  const failed: Failure[] = [];
  const outcomes = new Outcomes(underWay, {
    catalog: () => catalog,
    recheck: ({ id }, isLive) => told.push(`recheck ${id}${isLive ? " now" : ""}`),
    onBusy: ({ id }) => told.push(`busy ${id}`),
    fail: (failure) => {
      failed.push(failure);
      return Promise.reject(new WriteError("corrupt", "replaced"));
    },
    onProgress: () => told.push("progress"),
  });
  return { outcomes, underWay, source: (id: number): CatalogSource => catalog.get(id)!, told, failed };
}

function progress(source: number, atEnd: boolean) {
  const cursor = { offset: 150, headLength: 100, headHash: 1, tailHash: 3 };
  const stamp = { ...STAMP, inode: source, size: 150 };
  return { source, cursor, stamp, readAt: 5, atEnd, events: 2, leftOut: 4, filter: "", isRereading: false };
}

Deno.test("Outcomes.applied() moves the cursor, and a source is under way until its end is committed", () => {
  const { outcomes, underWay, source, told } = makeOutcomes();
  outcomes.applied({ kind: "applied", ...NOTHING, progress: [progress(1, false), progress(2, true)] });
  assertEquals([source(1).status, source(2).status], ["syncing", "synced"]);
  assertEquals([source(1).cursor.offset, source(1).attempts, source(1).leftOut], [150, 0, 4]);
  assertEquals(underWay.sources.map(({ id }) => id), [1, 3]);
  assertEquals(told, []);
});

Deno.test("Outcomes.applied() has a source looked at again that changed meanwhile, or fell behind", () => {
  const { outcomes, underWay, source, told } = makeOutcomes();
  underWay.noteAgain(1);
  // Something was appended to it just now, though it was handed over as history.
  underWay.noteChange(3);
  outcomes.applied({
    kind: "applied",
    ...NOTHING,
    progress: [progress(1, true)],
    stale: [
      { source: 2, atEnd: false, stamp: STAMP },
      { source: 2, atEnd: true, stamp: STAMP },
      { source: 3, atEnd: false, stamp: STAMP },
    ],
  });
  assertEquals([told, source(2).status], [["recheck 1", "recheck 2"], "pending"]);
  outcomes.applied({ kind: "applied", ...NOTHING, progress: [progress(3, true)] });
  assertEquals(told, ["recheck 1", "recheck 2", "recheck 3 now"]);
});

Deno.test("Outcomes.applied() notes each kind of failure as it is tried again", () => {
  const { outcomes, underWay, source, told } = makeOutcomes();
  const failures = [
    { source: 1, kind: "gone", message: "" },
    { source: 2, kind: "busy", message: "is locked" },
    { source: 3, kind: "set-aside", message: "three times" },
  ] as const;
  outcomes.applied({ kind: "applied", ...NOTHING, failures });
  assertEquals([1, 2, 3].map((id) => [source(id).gone, source(id).status, source(id).error]), [
    [true, "pending", undefined],
    [false, "error", "is locked"],
    [false, "error", "three times"],
  ]);
  assertEquals([1, 2, 3].map((id) => source(id).attempts), [0, 0, MAX_ATTEMPTS - 1]);
  assertEquals([told, underWay.size], [["busy 2"], 0]);
});

Deno.test("Outcomes.applied() keeps how a file looked that could not be read, and has it rest, until it is read", () => {
  const { outcomes, underWay, source } = makeOutcomes();
  source(1).gone = true;
  const stamp = { ...STAMP, inode: 9, size: 101 };
  const failure = { source: 1, kind: "damaged", message: "is cut", stamp } as const;
  const before = Date.now();
  outcomes.applied({ kind: "applied", ...NOTHING, failures: [failure] });
  assertEquals([source(1).status, source(1).gone, source(1).stamp], ["error", false, stamp]);
  assertGreater(source(1).restsUntil!, before);
  assertGreater(source(1).nextTry!, source(1).restsUntil!);
  underWay.add(source(1), true, 10);
  outcomes.applied({ kind: "applied", ...NOTHING, progress: [progress(1, true)] });
  assertEquals([source(1).nextTry, source(1).restsUntil], [undefined, undefined]);
});

Deno.test("Outcomes.undone() suspects all that were in it, and gives up on the one that fails again alone", async () => {
  const { outcomes, underWay, source, told, failed } = makeOutcomes();
  for (const id of [1, 2, 3]) source(id).attempts = 0;
  const undone = (...sources: readonly number[]) =>
    outcomes.undone({
      kind: "undone",
      trouble: "other",
      message: "a constraint failed",
      lost: sources.map((source) => ({ source, atEnd: true, stamp: STAMP })),
      failures: [],
    });
  undone(1, 2);
  assertEquals([1, 2, 3].map((id) => outcomes.isSuspect(source(id))), [true, true, false]);
  assertEquals([told, failed], [["recheck 1", "recheck 2"], []]);
  underWay.finish(3);

  underWay.add(source(1), false, 10);
  outcomes.applied({ kind: "applied", ...NOTHING, progress: [progress(1, true)] });
  assertEquals(outcomes.isSuspect(source(1)), false);

  underWay.add(source(2), false, 10);
  undone(2);
  await Promise.resolve();
  assertEquals(failed, [{ source: 2, kind: "failed", message: "a constraint failed", stamp: STAMP }]);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([source(2).status, source(2).error], ["error", "a constraint failed"]);
  assertEquals(told.at(-1), "progress");
});

Deno.test("Outcomes.undone() suspects nobody when it was the disk's fault", () => {
  const { outcomes, source, told } = makeOutcomes();
  source(1).attempts = 0;
  outcomes.undone({
    kind: "undone",
    trouble: "full",
    message: "database or disk is full",
    lost: [{ source: 1, atEnd: true, stamp: STAMP }],
    failures: [],
  });
  assertEquals([outcomes.isSuspect(source(1)), told], [false, ["recheck 1"]]);
});

Deno.test("Outcomes.suspectAll() suspects what is under way, until that is forgotten", () => {
  const { outcomes, source } = makeOutcomes();
  source(1).attempts = 0;
  assertEquals(outcomes.isSuspect(source(1)), false);
  outcomes.suspectAll();
  assertEquals(outcomes.isSuspect(source(1)), true);
  outcomes.forgetSuspects();
  assertEquals(outcomes.isSuspect(source(1)), false);
});
