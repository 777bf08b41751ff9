/**
 * Removes events that are older than the user wants to keep them.
 *
 * @module
 */

/** How often old events are looked for, ms, and how many are removed in one transaction. */
const EVERY = 3_600_000;
const ROWS = 2_000;
const DAY = 86_400_000;

/** Removes up to `limit` events before `horizon` (ms since the epoch) and returns how many there were. */
export type Prune = (horizon: number, limit: number) => Promise<number>;

/** Prunes once an hour. */
export class Pruning {
  #next = 0;

  /** Whether it is time; `now` is ms since the epoch. */
  isDue(now: number): boolean {
    return now >= this.#next;
  }

  /**
   * Prunes, in short transactions.
   *
   * @param days how long events are kept; 0 is for ever
   * @param isEnding leaves the rest for the next time
   */
  async run(now: number, days: number, prune: Prune, isEnding: () => boolean): Promise<void> {
    this.#next = now + EVERY;
    if (days === 0) return;
    while (await prune(now - days * DAY, ROWS) > 0) {
      if (isEnding()) return;
    }
  }
}
