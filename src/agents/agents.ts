/**
 * The agents that the program knows: one line each.
 *
 * @module
 */

import type { Agent } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";

/** All agents, in the order in which they are shown. */
export const AGENTS: readonly Agent[] = [
  claudeCode,
  codex,
  copilot,
];

/** The agent of that id. */
export function findAgent(id: string): Agent | undefined {
  return AGENTS.find((agent) => agent.id === id);
}
