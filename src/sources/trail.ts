/**
 * Remembers the bytes of a source that identify it while it is read: its head, and the ones just behind.
 *
 * @module
 */

import { hashBytes } from "../events/hash.ts";
import { HEAD_LENGTH, type SourceCursor, START, TAIL_LENGTH } from "./cursor.ts";

/** The head and the last bytes of what has been read of a source, from its start to an offset. */
export class Trail {
  #offset = 0;
  readonly #head = new Uint8Array(HEAD_LENGTH);
  readonly #tail = new Uint8Array(TAIL_LENGTH);

  /** A trail that goes on at `offset`: `head` are the first bytes up to it, `tail` the last ones before it. */
  static at(offset: number, head: Uint8Array, tail: Uint8Array): Trail {
    const trail = new Trail();
    trail.#offset = offset;
    trail.#head.set(head);
    trail.#tail.set(tail, TAIL_LENGTH - tail.length);
    return trail;
  }

  /** Bytes so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes the bytes that follow. */
  add(bytes: Uint8Array): void {
    if (this.#offset < HEAD_LENGTH) {
      this.#head.set(bytes.subarray(0, HEAD_LENGTH - this.#offset), this.#offset);
    }
    // The tail is kept at the end of its array, so that it grows and moves the same way.
    if (bytes.length < TAIL_LENGTH) {
      this.#tail.copyWithin(0, bytes.length);
      this.#tail.set(bytes, TAIL_LENGTH - bytes.length);
    } else {
      this.#tail.set(bytes.subarray(bytes.length - TAIL_LENGTH));
    }
    this.#offset += bytes.length;
  }

  /** An independent copy. */
  copy(): Trail {
    return Trail.at(this.#offset, this.#head, this.#tail);
  }

  /** The cursor at the end of the trail. */
  cursor(): SourceCursor {
    if (this.#offset === 0) return START;
    const headLength = Math.min(this.#offset, HEAD_LENGTH);
    return {
      offset: this.#offset,
      headLength,
      headHash: hashBytes(this.#head.subarray(0, headLength)),
      tailHash: hashBytes(this.#tail.subarray(TAIL_LENGTH - Math.min(this.#offset, TAIL_LENGTH))),
    };
  }

  /** Whether what has been read is what a cursor says. */
  fits(cursor: SourceCursor): boolean {
    const own = this.cursor();
    return own.offset === cursor.offset && own.tailHash === cursor.tailHash &&
      cursor.headLength <= own.headLength &&
      hashBytes(this.#head.subarray(0, cursor.headLength)) === cursor.headHash;
  }
}
