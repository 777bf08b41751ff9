/**
 * Forge (forgecode): one database in its own folder, `.forge.db`.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading } from "./agent.ts";

/** What Forge writes, and where. */
export const forge: Agent = {
  id: "forge",
  name: "Forge",
  proof: "read",
  files: "one SQLite database for all conversations",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const named = folderNamed(environment, "FORGE_CONFIG");
    if (named !== undefined) return [named];
    return [joinPath(os, home, ".forge"), joinPath(os, home, "forge")];
  },

  classify: (relativePath) =>
    relativePath === ".forge.db" ? { format: "database", twin: relativePath, rank: 0 } : undefined,
  enters: () => false,
  isFlat: () => true,

  async reading(): Promise<AgentReading> {
    const { FORGE_DATABASE, ForgeParser } = await import("./forge/parser.ts");
    return { database: FORGE_DATABASE, parser: (_source, emit) => new ForgeParser(emit) };
  },
};
