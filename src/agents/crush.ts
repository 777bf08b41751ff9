/**
 * Crush, and the first OpenCode, of 2025, which it was made of: one database in each project. Crush lists its projects in a
 * file of its own; else they are found in the workspaces that other agents' sessions name.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { entersProjects } from "./project_folders.ts";
import { asList, asObject, asText } from "./values.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What both share: a folder in the project, with a database in it. */
function inProject(folder: string, name: string): Pick<Agent, ProjectFields> {
  const isDatabase = (relativePath: string) =>
    relativePath === name || relativePath === `${folder}/${name}` ||
    relativePath.endsWith(`/${folder}/${name}`);
  return {
    inWorkspaces: { folder, names: [name] },
    classify: (relativePath: string): SourceKind | undefined =>
      isDatabase(relativePath) ? { format: "database", twin: relativePath, rank: 0 } : undefined,
    enters: (relativePath) => entersProjects(relativePath, folder),
    isFlat: () => true,

    async reading(): Promise<AgentReading> {
      const { CRUSH_DATABASE, crushParser } = await import("./crush/parser.ts");
      return { database: CRUSH_DATABASE, parser: crushParser };
    },
  };
}

type ProjectFields = "inWorkspaces" | "classify" | "enters" | "isFlat" | "reading";

/** What Crush writes, and where. */
export const crush: Agent = {
  ...inProject(".crush", "crush.db"),
  id: "crush",
  name: "Crush",
  proof: "read",
  files: "an SQLite database in each project",
  adapterVersion: 2,
  roots: () => [],

  registry: {
    path: (environment) => joinPath(environment.os, crushFolder(environment), "projects.json"),
    folders: (registry) =>
      asList(asObject(registry)?.projects)?.flatMap((project) => asText(asObject(project)?.data_dir) ?? []) ??
        [],
  },
};

/** What the first OpenCode wrote, and where. */
export const openCodeGo: Agent = {
  ...inProject(".opencode", "opencode.db"),
  id: "opencode-go",
  name: "OpenCode (Go)",
  proof: "read",
  files: "an SQLite database in each project",
  adapterVersion: 2,
  roots: () => [],
};

function crushFolder(environment: Environment): string {
  const { os, home, get } = environment;
  const named = folderNamed(environment, "CRUSH_GLOBAL_DATA");
  if (named !== undefined) return named;
  if (os !== "windows") return joinPath(os, dataFolder(environment), "crush");
  return joinPath(os, get("LOCALAPPDATA") ?? joinPath(os, home, "AppData", "Local"), "crush");
}
