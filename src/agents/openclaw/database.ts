/**
 * What is where in OpenClaw's databases: the lines of pi's sessions, a row each; a long one is packed. From openclaw/openclaw
 * `src/state/openclaw-agent-schema.sql` and `src/config/sessions/transcript-payload.ts`. Only the tables that are named here
 * are looked at: the same database holds the agent's keys.
 *
 * @module
 */

import { unzstd } from "../../platform/pack.ts";
import type { JsonObject } from "../agent.ts";
import type { Database, DatabaseConversation, DatabaseLayout, DatabaseRow } from "../database.ts";
import { textOfValue, timeOfValue } from "../row_values.ts";
import { asObject } from "../values.ts";

const EVENTS = "transcript_events";

/** What OpenClaw's databases hold. */
export const OPENCLAW_DATABASE: DatabaseLayout = {
  // After a month, or by their number.
  forgets: true,

  *conversations(database: Database): Iterable<DatabaseConversation> {
    const seen = new Set<string>();
    for (const row of database.rows("session_windows")) {
      const key = textOfValue(row.get("session_id"));
      if (key === undefined) continue;
      seen.add(key);
      yield { key, changedAt: timeOfValue(row.get("transcript_updated_at") ?? row.get("updated_at")) };
    }
    // Those that no window shows any more.
    for (const key of database.textsFrom(EVENTS, "session_id", "")) {
      if (seen.has(key)) continue;
      seen.add(key);
      yield { key };
    }
  },

  members: [{ table: EVENTS, conversationOf: (row) => textOfValue(row.get("session_id")) }],

  *records(database: Database, key: string): Iterable<readonly [string, JsonObject]> {
    const rows = [...database.rowsWhere(EVENTS, "session_id", key)]
      .map((row) => ({ seq: Number(row.get("seq") ?? 0), row }))
      .toSorted((a, b) => a.seq - b.seq);
    for (const { seq, row } of rows) yield [`event:${key}:${seq}`, lineOf(row)];
  },
};

/** The line; one that can't be read is kept as what it is. */
function lineOf(row: DatabaseRow): JsonObject {
  const text = row.get("event_json");
  const packed = row.get("event_zstd");
  const bytes = packed instanceof Uint8Array ? unzstd(packed) : undefined;
  try {
    const line = asObject(JSON.parse(typeof text === "string" ? text : new TextDecoder().decode(bytes)));
    if (line !== undefined) return line;
  } catch {
    // The parser counts it.
  }
  return {
    type: typeof text === "string" ? "damaged" : "packed",
    timestamp: timeOfValue(row.get("created_at")),
  };
}
