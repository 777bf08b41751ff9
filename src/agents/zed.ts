/**
 * Zed: one database, `threads.db`, with a row for each thread that is written anew each time.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading } from "./agent.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What Zed writes, and where. */
export const zed: Agent = {
  id: "zed",
  name: "Zed",
  proof: "read",
  files: "one SQLite database for all threads",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home, get } = environment;
    if (os === "darwin") return [joinPath(os, home, "Library", "Application Support", "Zed", "threads")];
    if (os === "windows") {
      const local = get("LOCALAPPDATA") ?? joinPath(os, home, "AppData", "Local");
      return [joinPath(os, local, "Zed", "threads")];
    }
    const flatpak = folderNamed(environment, "FLATPAK_XDG_DATA_HOME");
    return [
      joinPath(os, dataFolder(environment), "zed", "threads"),
      ...flatpak !== undefined ? [joinPath(os, flatpak, "zed", "threads")] : [],
      joinPath(os, home, ".var", "app", "dev.zed.Zed", "data", "zed", "threads"),
    ];
  },

  classify: (relativePath) =>
    relativePath === "threads.db" ? { format: "database", twin: relativePath, rank: 0 } : undefined,
  enters: () => false,
  isFlat: () => true,

  async reading(): Promise<AgentReading> {
    const { ZED_DATABASE, ZedParser } = await import("./zed/parser.ts");
    return { database: ZED_DATABASE, parser: (_source, emit) => new ZedParser(emit) };
  },
};
