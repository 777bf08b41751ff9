/**
 * Reads the store: what commands and the main thread of the collector use. It never writes and blocks no writer.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { openToRead, readTransaction } from "./open.ts";

/** A read-only connection. What is read with it are the functions of this folder that take one. */
export class StoreReader implements Disposable {
  readonly path: string;
  readonly #database: DatabaseSync;

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
  }

  /**
   * Opens the store at `path`.
   *
   * @throws {NoStoreError} if there is none
   * @throws {StoreTooNewError} {@link StoreTooOldError} {@link NotAStoreError}
   */
  static open(path: string): StoreReader {
    return new StoreReader(path, openToRead(path));
  }

  /**
   * Runs `read` so that all it sees is of one moment; keep it short, as the write-ahead log can't be folded in meanwhile.
   * A read within a read sees the same moment.
   *
   * @throws {StoreTooNewError} {@link StoreTooOldError} if another version has taken the store since it was opened
   */
  read<T>(read: (database: DatabaseSync) => T): T {
    const database = this.#database;
    return database.isTransaction
      ? read(database)
      : readTransaction(database, this.path, () => read(database));
  }

  /** A number that differs from the last one if another connection has committed in between. It reads no table. */
  dataVersion(): number {
    return this.#database.prepare("pragma data_version").get()!.data_version as number;
  }

  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
