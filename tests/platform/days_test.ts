import { assertEquals } from "@std/assert";
import { daysBetween, isTimeZone } from "../../src/platform/days.ts";

const hours = (zone: string, from: string, to: string) =>
  daysBetween(Date.parse(from), Date.parse(to), zone).map((
    { name, start, end },
  ) => [name, (end - start) / 3_600_000]);

Deno.test("daysBetween() knows days of 23, 24 and 25 hours, and those that a zone leaves out", () => {
  assertEquals(hours("Europe/Berlin", "2026-03-28T12:00Z", "2026-03-30T00:00Z"), [
    ["2026-03-28", 24],
    ["2026-03-29", 23],
    ["2026-03-30", 24],
  ]);
  assertEquals(hours("America/New_York", "2026-11-01T05:00Z", "2026-11-01T05:00Z"), [["2026-11-01", 25]]);
  assertEquals(hours("Asia/Kathmandu", "2026-01-31T18:14Z", "2026-01-31T18:16Z"), [
    ["2026-01-31", 24],
    ["2026-02-01", 24],
  ]);
  // Samoa went over the date line at the end of the 29th.
  assertEquals(hours("Pacific/Apia", "2011-12-29T20:00Z", "2011-12-30T20:00Z"), [
    ["2011-12-29", 24],
    ["2011-12-30", 0],
    ["2011-12-31", 24],
  ]);
});

Deno.test("isTimeZone() knows names of zones", () => {
  assertEquals(["UTC", "Europe/Berlin", "Mars/Olympus", ""].map(isTimeZone), [true, true, false, false]);
});
