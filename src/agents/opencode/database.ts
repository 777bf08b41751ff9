/**
 * What is where in the databases of OpenCode and of what was made of it: sessions, their messages, and the parts of each
 * message, whose content is JSON in a column `data`; since version 2 of OpenCode, messages that have all in them. A database
 * may have both, and a session that was taken over from one to the other. From anomalyco/opencode
 * `packages/opencode/src/session/session.sql.ts`.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import type { Database, DatabaseConversation, DatabaseLayout, DatabaseRow } from "../database.ts";
import { fromJson } from "../json_text.ts";
import { asInstant, asObject } from "../values.ts";
import { recordsOf } from "./entries.ts";

/** The tables of sessions, the newest first. */
const SESSIONS = ["session_v2", "session"] as const;

/** What such a database holds. */
export const OPENCODE_DATABASE: DatabaseLayout = {
  *conversations(database: Database): Iterable<DatabaseConversation> {
    const keys = new Set<string>();
    for (const table of SESSIONS) {
      for (const row of database.rows(table)) {
        const key = row.get("id");
        if (typeof key !== "string" || keys.has(key)) continue;
        keys.add(key);
        yield { key, changedAt: timeOf(row.get("time_updated")) };
      }
    }
  },

  members: [
    ...SESSIONS.map((table) => ({
      table,
      conversationOf: (row: DatabaseRow) => textOf(row.get("id")),
      changedAt,
    })),
    ...["message", "part", "session_message"].map((table) => ({
      table,
      conversationOf: (row: DatabaseRow) => textOf(row.get("session_id")),
      changedAt,
    })),
  ],

  *records(database: Database, key: string): Iterable<readonly [string, JsonObject]> {
    const [session] = SESSIONS.flatMap((table) => [...database.rowsWhere(table, "id", key)]);
    if (session === undefined) return;
    yield [`session:${key}`, { session: session.all() }];
    const told = new Set<string>();
    for (const message of inOrder(database.rowsWhere("message", "session_id", key))) {
      const id = textOf(message.get("id")) ?? "";
      const content = contentOf(message);
      told.add(nameOf(asObject(content), asObject(content)?.role));
      yield [`message:${id}`, { message: content }];
      for (const part of inOrder(database.rowsWhere("part", "message_id", id))) {
        yield [`part:${textOf(part.get("id"))}`, { part: contentOf(part) }];
      }
      // What a message says is known when all its parts are.
      yield [`message:${id}`, { end: id }];
    }
    for (const row of bySequence(database.rowsWhere("session_message", "session_id", key))) {
      const content = contentOf(row);
      const entry = { ...asObject(content), type: row.get("type") };
      // What was taken over keeps its time.
      if (told.has(nameOf(entry, entry.type))) continue;
      for (const [index, record] of recordsOf(entry).entries()) {
        yield [`entry:${textOf(row.get("id"))}:${index}`, record];
      }
    }
  },
};

/** What a message is known by in its session, however it is kept. */
function nameOf(content: JsonObject | undefined, role: unknown): string {
  return `${role}:${timeOf(asObject(content?.time)?.created) ?? content?.time_created}`;
}

function bySequence(rows: Iterable<DatabaseRow>): readonly DatabaseRow[] {
  const sequence = (row: DatabaseRow) => Number(row.get("seq") ?? 0);
  return [...rows].toSorted((a, b) => sequence(a) - sequence(b));
}

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
