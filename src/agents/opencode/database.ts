/**
 * What is where in the databases of OpenCode and of what was made of it: sessions, their messages, and the parts of each
 * message, whose content is JSON in a column `data`. From anomalyco/opencode `packages/opencode/src/session/session.sql.ts`.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import type { Database, DatabaseConversation, DatabaseLayout, DatabaseRow } from "../database.ts";
import { fromJson } from "../json_text.ts";
import { asInstant, asObject } from "../values.ts";

/** What such a database holds. */
export const OPENCODE_DATABASE: DatabaseLayout = {
  *conversations(database: Database): Iterable<DatabaseConversation> {
    for (const row of database.rows("session")) {
      const key = row.get("id");
      if (typeof key === "string") yield { key, changedAt: timeOf(row.get("time_updated")) };
    }
  },

  members: [
    { table: "session", conversationOf: (row) => textOf(row.get("id")), changedAt },
    { table: "message", conversationOf: (row) => textOf(row.get("session_id")), changedAt },
    { table: "part", conversationOf: (row) => textOf(row.get("session_id")), changedAt },
  ],

  *records(database: Database, key: string): Iterable<readonly [string, JsonObject]> {
    for (const row of database.rowsWhere("session", "id", key)) {
      yield [`session:${key}`, { session: row.all() }];
    }
    for (const message of inOrder(database.rowsWhere("message", "session_id", key))) {
      const id = textOf(message.get("id")) ?? "";
      yield [`message:${id}`, { message: contentOf(message) }];
      for (const part of inOrder(database.rowsWhere("part", "message_id", id))) {
        yield [`part:${textOf(part.get("id"))}`, { part: contentOf(part) }];
      }
      // What a message says is known when all its parts are.
      yield [`message:${id}`, { end: id }];
    }
  },
};

/** Ids grow with the time; the first column is by the clock of who wrote it. */
function inOrder(rows: Iterable<DatabaseRow>): readonly DatabaseRow[] {
  const id = (row: DatabaseRow) => textOf(row.get("id")) ?? "";
  const time = (row: DatabaseRow) => timeOf(row.get("time_created")) ?? 0;
  return [...rows].toSorted((a, b) => time(a) - time(b) || (id(a) < id(b) ? -1 : 1));
}

/** The JSON of a row with the id and the time that stand beside it; the text where it is none. */
function contentOf(row: DatabaseRow): unknown {
  const data = fromJson(row.get("data"));
  const content = asObject(data);
  return content === undefined
    ? data
    : { ...content, id: textOf(row.get("id")), time_created: timeOf(row.get("time_created")) };
}

function changedAt(row: DatabaseRow): number | undefined {
  return timeOf(row.get("time_updated"));
}

/** Ms since the epoch. */
export function timeOf(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : asInstant(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
