import { assertEquals } from "@std/assert";
import { DiskGuard, diskTrouble } from "../../src/sync/disk_guard.ts";

Deno.test("DiskGuard.isDue() at first, then in time where something was written or there was too little", async () => {
  const guard = new DiskGuard({ ask: () => Promise.resolve("too little"), every: 100 });
  assertEquals(guard.isDue(1_000, 0, false), true);
  assertEquals(await guard.check(1_000, 0), "too little");
  assertEquals(guard.isDue(1_200, 0, false), false);
  assertEquals([guard.isDue(1_099, 1, true), guard.isDue(1_100, 1, false)], [false, true]);
  assertEquals(guard.isDue(1_100, 0, true), true);
});

Deno.test("diskTrouble() says how much is left where that is too little", () => {
  assertEquals(diskTrouble({ free: 3_900_000, total: 1e12 }), "Only 3 MB are free on the disk of the store.");
  assertEquals(diskTrouble({ free: 3e9, total: 1e12 }), undefined);
});
