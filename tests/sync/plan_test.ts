import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FileStamp } from "../../src/sources/stamp.ts";
import { type Candidate, compareUrgency, decide, type Decision, maxLineOf } from "../../src/sync/plan.ts";
import { SILENT } from "../../src/platform/workspace_filter.ts";
import { claudeCode } from "../../src/agents/claude_code.ts";
import type { CatalogSource } from "../../src/sync/catalog.ts";
import { knownSource, STAMP, WRITTEN } from "./known_source.ts";

const DAY = 86_400_000;
const NOW = WRITTEN + DAY;

/** What is known of a source that could not be read, and is tried again in a moment. */
const FAILED: Partial<CatalogSource> = { status: "error", nextTry: NOW + 600_000 };

/** What is decided of a source that is known so, whose file looks so, when events from a time on are wanted. */
const DECISIONS: readonly (readonly [
  what: string,
  source: Partial<CatalogSource>,
  file: Partial<FileStamp>,
  collectFrom: number,
  Decision,
])[] = [
  ["has not changed", {}, {}, 0, "unchanged"],
  ["grew", {}, { size: 101, mtime: WRITTEN + DAY }, 0, "read"],
  ["was touched", {}, { mtime: WRITTEN + 1 }, 0, "read"],
  ["was replaced", {}, { inode: 8 }, 0, "read"],
  ["was read within two seconds of its last change", { readAt: WRITTEN + 1_999 }, {}, 0, "read"],
  ["was left in its middle", { status: "syncing" }, {}, 0, "read"],
  ["was gone and is back", { gone: true }, {}, 0, "read"],
  ["is new", { readAt: 0, status: "pending" }, {}, 0, "read"],
  [
    "is new and old",
    { readAt: 0, status: "pending", collectedFrom: WRITTEN + 1 },
    {},
    WRITTEN + 1,
    "left-out",
  ],
  [
    "was left out and grew",
    { readAt: 0, status: "pending", collectedFrom: WRITTEN + 1 },
    { mtime: WRITTEN + 2 },
    WRITTEN + 1,
    "read",
  ],
  [
    "was left out and is wanted now",
    { readAt: 0, status: "pending", collectedFrom: WRITTEN + 1 },
    {},
    0,
    "read-again",
  ],
  [
    "left out events that are wanted now",
    { collectedFrom: WRITTEN, leftOut: 1 },
    {},
    WRITTEN - 1,
    "read-again",
  ],
  ["left out none of what is wanted now", { collectedFrom: WRITTEN, leftOut: 0 }, {}, 0, "unchanged"],
  ["has more than what is wanted now", { collectedFrom: 0 }, {}, WRITTEN, "unchanged"],
  [
    "grew, and was first seen when more was wanted",
    { collectedFrom: 0 },
    { size: 101 },
    WRITTEN + DAY,
    "read",
  ],
  ["was read by an older adapter", { adapterVersion: 0 }, {}, 0, "read-again"],
  ["failed and its time has not come", FAILED, {}, 0, "waiting"],
  ["failed and its time has come", { ...FAILED, nextTry: NOW }, {}, 0, "read"],
  [
    "failed since the start and has a time that has not come",
    { ...FAILED, nextTry: NOW + 1, restsUntil: NOW },
    {},
    0,
    "waiting",
  ],
  [
    "failed before the start and has a time that comes in a moment",
    { ...FAILED, nextTry: NOW + 3_000 },
    {},
    0,
    "read",
  ],
  ["failed and grew", FAILED, { size: 101 }, 0, "read"],
  ["failed and was written anew", FAILED, { mtime: WRITTEN + 1 }, 0, "read"],
  ["failed and may be read now", FAILED, { ctime: WRITTEN + 1_000 }, 0, "read"],
  ["failed and was replaced", FAILED, { inode: 8 }, 0, "read"],
  ["failed and was replaced by one with its number", FAILED, { birth: WRITTEN + 1 }, 0, "read"],
  ["failed just now and grew", { ...FAILED, restsUntil: NOW + 1 }, { size: 101 }, 0, "waiting"],
  ["failed a moment ago and grew", { ...FAILED, restsUntil: NOW }, { size: 101 }, 0, "read"],
  [
    "failed, rests and has a time that has come",
    { ...FAILED, nextTry: NOW, restsUntil: NOW + 1 },
    {},
    0,
    "read",
  ],
  ["failed, was never read and grew", { ...FAILED, readAt: 0 }, { size: 101 }, 0, "read"],
  ["failed, was gone and is back", { ...FAILED, gone: true }, {}, 0, "read"],
  ["failed and there is a newer adapter", { ...FAILED, adapterVersion: 0 }, {}, 0, "read-again"],
  [
    "failed, and another one tells the same no longer",
    { ...FAILED, collectedFilter: SILENT },
    {},
    0,
    "waiting",
  ],
  ["is told by no other one any more", { collectedFilter: SILENT }, {}, 0, "read-again"],
  ["was being tried again when the process ended", { ...FAILED, status: "syncing" }, {}, 0, "read"],
  ["was set aside and grew", { ...FAILED, attempts: 2 }, { size: 101 }, 0, "waiting"],
  ["was set aside and its day is over", { ...FAILED, attempts: 2, nextTry: NOW }, {}, 0, "read"],
  ["was opened twice and never finished", { status: "syncing", attempts: 2 }, {}, 0, "read"],
  ["was opened three times and never finished", { status: "syncing", attempts: 3 }, {}, 0, "set-aside"],
  ["was set aside and there is a newer adapter", { attempts: 3, adapterVersion: 0 }, {}, 0, "read-again"],
];

for (const [what, source, file, collectFrom, expected] of DECISIONS) {
  Deno.test(`decide() says ${expected} of a source that ${what}`, () => {
    assertEquals(decide(knownSource(source), claudeCode, { ...STAMP, ...file }, collectFrom, NOW), expected);
  });
}

Deno.test("decide() leaves out no event that is wanted: a source is left alone only if it has nothing new to give", () => {
  const time = fc.integer({ min: 0, max: 10 });
  const known = fc.record({
    readAt: fc.constantFrom(0, WRITTEN + 60_000),
    collectedFrom: time,
    leftOut: fc.constantFrom(0, 2),
    status: fc.constantFrom("pending", "syncing", "synced"),
    stampSize: fc.constantFrom(100, 101),
  });
  fc.assert(fc.property(known, time, ({ stampSize, ...values }, wanted) => {
    const source = knownSource({ ...values, collectedFrom: WRITTEN + values.collectedFrom - 5 });
    const collectFrom = WRITTEN + wanted - 5;
    const decision = decide(source, claudeCode, { ...STAMP, size: stampSize }, collectFrom, NOW);
    const floor = Math.min(collectFrom, source.collectedFrom);
    if (decision === "left-out") assert(source.readAt === 0 && WRITTEN < floor);
    if (decision === "unchanged") {
      assert(source.readAt > 0 && source.status === "synced" && stampSize === 100);
      assert(source.leftOut === 0 || collectFrom >= source.collectedFrom);
    }
    if (decision === "read-again") assert(collectFrom < source.collectedFrom);
  }));
});

Deno.test("maxLineOf() is smaller when reading the source ended the program twice", () => {
  assertEquals([0, 1, 2, 3].map((attempts) => maxLineOf(knownSource({ attempts }))), [
    16 << 20,
    16 << 20,
    16 << 20,
    1 << 20,
  ]);
});

Deno.test("compareUrgency() puts what will be deleted within a week first, soonest first, then the newest", () => {
  const candidate = (days: number, deletesAfterDays?: number): Candidate => ({
    mtime: NOW - days * DAY,
    deletesAfterDays,
  });
  const kept = [candidate(1), candidate(80)];
  const [fresh, endangered, expiring, overdue] = [
    candidate(2, 30),
    candidate(24, 30),
    candidate(29, 30),
    candidate(40, 30),
  ] as const;
  const sorted = [...kept, fresh, endangered, expiring, overdue].sort((a, b) => compareUrgency(a, b, NOW));
  assertEquals(sorted, [overdue, expiring, endangered, kept[0]!, fresh, kept[1]!]);
});

Deno.test("compareUrgency() is an order", () => {
  const candidate = fc.record({
    mtime: fc.integer({ min: 0, max: 60 }).map((days) => NOW - days * DAY),
    deletesAfterDays: fc.constantFrom(undefined, 7, 30),
  });
  fc.assert(fc.property(candidate, candidate, candidate, (a, b, c) => {
    const compare = (x: Candidate, y: Candidate) => Math.sign(compareUrgency(x, y, NOW));
    assertEquals(compare(a, b) + compare(b, a), 0);
    if (compare(a, b) <= 0 && compare(b, c) <= 0) assert(compare(a, c) <= 0);
  }));
});
