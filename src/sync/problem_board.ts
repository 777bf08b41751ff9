/**
 * The problems that `status` shows: each is told and stored once, and taken down when it is solved.
 *
 * @module
 */

import type { Problem } from "../store/writer.ts";

/** What is shown of a problem. */
export type ProblemText = Omit<Problem, "key">;

/** Where problems go. */
export interface ProblemStore {
  raise(problem: Problem): Promise<void>;
  solve(key: string): Promise<void>;
  /** Tells a person. */
  note(message: string): void;
}

/** Shows problems, by their keys. */
export class ProblemBoard {
  readonly #store: ProblemStore;
  /** The message of each problem that is shown. */
  readonly #shown = new Map<string, string>();
  #isClosed = false;

  constructor(store: ProblemStore) {
    this.#store = store;
  }

  /** Shows a problem, or no longer (`undefined`), if that is news. */
  show(key: string, problem: ProblemText | undefined): void {
    if (this.#isClosed || this.#shown.get(key) === problem?.message) return;
    if (problem === undefined) {
      this.#shown.delete(key);
      // When it can't be stored now, it is tried at the next look: no problem has an empty text.
      this.#store.solve(key).catch(() => {
        if (!this.#shown.has(key)) this.#shown.set(key, "");
      });
      return;
    }
    const { message, hint } = problem;
    this.#shown.set(key, message);
    this.#store.note(`${message} ${hint}`);
    this.#store.raise({ key, message, hint }).catch(() => {
      if (this.#shown.get(key) === message) this.#shown.delete(key);
    });
  }

  /** Problems of the last collector are none of this one until it meets them. */
  async takeDown(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#store.solve(key);
  }

  /** The store was replaced: nothing is shown in the new one. */
  forget(): void {
    this.#shown.clear();
  }

  /** Nothing is told any more. */
  close(): void {
    this.#isClosed = true;
  }
}
