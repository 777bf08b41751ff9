/**
 * The pause while the store can't be written: each one that follows at once is twice as long.
 *
 * @module
 */

import { Timers } from "./timers.ts";

/** How long to wait before the store is tried again, ms: at first, and at the most. */
const LENGTHS = { first: 1_000, last: 60_000 } as const;

/** Who hears of a pause. */
export interface PauseListener {
  /** Why nothing can be stored now; `undefined`: it works again. */
  onPause(reason: string | undefined): void;
  /** The pause is over: try again. Whether it works shows then. */
  onRetry(): void;
}

/** A pause, or none. */
export class StorePause {
  readonly #listener: PauseListener;
  readonly #lengths: { readonly first: number; readonly last: number };
  readonly #timers = new Timers();
  /** Of the last pause; 0 if something was written since. */
  #length = 0;
  #isOn = false;
  #over = Promise.withResolvers<void>();

  /** @param lengths of the first pause and of the longest, ms */
  constructor(
    listener: PauseListener,
    lengths: { readonly first: number; readonly last: number } = LENGTHS,
  ) {
    this.#listener = listener;
    this.#lengths = lengths;
  }

  /** Whether the store can't be written now. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Resolves when the pause is over. */
  get over(): Promise<void> {
    return this.#isOn ? this.#over.promise : Promise.resolve();
  }

  /** The store could not be written. */
  begin(reason: string): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#over = Promise.withResolvers();
    this.#listener.onPause(reason);
    const { first, last } = this.#lengths;
    this.#length = Math.min(last, this.#length === 0 ? first : 2 * this.#length);
    this.#timers.after(this.#length, () => {
      this.end();
      this.#listener.onRetry();
    });
  }

  /** Something was written. */
  noteWritten(): void {
    if (this.#length === 0) return;
    this.#length = 0;
    this.#listener.onPause(undefined);
  }

  /** Ends it early: the store was replaced, or nobody will try again. */
  end(): void {
    this.#timers.clear();
    this.#isOn = false;
    this.#over.resolve();
  }
}
