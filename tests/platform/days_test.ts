import { assertEquals } from "@std/assert";
import { daysWithin, isTimeZone } from "../../src/platform/days.ts";

/** The days of UTC from one time to another. */
function utcDays(from: string, to: string): number[] {
  const [first, last] = [from, to].map((time) => Math.floor(Date.parse(time) / 86_400_000)) as [
    number,
    number,
  ];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** How long the days are that begin in some days of UTC, in hours. */
const hours = (zone: string, from: string, to: string) =>
  Object.fromEntries(
    daysWithin(utcDays(from, to), zone).map(({ name, start, end }) => [name, (end - start) / 3_600_000]),
  );

Deno.test("daysWithin() knows days of 23, 24 and 25 hours, and those that a zone leaves out", () => {
  assertEquals(hours("Europe/Berlin", "2026-03-28", "2026-03-29"), {
    "2026-03-28": 24,
    "2026-03-29": 23,
    "2026-03-30": 24,
  });
  assertEquals(hours("America/New_York", "2026-11-01", "2026-11-01"), { "2026-10-31": 24, "2026-11-01": 25 });
  assertEquals(hours("Asia/Kathmandu", "2026-01-31", "2026-01-31"), { "2026-01-31": 24, "2026-02-01": 24 });
  assertEquals(hours("UTC", "1969-12-31", "1970-01-01"), { "1969-12-31": 24, "1970-01-01": 24 });
  // Samoa went over the date line at the end of the 29th.
  assertEquals(hours("Pacific/Apia", "2011-12-30", "2011-12-30"), {
    "2011-12-29": 24,
    "2011-12-30": 0,
    "2011-12-31": 24,
  });
});

Deno.test("isTimeZone() knows names of zones", () => {
  assertEquals(["UTC", "Europe/Berlin", "Mars/Olympus", ""].map(isTimeZone), [true, true, false, false]);
});
