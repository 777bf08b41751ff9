/**
 * Mistral Vibe since 2.0: a folder for each session, with `messages.jsonl` and `meta.json`; sub-agents in folders below.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Mistral Vibe writes, and where. */
export const vibe: Agent = {
  id: "mistral-vibe",
  name: "Mistral Vibe",
  proof: "proven",
  files: "a session or sub-agent each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "VIBE_HOME") ?? joinPath(os, home, ".vibe");
    return [joinPath(os, folder, "logs", "session")];
  },

  classify(relativePath: string): SourceKind | undefined {
    return /^[^/]+(?:\/agents\/[^/]+)*\/messages\.jsonl$/.test(relativePath)
      ? { format: "jsonl", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: (relativePath) => /^[^/.][^/]*(?:\/agents(?:\/[^/]+)?)*$/.test(relativePath),
  companions: (relativePath) => [relativePath.replace(/messages\.jsonl$/, "meta.json")],

  async reading(): Promise<AgentReading> {
    const { VibeParser } = await import("./vibe/parser.ts");
    return { parser: (source, emit, state) => new VibeParser(source, emit, state) };
  },
};
