/**
 * Days as they are in a time zone, where some have 23 or 25 hours.
 *
 * @module
 */

/** Whether the runtime knows a time zone of that name (`Europe/Berlin`). */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The time zone of this machine. */
export function localTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const DAY = 86_400_000;
/** No zone is further from UTC, nor changes its clock by more. */
const FURTHEST = 16 * 3_600_000;

/**
 * The days of a time zone that lie in some days of UTC, in their order: each with its date, its first moment and the first
 * moment after it, ms since the epoch.
 *
 * @param utcDays days since the epoch
 */
export function daysWithin(
  utcDays: Iterable<number>,
  timeZone: string,
): readonly { readonly name: string; readonly start: number; readonly end: number }[] {
  const dateOf = dateReader(timeZone);
  const names = new Set<string>();
  for (const day of utcDays) {
    const last = dateOf((day + 1) * DAY - 1);
    for (let name = dateOf(day * DAY); name <= last; name = dayAfter(name)) names.add(name);
  }
  return [...names].sort().map((name) => ({
    name,
    start: startOf(name, dateOf),
    end: startOf(dayAfter(name), dateOf),
  }));
}

/** Makes the function that says which date (`2026-01-31`) it is at a time. */
function dateReader(timeZone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return (time) => format.format(time);
}

function dayAfter(name: string): string {
  return new Date(Date.parse(name) + DAY).toISOString().slice(0, 10);
}

/** The first moment at which it is that date, or later: some days are left out where a zone moves over the date line. */
function startOf(name: string, dateOf: (time: number) => string): number {
  let before = Date.parse(name) - FURTHEST;
  let after = Date.parse(name) + FURTHEST;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dateOf(middle) >= name) after = middle;
    else before = middle;
  }
  return after;
}
