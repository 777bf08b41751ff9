/**
 * omp, OhMyPi (can1357/oh-my-pi): pi's sessions, with a title in the first 256 bytes that is overwritten in place, below
 * `sessions/<bucket>/`; sub-agents in a folder called like the file of the session that started them.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading } from "./agent.ts";
import { jsonlFiles } from "./jsonl_files.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What omp writes, and where. */
export const omp: Agent = {
  id: "omp",
  name: "OhMyPi",
  proof: "read",
  files: "a session or sub-agent each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const xdg = dataFolder(environment);
    return [
      joinPath(os, home, ".omp", "agent", "sessions"),
      // `profiles/<name>/agent/sessions/<bucket>/…`
      joinPath(os, home, ".omp", "profiles"),
      joinPath(os, xdg, "omp", "sessions"),
      joinPath(os, xdg, "omp", "profiles"),
    ];
  },

  ...jsonlFiles({ depth: 8 }),

  async reading(): Promise<AgentReading> {
    const { PiParser } = await import("./pi/parser.ts");
    return { parser: (source, emit, state) => new PiParser(source, emit, state, "task") };
  },
};
