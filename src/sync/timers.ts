/**
 * Timers that can all be cleared at once.
 *
 * @module
 */

/** Things to do later. */
export class Timers {
  readonly #timers = new Map<unknown, ReturnType<typeof setTimeout>>();

  /**
   * Does something after `delay` ms, unless all is cleared before.
   *
   * @param id if something waits under the same id, that is enough
   */
  after(delay: number, run: () => void, id: unknown = Symbol()): void {
    if (this.#timers.has(id)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(id);
      run();
    }, delay);
    this.#timers.set(id, timer);
  }

  /** Nothing of what was to be done is done any more. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
