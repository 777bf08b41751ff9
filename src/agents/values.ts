/**
 * Reads values of parsed JSON that may be of any type: what is not as expected is `undefined`, never an exception.
 *
 * @module
 */

import type { JsonObject } from "./agent.ts";

/** The value if it is an object that is no array. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonObject
    : undefined;
}

/** The value if it is a string that is not empty. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value if it is a finite number of at least 0. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value < Infinity ? value : undefined;
}

/** The value if it is an array. */
export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/**
 * Milliseconds since the epoch of an ISO 8601 instant that names its zone (`2026-01-23T00:41:24.715Z`). A time without
 * a zone is none: what it means would hang on where it is read.
 */
export function asInstant(value: unknown): number | undefined {
  if (typeof value !== "string" || value.charCodeAt(10) !== LETTER_T) return undefined;
  const usual = usualInstant(value);
  if (usual !== undefined) return usual;
  if (!value.endsWith("Z") && !/[+-]\d\d:?\d\d$/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

const LETTER_T = 84;

let lastDay = -1;
let lastDayTime = 0;

/** The time of a text of exactly the form `2026-01-23T00:41:24.715Z`, which all but few are of. */
function usualInstant(text: string): number | undefined {
  if (text.length !== 24 || text.charCodeAt(23) !== 90) return undefined;
  const month = twoDigits(text, 5);
  const date = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const millisecond = 10 * twoDigits(text, 20) + twoDigits(text, 21) % 10;
  const isUsual = month >= 1 && month <= 12 && date >= 1 && date <= 31 && hour <= 23 && minute <= 59 &&
    second <= 59 && year >= 1000 && millisecond >= 0 && isMarked(text);
  if (!isUsual) return undefined;
  // Date rolls the 31st of a short month over, in both of its ways to read a day.
  const day = (100 * year + month) * 100 + date;
  if (day !== lastDay) {
    lastDayTime = Date.UTC(year, month - 1, date);
    lastDay = day;
  }
  return lastDayTime + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}

function isMarked(text: string): boolean {
  return text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45 && text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 && text.charCodeAt(19) === 46;
}

/** The number that two digits make, NaN where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN;
}

const HOUR_MS = 3_600_000;

let lastHour = NaN;
let lastHourText = "";

/** The UTC hour of an instant, as `2026-01-23T00`. An event whose time is none is refused where it is emitted, not here. */
export function hourOf(time: number): string {
  const hour = Math.floor(time / HOUR_MS);
  // Neighbours share their hour.
  if (hour !== lastHour) {
    const begin = new Date(hour * HOUR_MS);
    lastHour = hour;
    lastHourText = Number.isNaN(begin.getTime()) ? "no time" : begin.toISOString().slice(0, -11);
  }
  return lastHourText;
}
