/**
 * OpenCode, and Kilo's new command line and extension, which were made of it: one database in their data folder, and one
 * more for each channel that a build is of.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { extensionFolders, readTasks, TASK_FOLDER } from "./cline.ts";
import { sessionFiles } from "./opencode/session_files.ts";
import { dataFolder } from "./vscode_folders.ts";

/** The layout of `storage`, where sessions were small files before they were taken over into a database. */
const STORAGE = {
  classify: (relativePath: string): SourceKind | undefined =>
    // What was taken over is in the database under the same ids.
    isSessionFile(relativePath) ? { format: "document", twin: relativePath, rank: 1 } : undefined,
  enters: (relativePath: string) => /^session(?:\/[^/]+)?$/.test(relativePath),
} as const satisfies Partial<Agent>;

/** What OpenCode writes, and where. */
export const openCode: Agent = {
  id: "opencode",
  name: "OpenCode",
  proof: "proven",
  files: "one SQLite database for all sessions; before 2026, JSON files for each",
  adapterVersion: 2,
  roots: (environment) => [
    folderOf(environment, "opencode"),
    joinPath(environment.os, folderOf(environment, "opencode"), "storage"),
  ],

  classify: (relativePath) =>
    STORAGE.classify(relativePath) ?? databaseNamed(relativePath, /^opencode(?:-[^/]+)?\.db$/),
  enters: STORAGE.enters,
  // Beside the database lie snapshots of projects.
  isFlat: (root) => !root.endsWith("storage"),
  companions: sessionFiles,

  reading: readSessions,
};

/**
 * What Kilo writes, and where: until March 2026 its extension kept tasks as Cline does; what the new one takes over is told
 * as it has it.
 */
export const kilo: Agent = {
  ...TASK_FOLDER,
  id: "kilo",
  name: "Kilo",
  proof: "read",
  files: "one SQLite database for all sessions; before, JSON files for each, or a task each",
  adapterVersion: 2,
  isFlat: (root) => root.endsWith("kilo"),
  roots: (environment) => [
    folderOf(environment, "kilo"),
    ...extensionFolders(environment, "kilocode.kilo-code"),
    joinPath(environment.os, folderOf(environment, "kilo"), "storage"),
    // Its first command line kept tasks as its extension did.
    joinPath(environment.os, environment.home, ".kilocode", "cli", "global"),
  ],

  classify(relativePath: string): SourceKind | undefined {
    const task = TASK_FOLDER.classify(relativePath);
    return task === undefined
      ? STORAGE.classify(relativePath) ??
        databaseNamed(relativePath, /^(?:kilo|opencode)(?:-[^/]+)?\.db$/)
      : { ...task, rank: task.rank + 1, standsInFor: task.twin.replace(/^.*\//, "") };
  },

  enters: (relativePath) => TASK_FOLDER.enters(relativePath) || STORAGE.enters(relativePath),
  companions: (relativePath, list) =>
    isSessionFile(relativePath) ? sessionFiles(relativePath, list) : TASK_FOLDER.companions(relativePath),

  async reading(): Promise<AgentReading> {
    const { database, parser } = await readSessions();
    const tasks = await readTasks({ inputHasCache: true });
    return {
      database,
      parser: (source, emit) =>
        TASK_FOLDER.classify(source.relativePath) === undefined
          ? parser(source, emit)
          : tasks.parser(source, emit),
    };
  },
};

/** Loads what reads databases, and the files before them. */
async function readSessions(): Promise<AgentReading> {
  const { OPENCODE_DATABASE } = await import("./opencode/database.ts");
  const { OpenCodeFilesParser } = await import("./opencode/files.ts");
  const { OpenCodeParser } = await import("./opencode/parser.ts");
  return {
    database: OPENCODE_DATABASE,
    parser: (source, emit) =>
      isSessionFile(source.relativePath) ? new OpenCodeFilesParser(source, emit) : new OpenCodeParser(emit),
  };
}

function isSessionFile(relativePath: string): boolean {
  return /^session\/[^/]+\/[^/]+\.json$/.test(relativePath);
}

function folderOf(environment: Environment, name: string): string {
  return joinPath(environment.os, dataFolder(environment), name);
}

function databaseNamed(relativePath: string, pattern: RegExp): SourceKind | undefined {
  return pattern.test(relativePath) ? { format: "database", twin: relativePath, rank: 0 } : undefined;
}
