/**
 * What is where in the databases of VS Code's windows: until March 2025 the sessions of a window were one value in it, a list
 * of the documents that are files since, at most 25 of them. When they became files the value was left behind as it was. An
 * empty window had its list in the database of all windows. From microsoft/vscode
 * `src/vs/workbench/contrib/chat/common/chatServiceImpl.ts`.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import type { Database, DatabaseLayout } from "../database.ts";
import { asList, asObject, asText } from "../values.ts";
import { ITEMS, valueAt } from "../vscode_state.ts";
import { SESSIONS } from "./names.ts";

/** All sessions of a window are read at once, as they are written. */
export const COPILOT_DATABASE: DatabaseLayout = {
  *conversations(database: Database) {
    for (const _ of database.rowsWhere(ITEMS, "key", SESSIONS)) yield { key: SESSIONS };
  },

  members: [
    { table: ITEMS, conversationOf: (row) => row.get("key") === SESSIONS ? SESSIONS : undefined },
  ],

  *records(database: Database, key: string): Iterable<readonly [string, JsonObject]> {
    const value = key === SESSIONS ? valueAt(database, ITEMS, SESSIONS) : undefined;
    if (value === undefined) return;
    for (const [index, session] of (asList(value) ?? [value]).entries()) {
      yield [`session:${asText(asObject(session)?.sessionId) ?? index}`, { session }];
    }
  },
};
