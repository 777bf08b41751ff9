/**
 * The sources that wait to be read, in the order in which they should be.
 *
 * @module
 */

import type { CatalogSource } from "./catalog.ts";
import { compareUrgency } from "./plan.ts";

/** What more may be under way. */
export interface Room {
  /** How many sources. */
  readonly sources: number;
  readonly bytes: number;
}

/** What waits: history, and suspects, which are read after it and alone. */
export class SourceQueue {
  readonly #deletesAfterDaysOf: (source: CatalogSource) => number | undefined;
  /** Most urgent last. */
  #history: CatalogSource[] = [];
  #isSorted = true;
  /** In the order in which they came. */
  #suspects: CatalogSource[] = [];
  readonly #ids = new Set<number>();

  /** @param deletesAfterDaysOf after how many days the agent deletes the file of a source */
  constructor(deletesAfterDaysOf: (source: CatalogSource) => number | undefined) {
    this.#deletesAfterDaysOf = deletesAfterDaysOf;
  }

  /** How many wait. */
  get size(): number {
    return this.#ids.size;
  }

  /** Whether a source waits. */
  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /**
   * Adds a source; it must not wait yet.
   *
   * @param isSuspect reading it may end the process: nothing else is under way then
   */
  add(source: CatalogSource, isSuspect: boolean): void {
    this.#ids.add(source.id);
    if (isSuspect) {
      this.#suspects.push(source);
      return;
    }
    this.#history.push(source);
    this.#isSorted = false;
  }

  /** A source that waits changed just now: it is the next of history. */
  hurry(source: CatalogSource): void {
    const index = this.#history.indexOf(source);
    // What is not in order yet is put in order by the times of the files, and this one is the newest.
    if (index === -1 || !this.#isSorted) return;
    this.#history.splice(index, 1);
    this.#history.push(source);
  }

  /**
   * Takes the most urgent of history, as long as there is room.
   *
   * @param now ms since the epoch
   */
  takeHistory(room: Room, now: number): CatalogSource[] {
    const taken: CatalogSource[] = [];
    let { sources, bytes } = room;
    if (!this.#isSorted) this.#sort(now);
    while (this.#history.length > 0 && sources > 0 && bytes > 0) {
      const source = this.#history.pop()!;
      this.#ids.delete(source.id);
      taken.push(source);
      sources--;
      bytes -= unreadBytes(source);
    }
    return taken;
  }

  /** Takes the suspect that has waited longest. */
  takeSuspect(): CatalogSource | undefined {
    const source = this.#suspects.shift();
    if (source !== undefined) this.#ids.delete(source.id);
    return source;
  }

  /** A source waits no more. */
  remove(id: number): void {
    if (!this.#ids.delete(id)) return;
    this.#history = this.#history.filter((source) => source.id !== id);
    this.#suspects = this.#suspects.filter((source) => source.id !== id);
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#history = [];
    this.#suspects = [];
    this.#ids.clear();
  }

  #sort(now: number): void {
    const candidates = this.#history.map((source) => ({
      source,
      mtime: source.stamp.mtime,
      deletesAfterDays: this.#deletesAfterDaysOf(source),
    }));
    candidates.sort((a, b) => compareUrgency(b, a, now));
    this.#history = candidates.map(({ source }) => source);
    this.#isSorted = true;
  }
}

/**
 * How much of a source is to be read, as far as is known before it is opened.
 *
 * @param size of the file now, bytes
 */
export function unreadBytes(source: CatalogSource, size: number = source.stamp.size): number {
  switch (source.format) {
    case "jsonl":
    case "text":
      return Math.max(0, size - source.cursor.offset);
    case "database":
      // Once it was read whole, only what changed is read of it.
      return source.status === "synced" && source.readAt > 0 ? 0 : size;
    default:
      return size;
  }
}
