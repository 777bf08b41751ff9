/**
 * Goose: since 1.10 one database, `sessions.db`. Older versions wrote a file for each session, which stays when the session is
 * taken over.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What Goose writes, and where. */
export const goose: Agent = {
  id: "goose",
  name: "Goose",
  proof: "read",
  files: "one SQLite database for all sessions; before 1.10 a session each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home, get } = environment;
    const named = folderNamed(environment, "GOOSE_PATH_ROOT");
    if (named !== undefined) return [joinPath(os, named, "data", "sessions")];
    if (os !== "windows") return [joinPath(os, dataFolder(environment), "goose", "sessions")];
    const appData = get("APPDATA") ?? joinPath(os, home, "AppData", "Roaming");
    return [joinPath(os, appData, "Block", "goose", "data", "sessions")];
  },

  classify(relativePath: string): SourceKind | undefined {
    if (relativePath === "sessions.db") return { format: "database", twin: relativePath, rank: 0 };
    const session = /^([^/]+)\.jsonl$/.exec(relativePath)?.[1];
    return session === undefined
      ? undefined
      : { format: "jsonl", twin: relativePath, rank: 1, standsInFor: session };
  },
  enters: () => false,
  isFlat: () => true,

  async reading(): Promise<AgentReading> {
    const { GOOSE_DATABASE, GooseFileParser, gooseParser } = await import("./goose/parser.ts");
    return {
      database: GOOSE_DATABASE,
      parser: (source, emit, state) =>
        source.relativePath.endsWith(".jsonl") ? new GooseFileParser(source, emit, state) : gooseParser(emit),
    };
  },
};
