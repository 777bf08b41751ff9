/**
 * Goose since 1.10: one database, `sessions.db`. Older versions wrote a file for each session, which it takes over.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { isAbsolute, joinPath } from "../platform/paths.ts";
import type { Agent } from "./agent.ts";
import { GOOSE_DATABASE, GooseParser } from "./goose/parser.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What Goose writes, and where. */
export const goose: Agent = {
  id: "goose",
  name: "Goose",
  proof: "read",
  files: "one SQLite database for all sessions",
  adapterVersion: 1,

  roots(environment: Environment): readonly string[] {
    const { os, home, get } = environment;
    const named = get("GOOSE_PATH_ROOT");
    if (named !== undefined && isAbsolute(named, os)) return [joinPath(os, named, "data", "sessions")];
    if (os !== "windows") return [joinPath(os, dataFolder(environment), "goose", "sessions")];
    const appData = get("APPDATA") ?? joinPath(os, home, "AppData", "Roaming");
    return [joinPath(os, appData, "Block", "goose", "data", "sessions")];
  },

  classify: (relativePath) =>
    relativePath === "sessions.db" ? { format: "database", twin: relativePath, rank: 0 } : undefined,
  enters: () => false,
  isFlat: () => true,
  database: GOOSE_DATABASE,
  parser: (_source, emit) => new GooseParser(emit),
};
