/**
 * How an agent keeps conversations in a database: what an adapter says of it, and what it may ask of it. An adapter opens
 * nothing itself.
 *
 * @module
 */

import type { JsonObject } from "./agent.ts";

/** A value in a column. An integer that a number can't hold is a `bigint`. */
export type DatabaseValue = null | number | bigint | string | Uint8Array;

/** A row of a table. */
export interface DatabaseRow {
  /** Its number; that of a new row is the highest, as a rule. */
  readonly rowid: number;
  /** The value of a column, `undefined` if the table has none of that name. Read from the disk when it is asked for. */
  get(column: string): DatabaseValue | undefined;
  /** All of them by name; an integer that a number can't hold is a text, as no JSON can hold it either. */
  all(): { readonly [column: string]: Exclude<DatabaseValue, bigint> };
}

/** What a database is asked. Names are in lower case. */
export interface Database {
  /** Whether there is a table with these columns. */
  has(table: string, ...columns: readonly string[]): boolean;
  /** The rows of a table in the order of their numbers; none if there is no such table. */
  rows(table: string): Iterable<DatabaseRow>;
  /** The rows in which a column has a value: by an index, or else by a look at each. */
  rowsWhere(table: string, column: string, value: string | number): Iterable<DatabaseRow>;
  /** The texts in a column that begin so, in the order of their bytes; an index gives them without their rows. */
  textsFrom(table: string, column: string, prefix: string): Iterable<string>;
}

/** A conversation in a database. */
export interface DatabaseConversation {
  /** Names it in the database. */
  readonly key: string;
  /** When it changed last, ms since the epoch, where the database says so. */
  readonly changedAt?: number;
}

/** What the database of an agent holds. A conversation is what is read at once, and again when something of it changed. */
export interface DatabaseLayout {
  /** Conversations are dropped from it after a while. That one is not there does not mean that it was taken back. */
  readonly forgets?: true;
  /** All conversations, in any order. It should read little: it is asked for all of them. */
  conversations(database: Database): Iterable<DatabaseConversation>;
  /** The tables whose rows belong to conversations: by a row that is new or changed, which one is to be read again. */
  readonly members: readonly DatabaseMember[];
  /** Tells a conversation as records, in their order; none if it is not there. The key of each is its own within the database. */
  records(database: Database, key: string): Iterable<readonly [key: string, record: JsonObject]>;
  /**
   * Of a neighbour (`Agent.neighbours`): the sessions that it names, each with its project.
   *
   * @param companions what its companions hold, by their names
   */
  workspaces?(
    database: Database,
    companions: { readonly [name: string]: unknown },
  ): Iterable<readonly [session: string, workspace: string]>;
}

/** A table whose rows belong to conversations. */
export interface DatabaseMember {
  readonly table: string;
  /** The key of the conversation that a row belongs to, `undefined` if it belongs to none. */
  conversationOf(row: DatabaseRow): string | undefined;
  /** When the row changed last, ms since the epoch, if each change of it is sure to say so. */
  changedAt?(row: DatabaseRow): number | undefined;
}
