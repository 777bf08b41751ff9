/**
 * Requests: how a command asks the running collector for something. A request is a row; the collector sees it within a
 * second through `StoreReader.dataVersion()` and answers in the same row (`StoreWriter.answer()`).
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { StoreTooNewError, StoreTooOldError } from "./errors.ts";
import { openToRead, readTransaction, writeTransaction } from "./open.ts";
import type { StoreReader } from "./reader.ts";
import { SCHEMA_VERSION } from "./schema.ts";

/** How long to wait for the writer's transaction, ms; the largest ones take a second. */
const BUSY_TIMEOUT = 10_000;

/** What can be asked for. */
export type RequestKind = "stop" | "sync" | "reload" | "export" | "remote";

/** What a request says beyond its kind; plain JSON. */
export type RequestArguments = { readonly [name: string]: unknown };

/** A request that nobody has taken up yet. */
export interface NewRequest {
  readonly id: number;
  readonly kind: RequestKind;
  readonly arguments: RequestArguments;
  /** Ms since the epoch. */
  readonly createdAt: number;
}

/** How far a request is. */
export interface RequestState {
  readonly state: "new" | "working" | "done" | "failed";
  /** What the collector said last; its form depends on the kind of request. */
  readonly answer?: string;
}

/**
 * Asks the collector that uses the store at `path`. It waits for the writer's transaction to end, 10 s at the most.
 *
 * @param now ms since the epoch
 * @returns the id to poll with
 * @throws {NoStoreError} {@link NotAStoreError}
 * @throws {StoreTooNewError} {@link StoreTooOldError} if the schema is another one: only a collector migrates. One that is
 *   older is no matter for `stop`
 */
export function makeRequest(path: string, kind: RequestKind, args: RequestArguments, now: number): number {
  // Refuses what is no store of ours through a connection that can't change or create it.
  openToRead(path).close();
  const database = new DatabaseSync(path);
  try {
    // Folding in a large log is the collector's work, not that of a command that should be quick.
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT}; pragma wal_autocheckpoint = 0;`);
    return writeTransaction(database, () => {
      const found = database.prepare("pragma user_version").get()!.user_version as number;
      if (found > SCHEMA_VERSION) throw new StoreTooNewError(path, found, SCHEMA_VERSION);
      // This table has been the same from the first schema on: an older collector can always be asked to stop.
      if (found < SCHEMA_VERSION && kind !== "stop") throw new StoreTooOldError(path, found, SCHEMA_VERSION);
      const insert = database.prepare("insert into requests (kind, arguments, created_at) values (?, ?, ?)");
      return Number(insert.run(kind, JSON.stringify(args), now).lastInsertRowid);
    });
  } finally {
    database.close();
  }
}

/** How far a request is; `undefined` once it has been forgotten, or the store was replaced. */
export function pollRequest(path: string, id: number): RequestState | undefined {
  const database = openToRead(path);
  try {
    const row = readTransaction(
      database,
      path,
      () => database.prepare("select state, answer from requests where id = ?").get(id),
    );
    if (row === undefined) return undefined;
    const state = row.state as RequestState["state"];
    return row.answer === null ? { state } : { state, answer: row.answer as string };
  } finally {
    database.close();
  }
}

/** Requests that wait to be taken up, oldest first. */
export function newRequests(reader: StoreReader): readonly NewRequest[] {
  const rows = reader.read((database) =>
    database.prepare("select id, kind, arguments, created_at from requests where state = 'new' order by id")
      .all()
  );
  return rows.map((row) => ({
    id: row.id as number,
    kind: row.kind as RequestKind,
    arguments: JSON.parse(row.arguments as string),
    createdAt: row.created_at as number,
  }));
}
