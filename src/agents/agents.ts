/**
 * The agents that the program knows: one line each.
 *
 * @module
 */

import type { Agent } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { copilotCli } from "./copilot_cli.ts";
import { cursor } from "./cursor.ts";
import { droid } from "./droid.ts";
import { geminiCli } from "./gemini_cli.ts";
import { kilo, openCode } from "./opencode.ts";
import { omp } from "./omp.ts";
import { openclaw } from "./openclaw.ts";
import { pi } from "./pi.ts";
import { qwenCode } from "./qwen_code.ts";

/** All agents, in the order in which they are shown. */
export const AGENTS: readonly Agent[] = [
  claudeCode,
  codex,
  copilot,
  copilotCli,
  cursor,
  geminiCli,
  openCode,
  kilo,
  qwenCode,
  pi,
  omp,
  openclaw,
  droid,
];

/** The agent of that id. */
export function findAgent(id: string): Agent | undefined {
  return AGENTS.find((agent) => agent.id === id);
}
