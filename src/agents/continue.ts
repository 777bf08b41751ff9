/**
 * Continue: one document per session, `sessions/<session>.json`, and `sessions/sessions.json`, the list of them.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** The list of sessions, which says when each began. */
const LIST = "sessions.json";

/** What Continue writes, and where. */
export const continueDev: Agent = {
  id: "continue",
  name: "Continue",
  proof: "proven",
  files: "a session each, JSON",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "CONTINUE_GLOBAL_DIR") ?? joinPath(os, home, ".continue");
    return [joinPath(os, folder, "sessions")];
  },

  classify(relativePath: string): SourceKind | undefined {
    const isSession = /^[^/]+\.json$/.test(relativePath) && relativePath !== LIST;
    return isSession ? { format: "document", twin: relativePath, rank: 0 } : undefined;
  },

  enters: () => false,
  isFlat: () => true,
  companions: () => [LIST],

  async reading(): Promise<AgentReading> {
    const { ContinueParser } = await import("./continue/parser.ts");
    return { parser: (source, emit) => new ContinueParser(source, emit) };
  },
};
