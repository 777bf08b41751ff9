/**
 * When a source that could not be read is tried again.
 *
 * @module
 */

import type { Failure } from "./batch.ts";

const SOON = 1_000;
/** Whoever writes a document is done with it soon, or was ended in its middle. */
const IN_A_MOMENT = 3_000;
const LATER = 600_000;
const NEXT_DAY = 86_400_000;

/** The time of the next try, ms since the epoch; `null` if only a change of the source calls for one. */
export function nextTry(kind: Failure["kind"], now: number): number | null {
  switch (kind) {
    case "busy":
      return now + SOON;
    case "unfinished":
      return now + IN_A_MOMENT;
    case "failed":
    case "damaged":
      return now + LATER;
    case "set-aside":
      // Three kills by someone else look the same; nothing must be left unread for that.
      return now + NEXT_DAY;
    case "gone":
    case "refused":
      return null;
  }
}
