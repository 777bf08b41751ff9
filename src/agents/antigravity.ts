/**
 * Antigravity, Google's editor and command line: of each conversation a readable transcript below
 * `~/.gemini/antigravity*`. The conversation itself is encrypted.
 *
 * @module
 */

import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Antigravity writes, and where. */
export const antigravity: Agent = {
  id: "antigravity",
  name: "Antigravity",
  proof: "read",
  files: "a conversation each, JSON lines",
  adapterVersion: 1,

  roots: ({ os, home }) =>
    ["antigravity", "antigravity-ide", "antigravity-cli"].map((name) =>
      joinPath(os, home, ".gemini", name, "brain")
    ),

  classify(relativePath: string): SourceKind | undefined {
    const [, folder, full] =
      /^([^/]+)\/\.system_generated\/logs\/transcript(_full)?\.jsonl$/.exec(relativePath) ??
        [];
    // The other one leaves out the middle of what is long.
    return folder === undefined
      ? undefined
      : { format: "jsonl", twin: folder, rank: full === undefined ? 1 : 0 };
  },

  enters: (relativePath) => /^[^/]+(?:\/\.system_generated(?:\/logs)?)?$/.test(relativePath),

  async reading(): Promise<AgentReading> {
    const { AntigravityParser } = await import("./antigravity/parser.ts");
    return { parser: (source, emit, state) => new AntigravityParser(source, emit, state) };
  },
};
