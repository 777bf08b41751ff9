import { assertEquals } from "@std/assert";
import { SleepDetector } from "../../src/sync/sleep.ts";

Deno.test("SleepDetector.wasAsleep() once after the clocks went apart, either way, and not for a little", () => {
  const detector = new SleepDetector();
  const looks = [
    detector.wasAsleep(1_000_000, 0),
    detector.wasAsleep(1_001_000, 1_000),
    // Three seconds are what a time server puts right.
    detector.wasAsleep(1_005_000, 2_000),
    detector.wasAsleep(1_600_000, 3_000),
    detector.wasAsleep(1_601_000, 4_000),
    detector.wasAsleep(1_002_000, 5_000),
  ];
  assertEquals(looks, [false, false, false, true, false, true]);
});
