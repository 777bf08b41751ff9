/**
 * Goes round all known places at a slow pace, so that nothing is missed where no hint comes.
 *
 * @module
 */

/** All places are visited once in this time, ms, where changes are found by looking alone … */
export const ROUND = 60_000;
/** … and where the system tells of them, and looking is for what it might have missed. */
export const CALM_ROUND = 180_000;
/** Sources changed in the last hour are looked at this often, ms … */
export const RECENT_EVERY = 2_000;
/** … but no more than so many of them. */
export const RECENT_LIMIT = 200;
const RECENT = 3_600_000;

/** Hands out the places of a round, evenly over its time. */
export class Round<T> {
  #places: readonly T[] = [];
  #next = 0;
  #startedAt = 0;

  /**
   * @param listPlaces lists all places, at the start of each round
   * @param duration of a round, ms; it may be changed at any time
   */
  constructor(readonly listPlaces: () => readonly T[], public duration: number = ROUND) {}

  /** The places whose turn it is. */
  due(now: number): readonly T[] {
    if (this.#next >= this.#places.length && now - this.#startedAt >= this.duration) {
      this.#places = this.listPlaces();
      this.#next = 0;
      this.#startedAt = now;
    }
    const passed = Math.min(1, (now - this.#startedAt) / this.duration);
    const until = Math.max(this.#next, Math.ceil(passed * this.#places.length));
    const due = this.#places.slice(this.#next, until);
    this.#next = until;
    return due;
  }
}

/** The sources that changed within the last hour, the latest first. */
export function recentlyChanged<T extends { readonly stamp: { readonly mtime: number } }>(
  sources: Iterable<T>,
  now: number,
): T[] {
  const recent: T[] = [];
  for (const source of sources) {
    if (now - source.stamp.mtime < RECENT) recent.push(source);
  }
  recent.sort((a, b) => b.stamp.mtime - a.stamp.mtime);
  return recent.slice(0, RECENT_LIMIT);
}
