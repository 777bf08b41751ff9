/**
 * Looks into the store from outside, as another process' read-only connection does.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { EVENT_TYPES } from "../../src/events/event.ts";
import type { EventCounts } from "./home/transcript.ts";
import { pause } from "./proc.ts";
import type { Collector } from "./program.ts";

/** A read-only connection to a store. */
export class StoreReader implements Disposable {
  readonly #database: DatabaseSync;
  readonly #has: StatementSync;
  readonly #count: StatementSync;
  readonly #last: StatementSync;

  /** @throws {Error} if there is no store, or one without tables */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
    this.#database.exec("pragma busy_timeout = 5000");
    this.#has = this.#database.prepare("select 1 from events where id = ?");
    this.#count = this.#database.prepare("select events from counters");
    this.#last = this.#database.prepare("select seq from counters");
  }

  /** Whether an event is committed. */
  has(id: Uint8Array): boolean {
    return this.#has.get(id) !== undefined;
  }

  /** How many events are committed. */
  count(): number {
    return this.#count.get()!.events as number;
  }

  /** The number of the last event that was stored or changed. */
  lastSeq(): number {
    return this.#last.get()!.seq as number;
  }

  /** How many events of each type are committed. */
  countByType(): EventCounts {
    const rows = this.#database.prepare("select type, count(*) as number from events group by type").all();
    return Object.fromEntries(rows.map(({ type, number }) => [EVENT_TYPES[type as number], number]));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** How long a collector may take until it has a store, and until its first event is there, in ms. */
const PATIENCE = 30_000;

/** Connects to a store as soon as the collector has made it. @throws {Error} if it makes none */
export async function connect(path: string, collector: Collector): Promise<StoreReader> {
  const started = performance.now();
  while (true) {
    await collector.assertRuns();
    try {
      return new StoreReader(path);
    } catch (cause) {
      if (performance.now() - started > PATIENCE) throw new Error("The collector makes no store", { cause });
      await pause(5);
    }
  }
}

/** Waits until the store has events and has had no new ones for `quiet` milliseconds. @throws {Error} if it gets none */
export async function waitUntilQuiet(
  reader: StoreReader,
  collector: Collector,
  quiet = 3_000,
): Promise<void> {
  let count = 0;
  let since = performance.now();
  while (count === 0 || performance.now() - since < quiet) {
    await collector.assertRuns();
    if (count === 0 && performance.now() - since > PATIENCE) throw new Error("The collector stores no event");
    const now = reader.count();
    if (now !== count) since = performance.now();
    count = now;
    await pause(100);
  }
}

/** Bytes of a store on the disk, its write-ahead log included. */
export function measureStore(path: string): number {
  return [path, `${path}-wal`].reduce((bytes, file) => {
    try {
      return bytes + Deno.statSync(file).size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return bytes;
      throw error;
    }
  }, 0);
}

/** Where what was found differs from what was expected: `llm_request 12 of 13`; empty if nowhere. */
export function compareCounts(found: EventCounts, expected: EventCounts): string {
  return EVENT_TYPES
    .filter((type) => (found[type] ?? 0) !== (expected[type] ?? 0))
    .map((type) => `${type} ${found[type] ?? 0} of ${expected[type] ?? 0}`)
    .join(", ");
}
