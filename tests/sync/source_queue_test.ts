import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareUrgency } from "../../src/sync/plan.ts";
import { SourceQueue, unreadBytes } from "../../src/sync/source_queue.ts";
import { knownSource, STAMP, WRITTEN } from "./known_source.ts";

const DAY = 86_400_000;
const NOW = WRITTEN + 100 * DAY;
const MUCH = { sources: 1_000, bytes: 1e12 };

/** A source that was last written so many days ago and has so many bytes that are not read. */
function waiting(id: number, days: number, bytes = 10) {
  return knownSource({ id, stamp: { ...STAMP, size: 100 + bytes, mtime: NOW - days * DAY } });
}

Deno.test("SourceQueue.takeHistory() hands out what has waited in the order of its urgency, each once", () => {
  const ages = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
  fc.assert(fc.property(ages, fc.integer({ min: 1, max: 7 }), (days, atOnce) => {
    const queue = new SourceQueue(() => 30);
    days.forEach((age, index) => queue.add(waiting(index + 1, age), false));
    const taken = [];
    for (;;) {
      const group = queue.takeHistory({ ...MUCH, sources: atOnce }, NOW);
      if (group.length === 0) break;
      assert(group.length <= atOnce);
      taken.push(...group);
    }
    assertEquals(new Set(taken.map(({ id }) => id)).size, days.length);
    const urgencies = taken.map(({ stamp }) => ({ mtime: stamp.mtime, deletesAfterDays: 30 }));
    for (const [index, next] of urgencies.slice(1).entries()) {
      assert(compareUrgency(urgencies[index]!, next, NOW) <= 0, `at ${index}`);
    }
    assertEquals(queue.size, 0);
  }));
});

Deno.test("SourceQueue.takeHistory() takes no more when the bytes of what it took fill the room", () => {
  const queue = new SourceQueue(() => undefined);
  for (let id = 1; id <= 4; id++) queue.add(waiting(id, id, 100), false);
  const idsOf = (bytes: number) => queue.takeHistory({ ...MUCH, bytes }, NOW).map(({ id }) => id);
  assertEquals([idsOf(0), idsOf(150), idsOf(1), idsOf(1_000)], [[], [1, 2], [3], [4]]);
});

Deno.test("SourceQueue.hurry() makes a source the next one, and nothing of one that does not wait", () => {
  const queue = new SourceQueue(() => undefined);
  const sources = [1, 2, 3].map((id) => waiting(id, id));
  for (const source of sources) queue.add(source, false);
  queue.takeHistory({ sources: 0, bytes: 0 }, NOW);
  queue.hurry(sources[2]!);
  queue.hurry(waiting(4, 1));
  assertEquals(queue.takeHistory(MUCH, NOW).map(({ id }) => id), [3, 1, 2]);
});

Deno.test("SourceQueue.takeSuspect() hands out suspects alone, in the order in which they came", () => {
  const queue = new SourceQueue(() => undefined);
  for (const [id, isSuspect] of [[1, true], [2, false], [3, true]] as const) {
    queue.add(waiting(id, 1), isSuspect);
  }
  assertEquals(queue.takeHistory(MUCH, NOW).map(({ id }) => id), [2]);
  assertEquals([queue.takeSuspect()?.id, queue.takeSuspect()?.id, queue.takeSuspect()], [1, 3, undefined]);
});

Deno.test("SourceQueue.remove() and clear() leave nothing behind of what they take out", () => {
  const queue = new SourceQueue(() => undefined);
  queue.add(waiting(1, 1), false);
  queue.add(waiting(2, 1), true);
  queue.add(waiting(3, 1), false);
  queue.remove(1);
  queue.remove(2);
  queue.remove(9);
  assertEquals([queue.has(1), queue.has(2), queue.has(3), queue.size], [false, false, true, 1]);
  queue.clear();
  assertEquals([queue.size, queue.takeHistory(MUCH, NOW), queue.takeSuspect()], [0, [], undefined]);
});

Deno.test("unreadBytes() is what lies behind the cursor, never less than nothing, and all of a document", () => {
  const shrunk = { ...STAMP, size: 40 };
  assertEquals(
    [
      unreadBytes(waiting(1, 1, 7)),
      unreadBytes(knownSource({ stamp: shrunk })),
      unreadBytes(knownSource({ format: "json" })),
    ],
    [7, 0, 100],
  );
});
