/**
 * Asks the running collector for something, also one that has only just been started.
 *
 * @module
 */

import { NoStoreError, StoreTooOldError } from "../store/errors.ts";
import {
  makeRequest,
  pollRequest,
  type RequestArguments,
  type RequestKind,
  type RequestState,
} from "../store/requests.ts";

/** One request to whichever collector holds the lock. */
export class CollectorRequest {
  readonly #store: string;
  readonly #kind: RequestKind;
  readonly #arguments: RequestArguments;
  #id: number | undefined;

  /** @param store path of the store; it need not exist yet */
  constructor(store: string, kind: RequestKind, args: RequestArguments = {}) {
    this.#store = store;
    this.#kind = kind;
    this.#arguments = args;
  }

  /**
   * Makes the request if it is not made yet, and says how far it is. `undefined`: the collector has not made or migrated
   * its store yet, or has replaced it; ask again in a moment. A collector answers `failed` to what was asked of the one
   * before it.
   *
   * @param now ms since the epoch
   */
  poll(now: number): RequestState | undefined {
    try {
      this.#id ??= makeRequest(this.#store, this.#kind, this.#arguments, now);
      const state = pollRequest(this.#store, this.#id);
      if (state === undefined) this.#id = undefined;
      return state;
    } catch (error) {
      if (error instanceof NoStoreError || error instanceof StoreTooOldError) return undefined;
      throw error;
    }
  }
}
