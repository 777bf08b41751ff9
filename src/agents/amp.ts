/**
 * Amp: one document per thread, `threads/T-<id>.json`. Newer versions keep threads on a server, and none here.
 *
 * @module
 */

import { joinPath } from "../platform/paths.ts";
import type { Agent, SourceKind } from "./agent.ts";
import { AmpParser } from "./amp/parser.ts";
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
  parser: (source, emit) => new AmpParser(source, emit),
};
