/**
 * Qwen Code: one file per session, `projects/<folder>/chats/<session>.jsonl`, append-only.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Qwen Code writes, and where. */
export const qwenCode: Agent = {
  id: "qwen-code",
  name: "Qwen Code",
  proof: "read",
  files: "a session each, JSON lines",
  adapterVersion: 1,

  roots({ os, home }: Environment): readonly string[] {
    return [joinPath(os, home, ".qwen", "projects")];
  },

  classify(relativePath: string): SourceKind | undefined {
    return /^[^/]+\/chats\/[^/]+\.jsonl$/.test(relativePath)
      ? { format: "jsonl", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: (relativePath) => /^[^/]+(?:\/chats)?$/.test(relativePath),

  async reading(): Promise<AgentReading> {
    const { QwenCodeParser } = await import("./qwen_code/parser.ts");
    return { parser: (source, emit, state) => new QwenCodeParser(source, emit, state) };
  },
};
