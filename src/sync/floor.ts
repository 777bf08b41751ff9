/**
 * From when on events are wanted. Kept in one place for as long as the collector runs, whatever else is made anew.
 *
 * @module
 */

import type { SyncConfig } from "../config/config.ts";

const DAY = 86_400_000;

/** The time from which on events are wanted, ms since the epoch: so many days before `now`, or 0 (all) for 0 days. */
export function collectFromOf(days: number, now: number): number {
  return days === 0 ? 0 : now - days * DAY;
}

/** The time from which on the configuration wants events: without history, from `now`. */
export function configuredFloor(
  { historical_sync, initial_sync_days }: Pick<SyncConfig, "historical_sync" | "initial_sync_days">,
  now: number,
): number {
  return historical_sync ? collectFromOf(initial_sync_days, now) : now;
}

/** What the configuration says of the floor, as a text that is compared. */
export function floorText({ historical_sync, initial_sync_days }: SyncConfig): string {
  return historical_sync ? `${initial_sync_days}` : "none";
}

/** The floor: what was set last, or what was asked for beyond that. Times are ms since the epoch, 0 for all. */
export class Floor {
  #set: number;
  #asked = Infinity;

  /** @param collectFrom what the collector is started with */
  constructor(collectFrom: number) {
    this.#set = collectFrom;
  }

  /** Events from this time on are wanted. */
  get collectFrom(): number {
    return Math.min(this.#set, this.#asked);
  }

  /**
   * The configuration says something else now. A later floor counts for sources that are found from now on. Returns
   * whether older events are wanted than before.
   */
  set(collectFrom: number): boolean {
    const before = this.collectFrom;
    this.#set = collectFrom;
    return this.collectFrom < before;
  }

  /** Somebody asks for older events, once and for all. Returns whether that is news. */
  ask(collectFrom: number): boolean {
    const before = this.collectFrom;
    this.#asked = Math.min(this.#asked, collectFrom);
    return this.collectFrom < before;
  }
}
