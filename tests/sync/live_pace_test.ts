import { assertEquals } from "@std/assert";
import { LIVE_EVERY, LivePace } from "../../src/sync/live_pace.ts";
import { eventually } from "../e2e/eventually.ts";

Deno.test("LivePace.admits() a source at once, then once when its time has come, however often it asks", async () => {
  const pace = new LivePace();
  const calls: string[] = [];
  const ask = (id: number, now: number) => pace.admits(id, now, () => calls.push(`later ${id}`));
  assertEquals([ask(1, 0), ask(2, 0)], [true, true]);
  // Its wait ends a millisecond from now.
  assertEquals([ask(1, LIVE_EVERY - 1), ask(1, LIVE_EVERY - 1)], [false, false]);
  await eventually("the call", () => calls.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(calls, ["later 1"]);
  assertEquals([ask(1, LIVE_EVERY), ask(1, LIVE_EVERY + 1)], [true, false]);
  pace.clear();
});

Deno.test("LivePace.clear() calls nobody any more", async () => {
  const pace = new LivePace();
  let calls = 0;
  pace.admits(1, 0, () => calls++);
  pace.admits(1, LIVE_EVERY - 1, () => calls++);
  pace.clear();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(calls, 0);
});
