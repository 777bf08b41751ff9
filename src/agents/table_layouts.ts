/**
 * The two layouts that most databases of agents have: a table of sessions and one of their messages, or a table with a
 * document in each row; and what makes one of several.
 *
 * @module
 */

import type { JsonObject } from "./agent.ts";
import type { Database, DatabaseLayout, DatabaseRow } from "./database.ts";
import { textOfValue } from "./row_values.ts";

/** When a row changed last, ms since the epoch, if it says so. */
type ChangedAt = (row: DatabaseRow) => number | undefined;

/** What differs where there are `sessions(id, …)` and `messages(session_id, …)`. */
export interface SessionTables {
  readonly changedAt: ChangedAt;
  /** Given only if each change of a message is sure to say so. */
  readonly messageChangedAt?: ChangedAt;
  /** Columns of a session that are large and say nothing. */
  readonly leftOut?: readonly string[];
}

/** Sessions are told as `{ session }`, and then their messages, in the order of their rows, as `{ message }`. */
export function sessionTables({ changedAt, messageChangedAt, leftOut = [] }: SessionTables): DatabaseLayout {
  return {
    conversations: (database) => conversationsIn(database, "sessions", "id", changedAt),

    members: [
      { table: "sessions", conversationOf: (row) => textOfValue(row.get("id")) },
      {
        table: "messages",
        conversationOf: (row) => textOfValue(row.get("session_id")),
        ...messageChangedAt !== undefined && { changedAt: messageChangedAt },
      },
    ],

    *records(database: Database, key: string) {
      for (const row of database.rowsWhere("sessions", "id", key)) {
        const session = Object.fromEntries(
          Object.entries(row.all()).filter(([name]) => !leftOut.includes(name)),
        );
        yield [`session:${key}`, { session }];
      }
      for (const row of database.rowsWhere("messages", "session_id", key)) {
        yield [`message:${row.rowid}`, { message: row.all() }];
      }
    },
  };
}

/** A table in which each row is a conversation. */
export interface DocumentTable {
  readonly table: string;
  /** The column that names it. */
  readonly id: string;
  /** Each change of a row is sure to say so. */
  readonly changedAt: ChangedAt;
  /** The record that a row is. */
  readonly tell: (row: JsonObject) => JsonObject;
}

/** Each row is told as one record. */
export function documentTable({ table, id, changedAt, tell }: DocumentTable): DatabaseLayout {
  return {
    conversations: (database) => conversationsIn(database, table, id, changedAt),
    members: [{ table, conversationOf: (row) => textOfValue(row.get(id)), changedAt }],

    *records(database: Database, key: string) {
      for (const row of database.rowsWhere(table, id, key)) yield [`${table}:${key}`, tell(row.all())];
    },
  };
}

/** The layout of an agent with databases of several kinds, of which each has only tables, and so conversations, of one kind. */
export function anyOf(...layouts: readonly DatabaseLayout[]): DatabaseLayout {
  return {
    ...layouts.some(({ forgets }) => forgets) && { forgets: true as const },
    *conversations(database) {
      for (const layout of layouts) yield* layout.conversations(database);
    },
    members: layouts.flatMap(({ members }) => members),
    *records(database, key) {
      for (const layout of layouts) yield* layout.records(database, key);
    },
    *workspaces(database, companions) {
      for (const layout of layouts) yield* layout.workspaces?.(database, companions) ?? [];
    },
  };
}

function* conversationsIn(database: Database, table: string, id: string, changedAt: ChangedAt) {
  for (const row of database.rows(table)) {
    const key = row.get(id);
    if (typeof key === "string") yield { key, changedAt: changedAt(row) };
  }
}
