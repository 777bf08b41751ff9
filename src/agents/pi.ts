/**
 * pi (badlogic/pi-mono, earendil-works/pi): one file per session, `sessions/--<folder>--/<time>_<session>.jsonl`,
 * append-only; rewritten when an older version is migrated. Forks repeat what they were made from.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { expandHome, isAbsolute, joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading } from "./agent.ts";
import { jsonlFiles } from "./jsonl_files.ts";

/** What pi writes, and where. */
export const pi: Agent = {
  id: "pi",
  name: "pi",
  proof: "proven",
  files: "a session each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home, get } = environment;
    const named = expandHome(get("PI_CODING_AGENT_DIR") ?? "", environment);
    const folder = isAbsolute(named, os) ? named : joinPath(os, home, ".pi", "agent");
    const others = folderNamed(environment, "PI_CODING_AGENT_SESSION_DIR");
    return [...new Set([joinPath(os, folder, "sessions"), ...others === undefined ? [] : [others]])];
  },

  ...jsonlFiles({ depth: 2 }),

  async reading(): Promise<AgentReading> {
    const { PiParser } = await import("./pi/parser.ts");
    return { parser: (source, emit, state) => new PiParser(source, emit, state) };
  },
};
