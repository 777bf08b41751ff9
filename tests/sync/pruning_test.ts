import { assertEquals } from "@std/assert";
import { Pruning } from "../../src/sync/pruning.ts";

const DAY = 86_400_000;
const NOW = 1_800_000_000_000;

/** A store with so many old events, and the horizons that it was asked for. */
function makeStore(events: number) {
  const horizons: number[] = [];
  const prune = (horizon: number, limit: number) => {
    horizons.push(horizon);
    const count = Math.min(limit, events);
    events -= count;
    return Promise.resolve(count);
  };
  return { prune, horizons };
}

Deno.test("Pruning.run() prunes until nothing is older than so many days, once an hour", async () => {
  const pruning = new Pruning();
  const { prune, horizons } = makeStore(5_000);
  assertEquals(pruning.isDue(NOW), true);
  await pruning.run(NOW, 30, prune, () => false);
  assertEquals(horizons, Array(4).fill(NOW - 30 * DAY));
  assertEquals([pruning.isDue(NOW + 3_599_999), pruning.isDue(NOW + 3_600_000)], [false, true]);
});

Deno.test("Pruning.run() removes nothing when events are kept for ever, and stops when the collector ends", async () => {
  const forEver = makeStore(5_000);
  await new Pruning().run(NOW, 0, forEver.prune, () => false);
  assertEquals(forEver.horizons, []);
  const ending = makeStore(5_000);
  await new Pruning().run(NOW, 1, ending.prune, () => true);
  assertEquals(ending.horizons.length, 1);
});
