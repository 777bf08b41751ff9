import { assertEquals } from "@std/assert";
import { crashesOf } from "../../src/service/crashes.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const LEFT = {
  pid: 7,
  version: "1.0.0",
  startedAt: NOW - MINUTE,
  startedBy: "service",
  watching: "events",
  phase: "live",
} as const;

Deno.test("crashesOf() counts those in a row that left their collector.json behind", () => {
  assertEquals(crashesOf(undefined, NOW), { count: 0, pause: 0 });
  assertEquals(crashesOf(LEFT, NOW).count, 1);
  assertEquals(crashesOf({ ...LEFT, crashes: 3 }, NOW).count, 4);
});

Deno.test("crashesOf() takes one that ran for long, after others that did not, for the first", () => {
  assertEquals(crashesOf({ ...LEFT, crashes: 9, startedAt: NOW - 11 * MINUTE }, NOW), { count: 1, pause: 0 });
});

Deno.test("crashesOf() waits longer each time, and never so long that the next would be the first again", () => {
  const pauses = Array.from({ length: 12 }, (_, crashes) => crashesOf({ ...LEFT, crashes }, NOW).pause);
  assertEquals(pauses.slice(0, 4), [0, 4_000, 8_000, 16_000]);
  assertEquals(pauses, pauses.toSorted((a, b) => a - b));
  assertEquals(pauses.at(-1), 5 * MINUTE);
});
