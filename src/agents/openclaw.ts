/**
 * OpenClaw: until 2026.7 pi's sessions in files, `agents/<agent>/sessions/<session>.jsonl`; one that was reset or deleted is
 * renamed to `<session>.jsonl.reset.<time>` or `.deleted.<time>`, one that goes on with its last lines alone to `.bak.<time>`;
 * newer versions compress these (`.zst`). Later versions keep the same lines in a database for each agent,
 * `agents/<agent>/agent/openclaw-agent.sqlite`.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { expandHome, isAbsolute, joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What OpenClaw writes, and where. */
export const openclaw: Agent = {
  id: "openclaw",
  name: "OpenClaw",
  proof: "read",
  files: "a session each, JSON lines; since 2026.7 an SQLite database for each agent",
  adapterVersion: 2,
  deletesAfterDays: 30,

  roots(environment: Environment): readonly string[] {
    const { os, home, get } = environment;
    const named = expandHome(get("OPENCLAW_STATE_DIR") ?? get("CLAWDBOT_STATE_DIR") ?? "", environment);
    const above = expandHome(get("OPENCLAW_HOME") ?? "", environment);
    // Before it had its name it had others; Kimi brings one along.
    const folders = [".openclaw", ".clawdbot", ".moldbot", ".moltbot", ".kimi_openclaw"].map((name) =>
      joinPath(os, isAbsolute(above, os) ? above : home, name)
    );
    return (isAbsolute(named, os) ? [named] : folders).map((folder) => joinPath(os, folder, "agents"));
  },

  classify(relativePath: string): SourceKind | undefined {
    if (/^[^/]+\/agent\/openclaw-agent\.sqlite$/.test(relativePath)) {
      return { format: "database", twin: relativePath, rank: 0 };
    }
    const [, session, packed] =
      /^[^/]+\/sessions\/([^/]+?)\.jsonl(?:\.(?:reset|deleted|bak)\.[^/]+?(\.zst)?)?$/.exec(relativePath) ??
        [];
    // Beside the sessions lie copies of them, and notes of how they came about.
    if (session === undefined || /\.(?:checkpoint\..*|trajectory)$/.test(session)) return undefined;
    return packed === undefined
      ? { format: "jsonl", twin: relativePath, rank: 1 }
      : { format: "jsonl.zst", twin: relativePath.slice(0, -packed.length), rank: 2 };
  },

  enters(relativePath: string): boolean {
    const parts = relativePath.split("/");
    return parts.length === 1 || (parts.length === 2 && /^(?:sessions|agent)$/.test(parts[1]!));
  },

  async reading(): Promise<AgentReading> {
    const { OPENCLAW_DATABASE } = await import("./openclaw/database.ts");
    const { PiParser } = await import("./pi/parser.ts");
    return {
      database: OPENCLAW_DATABASE,
      parser: (source, emit, state) => new PiParser(source, emit, state),
    };
  },
};
