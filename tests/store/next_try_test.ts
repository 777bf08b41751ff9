import { assert, assertEquals } from "@std/assert";
import type { FileStamp } from "../../src/sources/stamp.ts";
import type { Failure } from "../../src/store/batch.ts";
import { nextTry, restOf } from "../../src/store/next_try.ts";

const NOW = 1_800_000_000_000;
const MIB = 1 << 20;

/** A file that changed so long before, ms. */
function changed(ago: number, size = 100): FileStamp {
  return { device: 1, inode: 7, birth: null, size, mtime: NOW - ago, ctime: null };
}

/** After how many seconds a source is tried again that did not change for a while, and one that did just now. */
const PAUSES: readonly (readonly [Failure["kind"], still: number, fresh: number])[] = [
  ["busy", 1, 1],
  ["unfinished", 600, 3],
  ["failed", 600, 3],
  ["damaged", 600, 3],
  ["refused", 60, 3],
];

for (const [kind, still, fresh] of PAUSES) {
  Deno.test(`nextTry() of a source that is ${kind} is in ${still} s, right behind a change in ${fresh} s`, () => {
    assertEquals(nextTry({ kind, stamp: changed(2_001) }, NOW), NOW + still * 1_000);
    assertEquals(nextTry({ kind, stamp: changed(2_000) }, NOW), NOW + fresh * 1_000);
    assertEquals(nextTry({ kind }, NOW), NOW + still * 1_000);
  });
}

Deno.test("nextTry() of a source that is set aside is in a day, and of one that is gone never", () => {
  assertEquals(nextTry({ kind: "set-aside" }, NOW), NOW + 86_400_000);
  assertEquals(nextTry({ kind: "gone" }, NOW), null);
});

Deno.test("nextTry() takes no time that is still to come for a change just now", () => {
  assertEquals(nextTry({ kind: "damaged", stamp: changed(-60_000) }, NOW), NOW + 600_000);
});

Deno.test("nextTry() sees a change of a file's rights", () => {
  assertEquals(nextTry({ kind: "refused", stamp: { ...changed(60_000), ctime: NOW } }, NOW), NOW + 3_000);
});

Deno.test("restOf() is a second, longer for a large file, and for none longer than its pause", () => {
  assertEquals([0, 100, MIB, 3 * MIB].map(restOf), [1_000, 1_000, 1_000, 3_000]);
  const size = 5_000 * MIB;
  assert(restOf(size) > 600_000);
  assertEquals(nextTry({ kind: "damaged", stamp: changed(0, size) }, NOW), NOW + 600_000);
  assertEquals(nextTry({ kind: "damaged", stamp: changed(0, 30 * MIB) }, NOW), NOW + 30_000);
});
