/**
 * The statements with which `EventTable` works.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { FLAG } from "./batch.ts";
import { METRIC_COLUMNS, NAME_COLUMNS } from "./record.ts";

/** Rows in one INSERT; more gains nothing. */
export const CHUNK = 64;

/** The columns of `events`, in the order in which rows are written. */
export const EVENT_COLUMNS: readonly string[] = [
  "seq",
  "id",
  "revision",
  "records",
  "type",
  "timestamp",
  "flags",
  "hash",
  ...NAME_COLUMNS,
  ...METRIC_COLUMNS,
  "source",
  "position",
  "data",
];

/** A row of `copies` or `rereads`, but for the event. */
export interface CopyRow {
  readonly source: number;
  readonly position: number;
  readonly revision: number;
  readonly records: number;
  readonly flags: number;
  readonly hash: number;
  readonly body: Uint8Array | null;
}

const VALUES = `(${EVENT_COLUMNS.map(() => "?").join(",")})`;

function insert(rows: number): string {
  return `insert into events (${EVENT_COLUMNS.join(",")}) values ${new Array(rows).fill(VALUES).join(",")} ` +
    "on conflict (id) do nothing";
}

const SQL = {
  insertMany: insert(CHUNK),
  insertOne: insert(1),
  row: "select * from events where id = ?",
  update: `update events set ${EVENT_COLUMNS.map((column) => `${column} = ?`).join(", ")} where id = ?`,
  seq: "select seq from events where id = ?",
  head: "select source, records, flags, hash from events where id = ?",
  setPlace: "update events set source = ?, revision = ?, records = ?, position = ? where id = ?",
  addRevision: "update events set revision = revision + ? where id = ?",
  supersede: "update events set seq = ?, revision = revision + 1, flags = flags | ? where id = ?",
  copy:
    "select source, position, revision, records, flags, hash, body from copies where event = ? and source = ?",
  copies: "select source, position, revision, records, flags, hash, body from copies where event = ?",
  putCopy: "insert or replace into copies values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  setBody: "update copies set body = ? where event = ? and source = ?",
  deleteCopy: "delete from copies where event = ? and source = ?",
  reread:
    "select source, position, revision, records, flags, hash, body from rereads where source = ? and event = ?",
  putReread: "insert or replace into rereads values (?, ?, ?, ?, ?, ?, ?, ?)",
  changedRereads: "select event, body from rereads where source = ? and body is not null",
  deleteRereads: "delete from rereads where source = ?",
  lostRows: `select id from events where session in (select session from source_sessions where source = ?)
       and source = ? and flags & ${FLAG.superseded} = 0 and timestamp >= ?
       and id not in (select event from rereads where source = ?)`,
  lostCopies: `select event, copies.revision from copies join events on id = event
       where copies.source = ? and event not in (select event from rereads where source = ?) and timestamp >= ?`,
  putSession: "insert or ignore into source_sessions values (?, ?)",
} as const;

/** All of them; their parameters are those of their text. */
export type EventStatements = Readonly<Record<keyof typeof SQL, StatementSync>>;

/** Prepares them. */
export function prepareEventStatements(database: DatabaseSync): EventStatements {
  const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(prepared);
}
