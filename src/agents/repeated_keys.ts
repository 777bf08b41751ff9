/**
 * Keys of records that have no ids: two can say the same at the same time.
 *
 * @module
 */

/** Tells the second record of a key, and all later ones, from the first. */
export class RepeatedKeys {
  readonly #counts: Map<string, number>;

  /** @param saved what `save()` of an earlier one returned */
  constructor(saved?: unknown) {
    this.#counts = new Map(saved as [string, number][] | undefined);
  }

  /** The key of the next record that would have this one. */
  next(key: string): string {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count === 1 ? key : `${key}:${count}`;
  }

  /** How often each key was given, as plain JSON. */
  save(): unknown {
    return [...this.#counts];
  }
}
