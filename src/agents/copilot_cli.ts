/**
 * GitHub Copilot CLI, the desktop app and the background agent of VS Code: one folder per session,
 * `session-state/<session>/events.jsonl`, append-only; before 1.0 one file, `session-state/<session>.jsonl`.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Copilot CLI writes, and where. */
export const copilotCli: Agent = {
  id: "copilot-cli",
  name: "GitHub Copilot CLI",
  proof: "proven",
  files: "a session each, JSON lines",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "COPILOT_HOME") ?? joinPath(os, home, ".copilot");
    return [joinPath(os, folder, "session-state")];
  },

  classify(relativePath: string): SourceKind | undefined {
    const [, session] = /^([^/]+?)(?:\/events)?\.jsonl$/.exec(relativePath) ?? [];
    if (session === undefined) return undefined;
    // A session of before 1.0 is moved into a folder when it is resumed.
    return { format: "jsonl", twin: session, rank: relativePath.includes("/") ? 0 : 1 };
  },

  enters: (relativePath) => !relativePath.includes("/"),

  async reading(): Promise<AgentReading> {
    const { CopilotCliParser } = await import("./copilot_cli/parser.ts");
    return { parser: (source, emit, state) => new CopilotCliParser(source, emit, state) };
  },
};
