/**
 * Kimi, of two kinds: Kimi Code keeps a `wire.jsonl` for each agent of a session; kimi-cli, which came before it, one for
 * each session, and since 2026 for each sub-agent. All only grow. A fork begins with all lines of what it was made from.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Kimi Code writes, and where. */
export const kimiCode: Agent = {
  id: "kimi-code",
  name: "Kimi Code",
  proof: "read",
  files: "a session or sub-agent each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "KIMI_CODE_HOME") ?? joinPath(os, home, ".kimi-code");
    return [joinPath(os, folder, "sessions")];
  },

  classify: (relativePath) => wire(relativePath, /^[^/]+\/[^/]+\/agents\/[^/]+\/wire\.jsonl$/),
  enters: (relativePath) => /^[^/]+(?:\/[^/]+(?:\/agents(?:\/[^/]+)?)?)?$/.test(relativePath),
  companions: (relativePath) => [relativePath.split("/").slice(0, 2).concat("state.json").join("/")],

  async reading(): Promise<AgentReading> {
    const { KimiCodeParser } = await import("./kimi/code_parser.ts");
    return { parser: (source, emit, state) => new KimiCodeParser(source, emit, state) };
  },
};

/** What kimi-cli writes, and where. */
export const kimiCli: Agent = {
  id: "kimi-cli",
  name: "Kimi CLI",
  proof: "read",
  files: "a session or sub-agent each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    return [folderNamed(environment, "KIMI_SHARE_DIR") ?? joinPath(os, home, ".kimi")];
  },

  classify: (relativePath) =>
    wire(relativePath, /^sessions\/[^/]+\/[^/]+\/(?:subagents\/[^/]+\/)?wire\.jsonl$/),
  enters: (relativePath) =>
    /^sessions(?:\/[^/]+(?:\/[^/]+(?:\/subagents(?:\/[^/]+)?)?)?)?$/.test(relativePath),
  // One says which folder each of the hashed names is of.
  companions: (
    relativePath,
  ) => ["kimi.json", relativePath.split("/").slice(0, 3).concat("state.json").join("/")],

  async reading(): Promise<AgentReading> {
    const { KimiCliParser } = await import("./kimi/cli_parser.ts");
    return { parser: (source, emit, state) => new KimiCliParser(source, emit, state) };
  },
};

function wire(relativePath: string, pattern: RegExp): SourceKind | undefined {
  return pattern.test(relativePath) ? { format: "jsonl", twin: relativePath, rank: 0 } : undefined;
}
