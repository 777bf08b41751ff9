import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { RECENT_LIMIT, recentlyChanged, Round } from "../../src/sync/sweep.ts";

const NOW = 1_800_000_000_000;

Deno.test("Round.due() hands out every place once in a round, whatever the times at which it is asked", () => {
  const times = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(fc.integer({ min: 0, max: 50 }), times, (count, steps) => {
    const places = Array.from({ length: count }, (_, index) => index);
    const round = new Round(() => places, 1000);
    const met: number[] = [];
    const startedAt = 5_000;
    met.push(...round.due(startedAt));
    let now = startedAt;
    for (const step of steps) {
      now = Math.min(startedAt + 999, now + step);
      met.push(...round.due(now));
    }
    // The last look of the round hands out the rest, before the next one begins.
    met.push(...round.due(startedAt + 999));
    assertEquals(met, places);
  }));
});

Deno.test("Round.due() spreads the places evenly over the round", () => {
  const round = new Round(() => Array.from({ length: 60 }, (_, index) => index), 60_000);
  assertEquals(round.due(100_000), []);
  assertEquals(round.due(101_000), [0]);
  assertEquals(round.due(102_000), [1]);
  assertEquals(round.due(112_000).length, 10);
});

Deno.test("Round.due() hands out all that is left when it is asked late, and lists the places anew after the round", () => {
  let places = ["a", "b"];
  const round = new Round(() => places, 1000);
  round.due(5_000);
  assertEquals(round.due(9_000), ["a", "b"]);
  places = ["c"];
  assertEquals(round.due(9_000), []);
  assertEquals(round.due(9_900), ["c"]);
  assertEquals(round.due(9_950), []);
});

Deno.test("Round.due() asks once in a round for the places when there are none", () => {
  let asked = 0;
  const round = new Round(() => {
    asked++;
    return [];
  }, 1000);
  for (let now = 5_000; now < 6_000; now += 100) assertEquals(round.due(now), []);
  assertEquals(asked, 1);
});

Deno.test("recentlyChanged() is what changed within an hour, the latest first", () => {
  const source = (mtime: number) => ({ stamp: { mtime } });
  const [old, first, second] = [source(NOW - 3_600_000), source(NOW - 3_599_999), source(NOW - 5)];
  assertEquals(recentlyChanged([old, first, second], NOW), [second, first]);
});

Deno.test("recentlyChanged() is bounded when a thousand files changed", () => {
  const sources = Array.from({ length: 1000 }, (_, index) => ({ stamp: { mtime: NOW - index * 1000 } }));
  const recent = recentlyChanged(sources, NOW);
  assertEquals(recent, sources.slice(0, RECENT_LIMIT));
});
