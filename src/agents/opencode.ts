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

/** What OpenCode writes, and where. */
export const openCode: Agent = {
  id: "opencode",
  name: "OpenCode",
  proof: "proven",
  files: "one SQLite database for all sessions; before 2026, JSON files for each",
  adapterVersion: 1,
  roots: (environment) => [
    folderOf(environment, "opencode"),
    joinPath(environment.os, folderOf(environment, "opencode"), "storage"),
  ],

  classify(relativePath: string): SourceKind | undefined {
    // What was taken over into the database is there under the same ids.
    return /^session\/[^/]+\/[^/]+\.json$/.test(relativePath)
      ? { format: "document", twin: relativePath, rank: 1 }
      : databaseNamed(relativePath, /^opencode(?:-[^/]+)?\.db$/);
  },

  enters: (relativePath) => /^session(?:\/[^/]+)?$/.test(relativePath),
  // Beside the database lie snapshots of projects.
  isFlat: (root) => !root.endsWith("storage"),
  companions: sessionFiles,

  async reading(): Promise<AgentReading> {
    const { OPENCODE_DATABASE } = await import("./opencode/database.ts");
    const { OpenCodeFilesParser } = await import("./opencode/files.ts");
    const { OpenCodeParser } = await import("./opencode/parser.ts");
    return {
      database: OPENCODE_DATABASE,
      parser: (source, emit) =>
        source.relativePath.endsWith(".db")
          ? new OpenCodeParser(emit)
          : new OpenCodeFilesParser(source, emit),
    };
  },
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
  files: "one SQLite database for all sessions; before, a task each, JSON",
  adapterVersion: 1,
  isFlat: (root) => root.endsWith("kilo"),
  roots: (environment) => [
    folderOf(environment, "kilo"),
    ...extensionFolders(environment, "kilocode.kilo-code"),
  ],

  classify(relativePath: string): SourceKind | undefined {
    const task = TASK_FOLDER.classify(relativePath);
    return task === undefined
      ? databaseNamed(relativePath, /^(?:kilo|opencode)(?:-[^/]+)?\.db$/)
      : { ...task, rank: task.rank + 1, standsInFor: task.twin.replace(/^.*\//, "") };
  },

  async reading(): Promise<AgentReading> {
    const { OPENCODE_DATABASE } = await import("./opencode/database.ts");
    const { OpenCodeParser } = await import("./opencode/parser.ts");
    const tasks = await readTasks({ inputHasCache: true });
    return {
      database: OPENCODE_DATABASE,
      parser: (source, emit) =>
        source.relativePath.endsWith(".db") ? new OpenCodeParser(emit) : tasks.parser(source, emit),
    };
  },
};

function folderOf(environment: Environment, name: string): string {
  return joinPath(environment.os, dataFolder(environment), name);
}

function databaseNamed(relativePath: string, pattern: RegExp): SourceKind | undefined {
  return pattern.test(relativePath) ? { format: "database", twin: relativePath, rank: 0 } : undefined;
}
