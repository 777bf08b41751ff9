/**
 * Kiro CLI since 2.0: a session each, `<session>.jsonl`, with facts of it in `<session>.json` beside it.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { isAbsolute, joinPath } from "../platform/paths.ts";
import type { Agent } from "./agent.ts";
import { jsonlFiles } from "./jsonl_files.ts";
import { KiroCliParser } from "./kiro_cli/parser.ts";

/** What Kiro CLI writes, and where. */
export const kiroCli: Agent = {
  id: "kiro-cli",
  name: "Kiro CLI",
  proof: "read",
  files: "a session each, JSON lines",
  adapterVersion: 1,

  roots({ os, home, get }: Environment): readonly string[] {
    const named = get("KIRO_HOME");
    const folder = named !== undefined && isAbsolute(named, os) ? named : joinPath(os, home, ".kiro");
    return [joinPath(os, folder, "sessions", "cli")];
  },

  ...jsonlFiles({ depth: 1 }),
  companions: (relativePath) => [relativePath.replace(/\.jsonl$/, ".json")],
  parser: (source, emit, state) => new KiroCliParser(source, emit, state),
};
