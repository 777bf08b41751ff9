/**
 * Grok Build: for each session a folder below `~/.grok/sessions`, in it a stream of updates in the words of the Agent
 * Client Protocol.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Grok Build writes, and where. */
export const grok: Agent = {
  id: "grok",
  name: "Grok Build",
  proof: "read",
  files: "a session each, JSON lines",
  adapterVersion: 1,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "GROK_HOME") ?? joinPath(os, home, ".grok");
    return [joinPath(os, folder, "sessions")];
  },

  classify(relativePath: string): SourceKind | undefined {
    return /^[^/]+\/[^/]+\/updates\.jsonl$/.test(relativePath)
      ? { format: "jsonl", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: (relativePath) => relativePath.split("/").length <= 2,
  companions: (relativePath) => [relativePath.replace(/[^/]+$/, "summary.json")],

  async reading(): Promise<AgentReading> {
    const { GrokParser } = await import("./grok/parser.ts");
    return { parser: (source, emit, state) => new GrokParser(source, emit, state) };
  },
};
