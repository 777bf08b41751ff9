/**
 * The sources that the reader has, or whose end is not committed yet.
 *
 * @module
 */

import type { CatalogSource } from "./catalog.ts";

/** A source that is being read. */
export interface Reading {
  readonly source: CatalogSource;
  /** It is read ahead of history. */
  readonly isLive: boolean;
  /** How much there is to read of it. */
  readonly bytes: number;
  /** It changed, or a part of it was not committed: look at it once more. */
  again: boolean;
  /** It changed just now: what is new is read ahead of history. */
  changedNow: boolean;
}

/** What is under way, by the id of the source. */
export class UnderWay {
  readonly #readings = new Map<number, Reading>();
  #historyBytes = 0;

  /** How many sources are under way. */
  get size(): number {
    return this.#readings.size;
  }

  /** The bytes of those that are history. */
  get historyBytes(): number {
    return this.#historyBytes;
  }

  /** The sources. */
  get sources(): readonly CatalogSource[] {
    return [...this.#readings.values()].map(({ source }) => source);
  }

  get(id: number): Reading | undefined {
    return this.#readings.get(id);
  }

  /** A source is handed to the reader. */
  add(source: CatalogSource, isLive: boolean, bytes: number): void {
    this.#readings.set(source.id, { source, isLive, bytes, again: false, changedNow: isLive });
    if (!isLive) this.#historyBytes += bytes;
  }

  /** Notes that a source is to be looked at once more. Returns `false` if it is not under way. */
  noteAgain(id: number): boolean {
    const reading = this.#readings.get(id);
    if (reading !== undefined) reading.again = true;
    return reading !== undefined;
  }

  /**
   * Notes that a source changed just now: what is new is read as soon as what is under way is committed.
   *
   * @returns what it was under way as till now, `undefined` if it is not
   */
  noteChange(id: number): "history" | "live" | undefined {
    const reading = this.#readings.get(id);
    if (reading === undefined) return undefined;
    const before = reading.changedNow ? "live" : "history";
    reading.again = reading.changedNow = true;
    return before;
  }

  /** A source was read to its end, or given up. Returns what it was. */
  finish(id: number): Reading | undefined {
    const reading = this.#readings.get(id);
    if (reading === undefined) return undefined;
    this.#readings.delete(id);
    if (!reading.isLive) this.#historyBytes -= reading.bytes;
    return reading;
  }

  /** The threads have ended: nothing is under way. */
  clear(): void {
    this.#readings.clear();
    this.#historyBytes = 0;
  }
}
