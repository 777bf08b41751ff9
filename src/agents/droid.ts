/**
 * Droid (Factory): one file per session, `sessions/<folder>/<session>.jsonl`, append-only, and beside it
 * `<session>.settings.json` with the model and the tokens of the whole session.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading } from "./agent.ts";
import { jsonlFiles } from "./jsonl_files.ts";

/** What Droid writes, and where. */
export const droid: Agent = {
  id: "droid",
  name: "Droid",
  proof: "read",
  files: "a session each, JSON lines",
  adapterVersion: 2,

  roots({ os, home }: Environment): readonly string[] {
    return [joinPath(os, home, ".factory", "sessions")];
  },

  ...jsonlFiles({ depth: 2 }),

  companions: (relativePath) => [relativePath.replace(/\.jsonl$/, ".settings.json")],

  async reading(): Promise<AgentReading> {
    const { DroidParser } = await import("./droid/parser.ts");
    return { parser: (source, emit, state) => new DroidParser(source, emit, state) };
  },
};
