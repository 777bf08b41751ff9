/**
 * Damages a store that a sync has made, and lets another sync put it right.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { makeCollector } from "./collecting.ts";
import { fillHome, temporaryFolder } from "./home.ts";
import { assertSameState, checkStore, readState, type StoreState } from "./store_state.ts";
import { walFrames } from "./wal.ts";

/** A home, and the store of a finished sync: one half of it in the database, the other in its log. */
export class DamagedStore implements Disposable {
  readonly #folder: ReturnType<typeof temporaryFolder>;
  readonly home: string;
  readonly store: string;
  readonly database: Uint8Array;
  readonly log: Uint8Array;
  /** What the store said before it was damaged. */
  readonly state: StoreState;

  static async make(bytes: number): Promise<DamagedStore> {
    const folder = temporaryFolder();
    const home = folder.path;
    Deno.mkdirSync(`${home}/store`);
    fillHome(home, bytes / 2, 2, 5);
    await makeCollector(home, true).run();
    const store = `${home}/store/devlog.db`;
    const database = new DatabaseSync(store);
    database.exec("pragma wal_checkpoint(truncate)");
    database.close();
    fillHome(home, bytes / 2, 3, 6);
    await makeCollector(home, true).run();
    return new DamagedStore(folder, store);
  }

  private constructor(folder: ReturnType<typeof temporaryFolder>, store: string) {
    this.#folder = folder;
    this.home = folder.path;
    this.store = store;
    this.database = Deno.readFileSync(store);
    this.log = Deno.readFileSync(`${store}-wal`);
    // Looking at it folds in the log: what was is restored for each damage.
    this.state = readState(store);
  }

  /** How many transactions' ends the log holds up to a byte; a cut behind the last loses nothing. */
  get committedBytes(): number {
    return walFrames(this.log).committedBytes;
  }

  /** Puts the store there as it was, but with this database and log, and syncs. */
  async sync(database: Uint8Array, log: Uint8Array): Promise<readonly string[]> {
    for (const { name } of [...Deno.readDirSync(`${this.home}/store`)]) {
      Deno.removeSync(`${this.home}/store/${name}`);
    }
    Deno.writeFileSync(this.store, database);
    Deno.writeFileSync(`${this.store}-wal`, log);
    const notes: string[] = [];
    await makeCollector(this.home, true, notes).run();
    return notes;
  }

  /** The same as {@link sync}; then the store must be what it was. */
  async syncToSame(database: Uint8Array, log: Uint8Array): Promise<void> {
    await this.sync(database, log);
    checkStore(this.store);
    assertSameState(readState(this.store), this.state);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** A copy with one bit turned over. */
export function flipBit(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 1 << bit;
  return copy;
}
