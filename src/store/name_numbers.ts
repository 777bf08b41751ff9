/**
 * Strings as small numbers, on the side that makes batches; `names.ts` is the other side.
 *
 * @module
 */

/**
 * Gives each different string a small number, from 1. Builders that share one can be used in
 * turn; the names that are new travel with the batch that is taken next.
 */
export class NameNumbers {
  readonly #numbers = new Map<string, number>();
  fresh: string[] = [];

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(text, number);
    this.fresh.push(text);
    return number;
  }

  get size(): number {
    return this.#numbers.size;
  }
}
