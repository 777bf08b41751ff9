/**
 * Cursor: the editor keeps all conversations in one database, `User/globalStorage/state.vscdb`; until 2024 each window had
 * its own below `User/workspaceStorage`.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, SourceKind } from "./agent.ts";
import { CURSOR_DATABASE } from "./cursor/database.ts";
import { CursorParser } from "./cursor/parser.ts";
import { userFoldersOf } from "./vscode_folders.ts";

/** What Cursor writes, and where. */
export const cursor: Agent = {
  id: "cursor",
  name: "Cursor",
  proof: "proven",
  files: "one SQLite database for all conversations, older ones for each window",
  adapterVersion: 1,

  roots(environment: Environment): readonly string[] {
    return userFoldersOf(environment, "Cursor").flatMap((folder) =>
      ["globalStorage", "workspaceStorage"].map((name) => joinPath(environment.os, folder, name))
    );
  },

  classify(relativePath: string): SourceKind | undefined {
    return /^(?:[^/]+\/)?state\.vscdb$/.test(relativePath)
      ? { format: "database", twin: relativePath, rank: 0 }
      : undefined;
  },

  // Below `globalStorage` each extension has a folder; those of windows are named by a hash or a time.
  enters: (relativePath) => /^(?:[0-9a-f]{32}|\d+|empty-window|ext-dev)$/.test(relativePath),

  isFlat: (root) => root.endsWith("globalStorage"),

  companions(relativePath: string): readonly string[] {
    const folder = /^(.+)\/state\.vscdb$/.exec(relativePath)?.[1];
    return folder === undefined ? [] : [`${folder}/workspace.json`];
  },

  database: CURSOR_DATABASE,

  parser: (source, emit) => new CursorParser(source, emit),
};
