/**
 * When a remote that did not answer well is tried again.
 *
 * @module
 */

/** The first wait, ms; each further failure doubles it, up to the cap. */
const BASE = 1_000;
const CAP = 300_000;
/** A remote that refuses is tried again after so long, ms; it is usually its configuration. */
const PAUSE = 600_000;
/** After so many failures in a row a remote is down. */
const DOWN_AFTER = 5;

/**
 * How long to wait after so many failures in a row, ms: full jitter, so that a fleet does not come back all at once
 * (reliability of the backoff: AWS Architecture Blog, "Exponential Backoff And Jitter").
 *
 * @param random from 0 to 1
 */
export function backoff(failures: number, random: number, retryAfter = 0): number {
  const most = Math.min(CAP, BASE * 2 ** Math.min(failures - 1, 20));
  return Math.max(retryAfter, Math.round(100 + random * most));
}

/** How long a remote that refuses is left alone, ms. */
export const REFUSED_PAUSE = PAUSE;

/** Whether so many failures in a row mean that a remote is down, and not only slow. */
export function isDown(failures: number): boolean {
  return failures >= DOWN_AFTER;
}
