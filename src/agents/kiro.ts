/**
 * Kiro, the editor: since mid 2026 a folder for each session below `~/.kiro/sessions`; before, JSON files in the folder of its
 * agent, by the path of the project in base64.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { userFoldersOf } from "./vscode_folders.ts";

/** What Kiro writes, and where. */
export const kiro: Agent = {
  id: "kiro",
  name: "Kiro",
  proof: "read",
  files: "a session each, JSON lines; before, JSON",
  adapterVersion: 1,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "KIRO_HOME") ?? joinPath(os, home, ".kiro");
    const users = [
      ...userFoldersOf(environment, "Kiro"),
      joinPath(os, home, ".kiro-server", "data", "User"),
    ];
    return [
      joinPath(os, folder, "sessions"),
      ...users.map((user) => joinPath(os, user, "globalStorage", "kiro.kiroagent", "workspace-sessions")),
    ];
  },

  classify(relativePath: string): SourceKind | undefined {
    if (/^[^/]+\/sess_[^/]+\/messages\.jsonl$/.test(relativePath)) {
      return { format: "jsonl", twin: relativePath, rank: 0 };
    }
    return /^[^/]+\/[0-9a-f-]{36}\.json$/.test(relativePath)
      ? { format: "document", twin: relativePath, rank: 0 }
      : undefined;
  },

  // Those of the command line are another agent's.
  enters: (relativePath) => /^(?!cli$)[^/]+(?:\/sess_[^/]+)?$/.test(relativePath),
  companions: (relativePath) =>
    relativePath.endsWith(".jsonl") ? [relativePath.replace(/[^/]+$/, "session.json")] : [],

  async reading(): Promise<AgentReading> {
    const { KiroSessionParser } = await import("./kiro/session_parser.ts");
    const { KiroSpineParser } = await import("./kiro/spine_parser.ts");
    return {
      parser: (source, emit, state) =>
        source.relativePath.endsWith(".jsonl")
          ? new KiroSessionParser(source, emit, state)
          : new KiroSpineParser(source, emit),
    };
  },
};
