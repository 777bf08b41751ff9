/**
 * The agents that the program knows: one line each.
 *
 * @module
 */

import type { Agent } from "./agent.ts";
import { aider } from "./aider.ts";
import { amp } from "./amp.ts";
import { antigravity } from "./antigravity.ts";
import { claudeCode } from "./claude_code.ts";
import { cline, rooCode } from "./cline.ts";
import { codex } from "./codex.ts";
import { continueDev } from "./continue.ts";
import { copilot } from "./copilot.ts";
import { copilotCli } from "./copilot_cli.ts";
import { crush, openCodeGo } from "./crush.ts";
import { cursor } from "./cursor.ts";
import { droid } from "./droid.ts";
import { forge } from "./forge.ts";
import { geminiCli } from "./gemini_cli.ts";
import { kilo, openCode } from "./opencode.ts";
import { goose } from "./goose.ts";
import { gptme } from "./gptme.ts";
import { grok } from "./grok.ts";
import { hermes } from "./hermes.ts";
import { kimiCli, kimiCode } from "./kimi.ts";
import { kiro } from "./kiro.ts";
import { amazonQ, kiroCli } from "./kiro_cli.ts";
import { omp } from "./omp.ts";
import { openclaw } from "./openclaw.ts";
import { openHands } from "./openhands.ts";
import { pi } from "./pi.ts";
import { qwenCode } from "./qwen_code.ts";
import { vibe } from "./vibe.ts";
import { windsurf } from "./windsurf.ts";
import { zed } from "./zed.ts";

/** All agents, in the order in which they are shown. */
export const AGENTS: readonly Agent[] = [
  claudeCode,
  codex,
  copilot,
  copilotCli,
  cursor,
  geminiCli,
  openCode,
  cline,
  rooCode,
  kilo,
  qwenCode,
  kimiCode,
  kimiCli,
  vibe,
  openHands,
  pi,
  omp,
  openclaw,
  continueDev,
  aider,
  crush,
  openCodeGo,
  forge,
  gptme,
  goose,
  zed,
  hermes,
  kiro,
  kiroCli,
  amazonQ,
  antigravity,
  grok,
  windsurf,
  amp,
  droid,
];

/** The agent of that id. */
export function findAgent(id: string): Agent | undefined {
  return AGENTS.find((agent) => agent.id === id);
}
