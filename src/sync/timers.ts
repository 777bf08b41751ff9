/**
 * Timers that can all be cleared at once.
 *
 * @module
 */

/** Things to do later. */
export class Timers {
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  /** Does something after `delay` ms, unless all is cleared before. */
  after(delay: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delay);
    this.#timers.add(timer);
  }

  /** Nothing of what was to be done is done any more. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
