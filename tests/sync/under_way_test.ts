import { assertEquals } from "@std/assert";
import { UnderWay } from "../../src/sync/under_way.ts";
import { knownSource } from "./known_source.ts";

Deno.test("UnderWay counts the bytes of history alone, until each source is finished", () => {
  const underWay = new UnderWay();
  underWay.add(knownSource({ id: 1 }), false, 100);
  underWay.add(knownSource({ id: 2 }), true, 10);
  assertEquals([underWay.size, underWay.historyBytes], [2, 100]);
  assertEquals(underWay.finish(1)?.bytes, 100);
  assertEquals(underWay.finish(1), undefined);
  assertEquals([underWay.size, underWay.historyBytes], [1, 0]);
  underWay.add(knownSource({ id: 3 }), false, 5);
  assertEquals(underWay.sources.map(({ id }) => id), [2, 3]);
  underWay.clear();
  assertEquals([underWay.size, underWay.historyBytes], [0, 0]);
});

Deno.test("UnderWay.noteChange() makes what follows live, and tells history the first time alone", () => {
  const underWay = new UnderWay();
  underWay.add(knownSource({ id: 1 }), false, 10);
  underWay.add(knownSource({ id: 2 }), true, 10);
  assertEquals([1, 1, 2, 3].map((id) => underWay.noteChange(id)), ["history", "live", "live", undefined]);
  const { again, changedNow, isLive } = underWay.finish(1)!;
  assertEquals({ again, changedNow, isLive }, { again: true, changedNow: true, isLive: false });
});

Deno.test("UnderWay.noteAgain() is remembered of a source that is under way, and refused of any other", () => {
  const underWay = new UnderWay();
  underWay.add(knownSource({ id: 1 }), true, 10);
  assertEquals([underWay.noteAgain(1), underWay.noteAgain(2)], [true, false]);
  assertEquals(underWay.finish(1)?.again, true);
  underWay.add(knownSource({ id: 1 }), true, 10);
  assertEquals(underWay.get(1)?.again, false);
});
