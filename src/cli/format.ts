/**
 * Numbers as people read them.
 *
 * @module
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A number of things: `1,234,567`. Rounded to a whole one. */
export function formatCount(count: number): string {
  return Math.round(count).toString().replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A number of things with their name: `1 source`, `2,000 sources`. */
export function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** A large number in three digits: `950`, `12.3K`, `4.5M`, `1.2B`. */
export function formatShort(count: number): string {
  if (count < 999.5) return String(Math.round(count));
  let value = count;
  let unit = "";
  for (const next of ["K", "M", "B", "T"]) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)}${unit}`;
}

const UNITS = ["KB", "MB", "GB", "TB", "PB"] as const;

/** A number of bytes in decimal units with three digits at most: `0 B`, `1.5 KB`, `383 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit: string = "B";
  for (const next of UNITS) {
    // 999.5 and more would be printed as four digits.
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** A time in ms, in its two largest units: `85 ms`, `3.2 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return pair(ms, MINUTE, "min", SECOND, "s");
  if (ms < DAY) return pair(ms, HOUR, "h", MINUTE, "min");
  return pair(ms, DAY, "d", HOUR, "h");
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${formatCount(Math.floor(ms / large))} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

/** How long ago a time was, in its largest unit: `just now`, `12 s ago`, `3 d ago`. Both in ms since the epoch. */
export function formatAge(then: number, now: number): string {
  const age = now - then;
  // A clock that was set back, or a file from a machine whose clock runs ahead.
  if (age < SECOND) return "just now";
  for (const [size, name] of [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"]] as const) {
    if (age >= size) return `${formatCount(Math.floor(age / size))} ${name} ago`;
  }
  return `${Math.floor(age / SECOND)} s ago`;
}
