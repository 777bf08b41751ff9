/**
 * A collector that ended unexpectedly several times in a row reads nothing for a while, longer each time. Pure.
 *
 * @module
 */

import type { CollectorInfo } from "./lock.ts";

/** One that ran for so long, in ms, was well: what comes after is not in a row with what came before. */
const WELL = 10 * 60_000;
/** The longest pause, ms. */
const LONGEST = 5 * 60_000;

/** What is known of the collectors before. */
export interface Crashes {
  /** How many in a row, up to the last one, ended unexpectedly. */
  readonly count: number;
  /** How long to wait before anything is read, ms. */
  readonly pause: number;
}

/**
 * What the `collector.json` says that was found where no collector runs: one that ends in order removes it.
 *
 * @param left what it says, `undefined` if there is none
 * @param now ms since the epoch
 */
export function crashesOf(left: CollectorInfo | undefined, now: number): Crashes {
  if (left === undefined) return { count: 0, pause: 0 };
  const count = (now - left.startedAt < WELL ? left.crashes ?? 0 : 0) + 1;
  // Once is nothing: a machine was switched off.
  return { count, pause: count === 1 ? 0 : Math.min(LONGEST, 1_000 * 2 ** count) };
}
