/**
 * Counts which events sources hold, and of which sessions, while a transaction is open.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";

/** So many pairs of source and session are kept in mind. */
const MAX_PAIRS = 50_000;

/** What sources hold. */
export class SourceLedger {
  readonly #putSession: StatementSync;
  /** Pairs of source and session that are known to be stored. */
  #pairs = new Set<string>();
  #lastSource = 0;
  #lastSession = 0;
  #held = new Map<number, number>();

  /** @param putSession stores a pair of source and session, unless it is there */
  constructor(putSession: StatementSync) {
    this.#putSession = putSession;
  }

  /** Forgets all: a transaction was rolled back. */
  forget(): void {
    this.#pairs = new Set();
    this.#lastSource = 0;
    this.#held = new Map();
  }

  /** Notes that a source shows events of a session. */
  own(source: number, session: number): void {
    if (source === this.#lastSource && session === this.#lastSession) return;
    this.#lastSource = source;
    this.#lastSession = session;
    const pair = `${source}:${session}`;
    if (this.#pairs.has(pair)) return;
    this.#putSession.run(source, session);
    if (this.#pairs.size > MAX_PAIRS) this.#pairs.clear();
    this.#pairs.add(pair);
  }

  /** Notes that a source holds so many events more, or fewer. */
  hold(source: number, difference: number): void {
    this.#held.set(source, (this.#held.get(source) ?? 0) + difference);
  }

  /** By source: how many events more or fewer it holds since this was last called. */
  takeHeld(): Map<number, number> {
    const held = this.#held;
    this.#held = new Map();
    return held;
  }
}
