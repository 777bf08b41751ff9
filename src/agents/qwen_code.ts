/**
 * Qwen Code: one file per session, `projects/<folder>/chats/<session>.jsonl`, append-only; sub-agents in
 * `projects/<folder>/subagents/<session>/agent-<id>.jsonl`. A branch repeats what it was made from.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Qwen Code writes, and where. */
export const qwenCode: Agent = {
  id: "qwen-code",
  name: "Qwen Code",
  proof: "read",
  files: "a session or sub-agent each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    // The first is of what it writes alone, the second of its settings, too.
    const folder = folderNamed(environment, "QWEN_RUNTIME_DIR") ?? folderNamed(environment, "QWEN_HOME");
    return [joinPath(os, folder ?? joinPath(os, home, ".qwen"), "projects")];
  },

  classify(relativePath: string): SourceKind | undefined {
    return /^[^/]+\/(?:chats\/[^/]+|subagents\/[^/]+\/agent-[^/]+)\.jsonl$/.test(relativePath)
      ? { format: "jsonl", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: (relativePath) => /^[^/]+(?:\/chats|\/subagents(?:\/[^/]+)?)?$/.test(relativePath),

  async reading(): Promise<AgentReading> {
    const { QwenCodeParser } = await import("./qwen_code/parser.ts");
    return { parser: (source, emit, state) => new QwenCodeParser(source, emit, state) };
  },
};
