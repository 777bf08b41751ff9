/**
 * A list of ids of events, 16 bytes each.
 *
 * @module
 */

/** A growing list of ids, in one buffer. */
export class IdList {
  #bytes = new Uint8Array(16 * 64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds the 16 bytes of an id and returns the new length. */
  push(id: Uint8Array): number {
    const end = this.#length * 16;
    if (end === this.#bytes.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(id, end);
    return ++this.#length;
  }

  /** The id at an index, from 0. */
  at(index: number): Uint8Array {
    return this.#bytes.subarray(index * 16, index * 16 + 16);
  }
}
