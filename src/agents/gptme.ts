/**
 * gptme: a folder for each conversation, in it `conversation.jsonl`, which is written anew with every message. Its branches
 * and views repeat it.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What gptme writes, and where. */
export const gptme: Agent = {
  id: "gptme",
  name: "gptme",
  proof: "read",
  files: "a conversation each, JSON lines, written anew with each message",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home, get } = environment;
    const named = folderNamed(environment, "GPTME_LOGS_HOME");
    if (named !== undefined) return [named];
    const usual = joinPath(os, dataFolder(environment), "gptme", "logs");
    switch (os) {
      case "linux":
        return [usual];
      case "darwin":
        return [usual, joinPath(os, home, "Library", "Application Support", "gptme", "logs")];
      case "windows": {
        const local = get("LOCALAPPDATA") ?? joinPath(os, home, "AppData", "Local");
        return [joinPath(os, local, "gptme", "gptme", "logs")];
      }
    }
  },

  classify(relativePath: string): SourceKind | undefined {
    return /^[^/]+\/conversation\.jsonl$/.test(relativePath)
      ? { format: "operations", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: (relativePath) => !relativePath.includes("/"),
  companions: (relativePath) => [relativePath.replace(/[^/]+$/, "config.toml")],

  async reading(): Promise<AgentReading> {
    const { parseConfig } = await import("./gptme/config.ts");
    const { GptmeParser } = await import("./gptme/parser.ts");
    return {
      parseCompanion: parseConfig,
      parser: (source, emit) => new GptmeParser(source, emit),
    };
  },
};
