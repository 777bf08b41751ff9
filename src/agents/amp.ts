/**
 * Amp: one document per thread, `threads/T-<id>.json`. Newer versions keep threads on a server, and none here.
 *
 * @module
 */

import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { dataFolder } from "./vscode_folders.ts";

/** What Amp writes, and where. */
export const amp: Agent = {
  id: "amp",
  name: "Amp",
  proof: "read",
  files: "a thread each, JSON",
  adapterVersion: 1,
  roots: (environment) => [joinPath(environment.os, dataFolder(environment), "amp", "threads")],

  classify(relativePath: string): SourceKind | undefined {
    return /^T-[^/]+\.json$/.test(relativePath)
      ? { format: "document", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: () => false,
  isFlat: () => true,

  async reading(): Promise<AgentReading> {
    const { AmpParser } = await import("./amp/parser.ts");
    return { parser: (source, emit) => new AmpParser(source, emit) };
  },
};
