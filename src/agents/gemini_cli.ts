/**
 * Gemini CLI: one file per chat, `tmp/<project>/chats/session-*.json`, written anew each time, or since 0.40 `.jsonl`, a log;
 * sub-agents in `chats/<session>/`. Where both forms of a chat exist the `.json` is what was resumed.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { MESSAGES, PROJECTS_FILE } from "./gemini_cli/names.ts";

/** What Gemini CLI writes, and where. */
export const geminiCli: Agent = {
  id: "gemini-cli",
  name: "Gemini CLI",
  proof: "proven",
  files: "a chat each, JSON and a log of changes to it",
  adapterVersion: 2,
  // `general.sessionRetention.maxAge` of its settings, unless changed.
  deletesAfterDays: 30,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    return [joinPath(os, folderNamed(environment, "GEMINI_CLI_HOME") ?? home, ".gemini")];
  },

  classify(relativePath: string): SourceKind | undefined {
    const [, stem, form] = /^(tmp\/[^/]+\/chats\/(?:[^/]+\/)?[^/]+)\.(jsonl?)$/.exec(relativePath) ?? [];
    if (stem === undefined) return undefined;
    return form === "jsonl"
      ? { format: "operations", twin: stem, rank: 0 }
      : { format: "document", twin: stem, rank: 1 };
  },

  enters: (relativePath) => /^tmp(?:\/[^/]+(?:\/chats(?:\/[^/]+)?)?)?$/.test(relativePath),

  companions: () => [PROJECTS_FILE],

  listName: MESSAGES,

  async reading(): Promise<AgentReading> {
    const { GeminiCliParser } = await import("./gemini_cli/parser.ts");
    return { parser: (source, emit) => new GeminiCliParser(source, emit) };
  },
};
