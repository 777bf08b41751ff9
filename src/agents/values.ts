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
  if (!value.endsWith("Z") && !/[+-]\d\d:?\d\d$/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

const LETTER_T = 84;
const HOUR_MS = 3_600_000;

let lastHour = NaN;
let lastHourText = "";

/** The UTC hour of an instant, as `2026-01-23T00`. */
export function hourOf(time: number): string {
  const hour = Math.floor(time / HOUR_MS);
  // Neighbours share their hour.
  if (hour !== lastHour) {
    lastHour = hour;
    lastHourText = new Date(hour * HOUR_MS).toISOString().slice(0, -11);
  }
  return lastHourText;
}
