/**
 * OpenCode, and Kilo's new command line and extension, which were made of it: one database in their data folder, and one
 * more for each channel that a build is of.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, SourceKind } from "./agent.ts";
import { OPENCODE_DATABASE } from "./opencode/database.ts";
import { OpenCodeParser } from "./opencode/parser.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What all of them share. */
const FAMILY = {
  files: "one SQLite database for all sessions",
  adapterVersion: 1,
  enters: () => false,
  database: OPENCODE_DATABASE,
  parser: (_source, emit) => new OpenCodeParser(emit),
} as const satisfies Partial<Agent>;

/** What OpenCode writes, and where. */
export const openCode: Agent = {
  ...FAMILY,
  id: "opencode",
  name: "OpenCode",
  proof: "proven",
  roots: (environment) => [folderOf(environment, "opencode")],
  classify: (relativePath) => databaseNamed(relativePath, /^opencode(?:-[^/]+)?\.db$/),
};

/** What Kilo writes since it was made of OpenCode, and where. */
export const kilo: Agent = {
  ...FAMILY,
  id: "kilo",
  name: "Kilo",
  proof: "read",
  roots: (environment) => [folderOf(environment, "kilo")],
  classify: (relativePath) => databaseNamed(relativePath, /^(?:kilo|opencode)(?:-[^/]+)?\.db$/),
};

function folderOf(environment: Environment, name: string): string {
  return joinPath(environment.os, dataFolder(environment), name);
}

function databaseNamed(relativePath: string, pattern: RegExp): SourceKind | undefined {
  return pattern.test(relativePath) ? { format: "database", twin: relativePath, rank: 0 } : undefined;
}
