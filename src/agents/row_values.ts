/**
 * Reads values of the rows of databases.
 *
 * @module
 */

import { asInstant } from "./values.ts";

/** From here on a number since the epoch counts milliseconds, not seconds: the year 2286 in seconds. */
const MILLISECONDS = 1e10;

/** The last instant that there is, ms since the epoch (ECMAScript, "Time Values and Time Range"). */
const LATEST = 8.64e15;

/**
 * Ms since the epoch: of a number of seconds or milliseconds, of an instant, or of what SQLite's `current_timestamp`
 * writes, which is UTC.
 */
export function timeOfValue(value: unknown): number | undefined {
  if (typeof value === "number") {
    if (!(value > 0 && value <= LATEST)) return undefined;
    return Math.round(value < MILLISECONDS ? value * 1000 : value);
  }
  if (typeof value !== "string") return undefined;
  return asInstant(value) ?? (SQLITE_TIME.test(value) ? asInstant(`${value.replace(" ", "T")}Z`) : undefined);
}

const SQLITE_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?$/;

/** The text in a column, `undefined` where there is none. */
export function textOfValue(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
