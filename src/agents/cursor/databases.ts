/**
 * The databases of Cursor: those of the editor and those of its command line. One has no tables of the other kind.
 *
 * @module
 */

import type { Database, DatabaseLayout } from "../database.ts";
import { CHAT_STORE } from "./chat_store.ts";
import { CURSOR_DATABASE } from "./database.ts";

/** What either of them holds. */
export const CURSOR_DATABASES: DatabaseLayout = {
  *conversations(database: Database) {
    yield* CURSOR_DATABASE.conversations(database);
    yield* CHAT_STORE.conversations(database);
  },

  members: [...CURSOR_DATABASE.members, ...CHAT_STORE.members],

  workspaces: CURSOR_DATABASE.workspaces,

  *records(database: Database, key: string) {
    yield* CURSOR_DATABASE.records(database, key);
    yield* CHAT_STORE.records(database, key);
  },
};
