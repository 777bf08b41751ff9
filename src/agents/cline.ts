/**
 * Cline and Roo Code, extensions of VS Code: a folder for each task, below the extension's own. Cline's command line and
 * its extension for JetBrains keep tasks and sessions below `~/.cline`.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { isSession } from "./cline/names.ts";
import type { TaskCounts } from "./cline/parser.ts";
import { userFolders } from "./vscode_folders.ts";

/** The layout of a folder with `tasks`, and `sessions` of the SDK. */
export const TASK_FOLDER = {
  classify(relativePath: string): SourceKind | undefined {
    const [, task, name] = /^(tasks\/[^/]+)\/([^/]+)$/.exec(relativePath) ?? [];
    if (task === undefined || name === undefined) {
      return /^sessions\/[^/]+\/[^/]+$/.test(relativePath) && isSession(relativePath)
        ? { format: "document", twin: relativePath, rank: 0 }
        : undefined;
    }
    // The first of these is what the person saw; the others stand in where it is missing.
    const rank = ["ui_messages.json", "claude_messages.json", "api_conversation_history.json"].indexOf(name);
    return rank < 0 ? undefined : { format: "document", twin: task, rank };
  },

  enters: (relativePath: string) => /^(?:tasks|sessions)(?:\/[^/]+)?$/.test(relativePath),

  companions(relativePath: string): readonly string[] {
    const folder = relativePath.slice(0, relativePath.lastIndexOf("/"));
    return isSession(relativePath)
      ? [`${folder}/${folder.replace(/^.*\//, "")}.json`]
      : ["state/taskHistory.json", `${folder}/history_item.json`, `${folder}/task_metadata.json`];
  },
} as const satisfies Partial<Agent>;

/** Loads what reads tasks and sessions. */
export async function readTasks(counts: TaskCounts): Promise<AgentReading> {
  const { ClineTaskParser } = await import("./cline/parser.ts");
  const { ClineSessionParser } = await import("./cline/session_parser.ts");
  return {
    parser: (source, emit) =>
      isSession(source.relativePath)
        ? new ClineSessionParser(source, emit)
        : new ClineTaskParser(source, emit, counts),
  };
}

/** The folder of an extension, in each editor it may be in. */
export function extensionFolders(environment: Environment, ...ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) =>
    userFolders(environment).map((folder) => joinPath(environment.os, folder, "globalStorage", id))
  );
}

/** What Cline writes, and where. */
export const cline: Agent = {
  ...TASK_FOLDER,
  id: "cline",
  name: "Cline",
  proof: "proven",
  files: "a task or session each, JSON",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const named = (name: string) => folderNamed(environment, name);
    const base = named("CLINE_DIR") ?? joinPath(os, home, ".cline");
    return [
      ...extensionFolders(environment, "saoudrizwan.claude-dev"),
      named("CLINE_DATA_DIR") ?? joinPath(os, base, "data"),
    ];
  },

  reading: () => readTasks({ inputHasCache: false }),
};

/** What Roo Code writes, and where. */
export const rooCode: Agent = {
  ...TASK_FOLDER,
  id: "roo-code",
  name: "Roo Code",
  proof: "read",
  files: "a task each, JSON",
  adapterVersion: 2,
  roots: (environment) =>
    extensionFolders(environment, "rooveterinaryinc.roo-cline", "rooveterinaryinc.roo-code-nightly"),
  reading: () => readTasks({ inputHasCache: true }),
};
