/**
 * Kiro CLI: since 2.0 a session each, `<session>.jsonl`, with facts of it in `<session>.json` beside it; before, and as
 * Amazon Q, one database, `data.sqlite3`.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { jsonlFiles } from "./jsonl_files.ts";

import { configFolder, dataFolder } from "./vscode_folders.ts";

/** What Kiro CLI writes, and where. */
export const kiroCli: Agent = {
  id: "kiro-cli",
  name: "Kiro CLI",
  proof: "proven",
  files: "a session each, JSON lines; before 2.0 one SQLite database for all",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "KIRO_HOME") ?? joinPath(os, home, ".kiro");
    return [joinPath(os, folder, "sessions", "cli"), joinPath(os, programFolder(environment), "kiro-cli")];
  },

  classify: (relativePath) => databaseAt(relativePath) ?? SESSIONS.classify(relativePath),
  enters: () => false,
  isFlat: () => true,
  companions: (relativePath) =>
    relativePath.endsWith(".jsonl") ? [relativePath.replace(/\.jsonl$/, ".json")] : [],

  async reading(): Promise<AgentReading> {
    const { KiroCliParser } = await import("./kiro_cli/parser.ts");
    const ofDatabase = await readDatabase();
    return {
      ...ofDatabase,
      parser: (source, emit, state) =>
        source.relativePath.endsWith(".jsonl")
          ? new KiroCliParser(source, emit, state)
          : ofDatabase.parser(source, emit),
    };
  },
};

/** What Amazon Q CLI writes, and where. */
export const amazonQ: Agent = {
  id: "amazon-q",
  name: "Amazon Q CLI",
  proof: "read",
  files: "one SQLite database, the last conversation of each folder",
  adapterVersion: 2,
  roots: (environment) => [joinPath(environment.os, programFolder(environment), "amazon-q")],
  classify: databaseAt,
  enters: () => false,
  isFlat: () => true,
  reading: readDatabase,
};

async function readDatabase(): Promise<AgentReading> {
  const { KIRO_DATABASE, KiroDatabaseParser } = await import("./kiro_cli/database.ts");
  return { database: KIRO_DATABASE, parser: (source, emit) => new KiroDatabaseParser(source, emit) };
}

const SESSIONS = jsonlFiles({ depth: 1 });

function databaseAt(relativePath: string): SourceKind | undefined {
  return relativePath === "data.sqlite3" ? { format: "database", twin: relativePath, rank: 0 } : undefined;
}

/** Where programs keep their data, as Rust's `dirs` has it. */
function programFolder(environment: Environment): string {
  const { os, home, get } = environment;
  if (os === "darwin") return configFolder(environment);
  if (os === "windows") return get("LOCALAPPDATA") ?? joinPath(os, home, "AppData", "Local");
  return dataFolder(environment);
}
