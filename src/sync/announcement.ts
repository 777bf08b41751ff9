/**
 * Keeps `collector.json` up to date, which says who runs and what it is at.
 *
 * @module
 */

import { type CollectorInfo, writeCollectorInfo } from "../service/lock.ts";

/** What does not change while a collector runs. */
export type CollectorIdentity = Omit<CollectorInfo, "watching" | "phase" | "reason">;

/** Tells others. */
export class Announcement {
  readonly #path: string;
  readonly #identity: CollectorIdentity;
  #written = "";

  /** @param path of `collector.json` */
  constructor(path: string, identity: CollectorIdentity) {
    this.#path = path;
    this.#identity = identity;
  }

  /** Tells what the collector is at, if that is news. */
  tell(state: Pick<CollectorInfo, "watching" | "phase" | "reason">): void {
    const info: CollectorInfo = { ...this.#identity, ...state };
    const text = JSON.stringify(info);
    if (text === this.#written) return;
    try {
      writeCollectorInfo(this.#path, info);
      this.#written = text;
    } catch {
      // It only tells others who runs, and the disk may be full: it is tried again at the next tick.
    }
  }
}
