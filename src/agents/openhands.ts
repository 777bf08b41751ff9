/**
 * OpenHands CLI: a folder for each conversation, with a file for each event and `base_state.json`, which is written anew
 * whenever something happens.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, ListFolder, SourceKind } from "./agent.ts";

/** What OpenHands writes, and where. */
export const openHands: Agent = {
  id: "openhands",
  name: "OpenHands CLI",
  proof: "proven",
  files: "a conversation each, a JSON file for each event",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const named = (name: string) => folderNamed(environment, name);
    const base = named("OPENHANDS_PERSISTENCE_DIR") ?? joinPath(os, home, ".openhands");
    return [named("OPENHANDS_CONVERSATIONS_DIR") ?? joinPath(os, base, "conversations")];
  },

  classify(relativePath: string): SourceKind | undefined {
    return /(?:^|\/)[^/]+\/base_state\.json$/.test(relativePath)
      ? { format: "document", twin: relativePath, rank: 0 }
      : undefined;
  },

  // Those of sub-agents lie below `subagents`.
  enters: (relativePath) => /^[^/]+(?:\/subagents(?:\/[^/]+)?)*$/.test(relativePath),

  companions(relativePath: string, list: ListFolder): readonly string[] {
    const folder = relativePath.replace(/base_state\.json$/, "events");
    return list(folder).filter((name) => /^event-\d+-.*\.json$/.test(name)).map((name) =>
      `${folder}/${name}`
    );
  },

  async reading(): Promise<AgentReading> {
    const { OpenHandsParser } = await import("./openhands/parser.ts");
    return { parser: (source, emit) => new OpenHandsParser(source, emit) };
  },
};
