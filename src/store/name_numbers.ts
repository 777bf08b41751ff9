/**
 * Strings as small numbers, on the side that makes batches; `names.ts` is the other side.
 *
 * @module
 */

import { hashText } from "../events/id.ts";

/**
 * Gives each different string a small number, from 1, and remembers a hash of it. Builders that share one can be used in
 * turn; the names that are new travel with the batch that is taken next.
 */
export class NameNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #high: number[] = [0];
  readonly #low: number[] = [0];
  fresh: string[] = [];

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(text, number);
    const hash = hashText(text);
    this.#high.push(parseInt(hash.slice(0, 8), 16));
    this.#low.push(parseInt(hash.slice(8), 16));
    this.fresh.push(text);
    return number;
  }

  get size(): number {
    return this.#numbers.size;
  }

  high(number: number): number {
    return this.#high[number]!;
  }

  low(number: number): number {
    return this.#low[number]!;
  }
}
