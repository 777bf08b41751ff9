/**
 * When a source that could not be read is tried again.
 *
 * @module
 */

import { TIME_GRAIN } from "../sources/stamp.ts";
import type { Failure } from "./batch.ts";

/** What changed is tried again at once, but never sooner than this behind a failure, ms … */
const REST = 1_000;
/** … and a large file, which costs more, later: a second for so many bytes, of which a core reads some 200 times as many. */
const BYTES_A_SECOND = 1 << 20;
/** Whoever writes a document is done with it soon, or was ended in its middle. */
export const IN_A_MOMENT = 3_000;
/** A change of the file shows in its stamp; these are for what does not: a bad disk, … */
const LATER = 600_000;
/** … rights on Windows, on a folder above, or that macOS asks the user for. */
const IN_A_MINUTE = 60_000;

/** How long a source that did not change is left alone, ms; `null` if only its return calls for a try. */
const PAUSES: Readonly<Record<Failure["kind"], number | null>> = {
  "busy": 1_000,
  "unfinished": LATER,
  "failed": LATER,
  "damaged": LATER,
  "refused": IN_A_MINUTE,
  // Three kills by someone else look the same; nothing must be left unread for that.
  "set-aside": 86_400_000,
  "gone": null,
};

/** The time of the next try, ms since the epoch; `null` if only a change of the source calls for one. */
export function nextTry({ kind, stamp }: Pick<Failure, "kind" | "stamp">, now: number): number | null {
  const pause = PAUSES[kind];
  if (pause === null) return null;
  const changedAt = stamp && Math.max(stamp.mtime, stamp.ctime ?? 0);
  // What comes right behind a change may leave no trace in the stamp.
  const isFresh = changedAt !== undefined && Math.abs(now - changedAt) <= TIME_GRAIN;
  return now + (isFresh ? Math.min(pause, Math.max(IN_A_MOMENT, restOf(stamp!.size))) : pause);
}

/** How long a file of so many bytes that could not be read is left alone whatever happens to it, ms. */
export function restOf(size: number): number {
  return Math.max(REST, Math.floor(size / BYTES_A_SECOND) * 1_000);
}
