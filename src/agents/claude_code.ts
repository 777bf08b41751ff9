/**
 * Claude Code: the command line, its editor extensions, the SDK and the desktop app all write the same transcripts.
 *
 * One file per session, `projects/<slug>/<session>.jsonl`, append-only; a sub-agent has its own file, beside the sessions
 * (until 2.0) or in `<session>/subagents/`, where those of a workflow lie one folder deeper. Resumed and forked sessions
 * copy earlier records into a new file. Measured on transcripts of versions 1.0.108 to 2.1.207.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { expandHome, isAbsolute, joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { belowProjects, coworkFolders, isCowork, leadsToProjects, taskOf } from "./claude_code/cowork.ts";

/** What Claude Code writes, and where. */
export const claudeCode: Agent = {
  id: "claude-code",
  name: "Claude Code",
  proof: "proven",
  files: "a session or sub-agent each, JSON lines",
  adapterVersion: 2,
  // `cleanupPeriodDays` of its settings, 30 unless changed.
  deletesAfterDays: 30,

  roots(environment: Environment): readonly string[] {
    const folders = configFolders(environment).map((folder) => joinPath(environment.os, folder, "projects"));
    return [...new Set([...folders, ...coworkFolders(environment)])];
  },

  classify(relativePath: string, root?: string): SourceKind | undefined {
    const below = belowProjects(relativePath);
    if (below === undefined && root !== undefined && isCowork(root)) return undefined;
    const parts = (below ?? relativePath).split("/");
    const name = parts.at(-1)!;
    if (!name.endsWith(".jsonl")) return undefined;
    const isAgents = name.startsWith("agent-");
    const isBeside = parts.length === 2;
    const isBelow = parts.length >= 4 && parts[2] === SUBAGENTS && isAgents;
    if (!isBeside && !isBelow) return undefined;
    // Some sub-agents (of side questions, of compaction) start from a replay of the session: the session is shown.
    return { format: "jsonl", twin: relativePath, rank: isAgents ? 1 : 0 };
  },

  enters(relativePath: string): boolean {
    if (leadsToProjects(relativePath)) return true;
    const parts = (belowProjects(relativePath) ?? relativePath).split("/");
    // `projects/<slug>/<session>/subagents/…`; beside `subagents` lie only persisted results and notes.
    return parts.length <= 2 ? parts[1] !== "memory" : parts[2] === SUBAGENTS;
  },

  companions(relativePath: string): readonly string[] {
    const task = taskOf(relativePath);
    return task === undefined ? [] : [task];
  },

  async reading(): Promise<AgentReading> {
    const [{ ClaudeCodeParser }, { pickNeeded }] = [
      await import("./claude_code/parser.ts"),
      await import("./claude_code/calls.ts"),
    ];
    return { pickNeeded, parser: (source, emit, state) => new ClaudeCodeParser(source, emit, state) };
  },
};

const SUBAGENTS = "subagents";

/** The folders that hold settings and history. Some 1.0 versions used the XDG one. */
function configFolders(environment: Environment): readonly string[] {
  const { os, home } = environment;
  const configured = (environment.get("CLAUDE_CONFIG_DIR") ?? "").split(",")
    .map((folder) => expandHome(folder.trim(), environment))
    .filter((folder) => isAbsolute(folder, os));
  if (configured.length > 0) return configured;
  const xdg = environment.get("XDG_CONFIG_HOME") ?? "";
  const config = isAbsolute(xdg, os) ? xdg : joinPath(os, home, ".config");
  return [joinPath(os, home, ".claude"), joinPath(os, config, "claude")];
}
