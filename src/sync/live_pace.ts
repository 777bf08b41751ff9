/**
 * Keeps a source that changes all the time from being read all the time.
 *
 * @module
 */

import { Timers } from "./timers.ts";

/** A source that changes all the time is read at most this often, ms. */
export const LIVE_EVERY = 100;
/** So many sources are remembered; then all are forgotten, which costs no more than a reading too many. */
const REMEMBERED = 10_000;

/** The pace of sources that are read at once. */
export class LivePace {
  readonly #lastRead = new Map<number, number>();
  readonly #timers = new Timers();

  /**
   * Asks whether a source may be read at once, and takes it as read if so. Otherwise `later` is called when it may.
   *
   * @param id of the source
   * @param now of the monotonic clock, ms
   */
  admits(id: number, now: number, later: () => void): boolean {
    const wait = (this.#lastRead.get(id) ?? -Infinity) + LIVE_EVERY - now;
    if (wait <= 0) {
      if (this.#lastRead.size >= REMEMBERED) this.#lastRead.clear();
      this.#lastRead.set(id, now);
      return true;
    }
    this.#timers.after(wait, later, id);
    return false;
  }

  /** No source that waits is read any more. */
  clear(): void {
    this.#timers.clear();
  }
}
