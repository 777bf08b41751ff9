import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { formatAge, formatBytes, formatCount, formatDuration } from "../../src/cli/format.ts";

Deno.test("formatCount() groups thousands", () => {
  assertEquals([0, 999, 1000, 1234567, 1e9].map(formatCount), [
    "0",
    "999",
    "1,000",
    "1,234,567",
    "1,000,000,000",
  ]);
});

Deno.test("formatCount() loses no digit of a whole number", () => {
  fc.assert(fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (count) => {
    assertEquals(Number(formatCount(count).replaceAll(",", "")), count);
  }));
});

Deno.test("formatBytes() uses decimal units", () => {
  const bytes = [0, 999, 1000, 1500, 9949, 9950, 382_800_000, 999_499, 999_500, 999_999_999, 4e9, 5e15, 2e18];
  assertEquals(bytes.map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 KB",
    "1.5 KB",
    "9.9 KB",
    "10 KB",
    "383 MB",
    "999 KB",
    "1.0 MB",
    "1.0 GB",
    "4.0 GB",
    "5.0 PB",
    "2000 PB",
  ]);
});

Deno.test("formatBytes() prints at most three digits", () => {
  fc.assert(fc.property(fc.nat({ max: 999e12 }), (bytes) => {
    assertMatch(formatBytes(bytes), /^(\d{1,3}|\d\.\d) ([KMGT]?B)$/);
  }));
});

Deno.test("formatDuration() names the two largest units", () => {
  const times = [0, 85, 999, 1000, 3249, 9999, 59_999, 60_000, 252_000, 7_500_000, 7_200_000, 273_600_000];
  assertEquals(times.map(formatDuration), [
    "0 ms",
    "85 ms",
    "999 ms",
    "1.0 s",
    "3.2 s",
    "10.0 s",
    "59 s",
    "1 min",
    "4 min 12 s",
    "2 h 5 min",
    "2 h",
    "3 d 4 h",
  ]);
});

Deno.test("formatAge() names the largest unit", () => {
  const now = 1_800_000_000_000;
  const age = (ms: number) => formatAge(now - ms, now);
  assertEquals([-5000, 0, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000, 1e11].map(age), [
    "just now",
    "just now",
    "just now",
    "1 s ago",
    "59 s ago",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "1 d ago",
    "1,157 d ago",
  ]);
});
