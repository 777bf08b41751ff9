/**
 * Opens the store: as its one writer, or to read.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { NoStoreError, NotAStoreError, StoreTooNewError, StoreTooOldError } from "./errors.ts";
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";

/** How long a statement waits for another process' lock, ms. */
const BUSY_TIMEOUT = 10_000;

/**
 * Opens the store to write, and makes or migrates it. Only the holder of the collector's lock may call this.
 *
 * @throws {StoreTooNewError} and leaves the file as it is
 * @throws {NotAStoreError} if the file belongs to another program
 */
export function openToWrite(path: string): DatabaseSync {
  const found = peek(path);
  if (found !== undefined && found > SCHEMA_VERSION) throw new StoreTooNewError(path, found, SCHEMA_VERSION);
  // The file exists with its final mode before SQLite opens it; SQLite gives -wal and -shm the same mode.
  if (found === undefined) Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
  const database = new DatabaseSync(path);
  try {
    database.exec(`
      pragma busy_timeout = ${BUSY_TIMEOUT};
      pragma page_size = 8192;
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma fullfsync = on;
      pragma checkpoint_fullfsync = on;
      pragma cache_size = -16384;
      pragma wal_autocheckpoint = 4000;
      pragma journal_size_limit = 67108864;
      pragma temp_store = memory;
    `);
    if (found !== undefined && found > 0 && found < SCHEMA_VERSION) backUp(database, path, found);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the store to read; any process may. The schema is checked again in each read transaction by
 * `readTransaction()`.
 *
 * @throws {NoStoreError} if there is none
 * @throws {StoreTooNewError} {@link StoreTooOldError} {@link NotAStoreError}
 */
export function openToRead(path: string): DatabaseSync {
  const found = peek(path);
  if (found === undefined || found === 0) throw new NoStoreError(path);
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT}; pragma query_only = on; pragma cache_size = -8192;`);
  return database;
}

/** Runs `read` in one read transaction, so that all it sees is of one moment. */
export function readTransaction<T>(database: DatabaseSync, path: string, read: () => T): T {
  database.exec("begin");
  try {
    const found = schemaVersion(database);
    if (found > SCHEMA_VERSION) throw new StoreTooNewError(path, found, SCHEMA_VERSION);
    if (found < SCHEMA_VERSION) throw new StoreTooOldError(path, found, SCHEMA_VERSION);
    return read();
  } finally {
    database.exec("commit");
  }
}

/** Runs `write` in one transaction; if it throws, nothing of it remains. */
export function writeTransaction<T>(database: DatabaseSync, write: () => T): T {
  database.exec("begin immediate");
  try {
    const result = write();
    database.exec("commit");
    return result;
  } catch (error) {
    // After a full disk or an I/O error SQLite may have rolled back by itself.
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}

/**
 * The schema version of the store: `undefined` if there is no file, 0 if it is empty. It is looked up through a read-only
 * connection, so that a store which turns out not to be for us is not changed.
 */
function peek(path: string): number | undefined {
  try {
    if (Deno.statSync(path).size === 0) return 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT}`);
    const version = schemaVersion(database);
    const application = database.prepare("pragma application_id").get()!.application_id as number;
    const isEmpty = version === 0 && database.prepare("select 1 from sqlite_master limit 1").get() === undefined;
    if (application !== APPLICATION_ID && !isEmpty) throw new NotAStoreError(path);
    return version;
  } finally {
    database.close();
  }
}

function schemaVersion(database: DatabaseSync): number {
  return database.prepare("pragma user_version").get()!.user_version as number;
}

function backUp(database: DatabaseSync, path: string, version: number): void {
  const backup = `${path}.schema-${version}.bak`;
  try {
    Deno.removeSync(backup);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  database.prepare("vacuum into ?").run(backup);
  if (Deno.build.os !== "windows") Deno.chmodSync(backup, 0o600);
}

function migrate(database: DatabaseSync): void {
  if (schemaVersion(database) === SCHEMA_VERSION) return;
  writeTransaction(database, () => {
    const from = schemaVersion(database);
    for (const { version, sql } of MIGRATIONS) {
      if (version > from) database.exec(sql);
    }
    database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${SCHEMA_VERSION};`);
    database.prepare("insert or ignore into meta values ('machine', ?)").run(crypto.randomUUID());
  });
}
