/**
 * Hermes: a database for each profile, `state.db`. What it wrote into files before is not read.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Hermes writes, and where. */
export const hermes: Agent = {
  id: "hermes",
  name: "Hermes",
  proof: "read",
  files: "one SQLite database for each profile",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home, get } = environment;
    const named = folderNamed(environment, "HERMES_HOME");
    if (named !== undefined) return [named];
    const local = get("LOCALAPPDATA") ?? joinPath(os, home, "AppData", "Local");
    return [os === "windows" ? joinPath(os, local, "hermes") : joinPath(os, home, ".hermes")];
  },

  classify(relativePath: string): SourceKind | undefined {
    return /^(?:profiles\/[^/]+\/)?state\.db$/.test(relativePath)
      ? { format: "database", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: (relativePath) => /^profiles(?:\/[^/]+)?$/.test(relativePath),

  async reading(): Promise<AgentReading> {
    const { HERMES_DATABASE, hermesParser } = await import("./hermes/parser.ts");
    return { database: HERMES_DATABASE, parser: (_source, emit) => hermesParser(emit) };
  },
};
