import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseDuration, printDuration } from "../../src/config/duration.ts";

Deno.test("parseDuration() reads a number with its unit", () => {
  assertEquals(["500ms", "10s", "5m", "2h", "7d", "0s"].map(parseDuration), [
    500,
    10_000,
    300_000,
    7_200_000,
    604_800_000,
    0,
  ]);
});

for (const text of ["", "5", "s", "1.5s", "-1s", "5 m", "5M", "5min", "9999999999999d", "1s "]) {
  Deno.test(`parseDuration() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseDuration(text), undefined);
  });
}

Deno.test("parseDuration() reads what printDuration() writes", () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e12 }), fc.constantFrom(1, 1000, 60_000, 86_400_000), (count, unit) => {
      const ms = Math.floor(count / unit) * unit;
      assertEquals(parseDuration(printDuration(ms)), ms);
    }),
  );
});

Deno.test("printDuration() takes the largest unit that divides", () => {
  assertEquals([0, 500, 1500, 10_000, 90_000, 300_000, 86_400_000].map(printDuration), [
    "0ms",
    "500ms",
    "1500ms",
    "10s",
    "90s",
    "5m",
    "1d",
  ]);
});
