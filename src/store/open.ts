/**
 * Opens the store: as its one writer, or to read.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { THIS_OS } from "../platform/environment.ts";
import {
  classifyTrouble,
  NoStoreError,
  NotAStoreError,
  StoreTooNewError,
  StoreTooOldError,
} from "./errors.ts";
import { APPLICATION_ID, type Migration, MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";

/** How long a statement waits for another process' lock, ms. */
const BUSY_TIMEOUT = 10_000;

/**
 * Opens the store to write, and makes or migrates it. Only the holder of the collector's lock may call this.
 *
 * @param migrations those that lead to the schema to work with
 * @throws {StoreTooNewError} and leaves the file as it is
 * @throws {NotAStoreError} if the file belongs to another program
 */
export function openToWrite(path: string, migrations = MIGRATIONS): DatabaseSync {
  const found = peek(path);
  const wanted = migrations.at(-1)!.version;
  if (found !== undefined && found > wanted) throw new StoreTooNewError(path, found, wanted);
  // The file has its mode before SQLite opens it to write; SQLite gives -wal and -shm the same one.
  if (found === undefined) Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
  else makePrivate(path);
  if (found !== undefined && found > 0 && found < wanted) backUp(path, found);
  const database = new DatabaseSync(path);
  try {
    database.exec(`
      pragma busy_timeout = ${BUSY_TIMEOUT};
      pragma page_size = 4096;
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma fullfsync = on;
      pragma checkpoint_fullfsync = on;
      pragma cache_size = -8192;
      pragma wal_autocheckpoint = 8000;
      pragma journal_size_limit = 67108864;
      pragma temp_store = memory;
    `);
    migrate(database, migrations);
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
  database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT}; pragma query_only = on; pragma cache_size = -2048;`);
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
  try {
    return look(path, true);
  } catch (error) {
    // Whoever was killed while it made the store left a journal to roll back; that takes a connection that may write.
    if (classifyTrouble(error) !== "io" || !exists(`${path}-journal`)) throw error;
    return look(path, false);
  }
}

function look(path: string, readOnly: boolean): number {
  const database = new DatabaseSync(path, { readOnly });
  try {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT}`);
    const version = schemaVersion(database);
    const application = database.prepare("pragma application_id").get()!.application_id as number;
    const isEmpty = version === 0 &&
      database.prepare("select 1 from sqlite_master limit 1").get() === undefined;
    if (application !== APPLICATION_ID && !isEmpty) throw new NotAStoreError(path);
    return version;
  } finally {
    database.close();
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function schemaVersion(database: DatabaseSync): number {
  return database.prepare("pragma user_version").get()!.user_version as number;
}

/**
 * Copies the store as it is to `<path>.schema-<version>.bak`. `VACUUM INTO` won't do: it attaches a database, which Deno
 * refuses to a program that doesn't have all permissions.
 */
function backUp(path: string, version: number): void {
  const backup = `${path}.schema-${version}.bak`;
  const database = new DatabaseSync(path);
  try {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT}`);
    const { busy } = database.prepare("pragma wal_checkpoint(truncate)").get()!;
    if (busy !== 0) {
      throw new Error(`database is locked: ${path} is being read, so that it can't be backed up`);
    }
    // All is in the file now, and nobody can commit while it is copied.
    database.exec("begin immediate");
    Deno.copyFileSync(path, `${backup}.new`);
    makePrivate(`${backup}.new`);
    Deno.renameSync(`${backup}.new`, backup);
  } finally {
    // Reading the file by ourselves has dropped this process' locks on it (POSIX), so this connection must not go on.
    database.close();
  }
}

function makePrivate(path: string): void {
  if (THIS_OS !== "windows") Deno.chmodSync(path, 0o600);
}

function migrate(database: DatabaseSync, migrations: readonly Migration[]): void {
  const wanted = migrations.at(-1)!.version;
  if (schemaVersion(database) === wanted) return;
  writeTransaction(database, () => {
    const from = schemaVersion(database);
    for (const { version, sql } of migrations) {
      if (version > from) database.exec(sql);
    }
    database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${wanted};`);
    const note = database.prepare("insert or ignore into meta (key, value) values (?, ?)");
    note.run("machine", crypto.randomUUID());
    note.run("secret", crypto.getRandomValues(new Uint8Array(32)).toHex());
  });
}
