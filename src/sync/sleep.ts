/**
 * Notices that the machine was asleep.
 *
 * @module
 */

/** Wall clock and monotonic clock apart by more than this: the machine was asleep, ms. */
const APART = 30_000;

/** Compares the two clocks from one look to the next. */
export class SleepDetector {
  #difference: number | undefined;

  /**
   * Whether the machine was asleep, or its clock was set, since this was last asked.
   *
   * @param wall ms since the epoch
   * @param monotonic of a clock that stands still in sleep, ms
   */
  wasAsleep(wall: number, monotonic: number): boolean {
    const difference = wall - monotonic;
    const before = this.#difference ?? difference;
    this.#difference = difference;
    return Math.abs(difference - before) > APART;
  }
}
