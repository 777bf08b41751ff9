/**
 * The tools of Kimi, and how it counts.
 *
 * @module
 */

import type { Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount } from "../values.ts";

/** Which of them read, write and change files, and which run commands. */
export const KIMI_TOOLS: ToolKinds = {
  read: "read",
  readfile: "read",
  write: "write",
  writefile: "write",
  edit: "modify",
  strreplacefile: "modify",
  bash: "command",
  shell: "command",
};

/** Tokens, under the names that both kinds give them. */
export function kimiMetrics(usage: JsonObject | undefined): Metrics | undefined {
  if (usage === undefined) return undefined;
  return compact({
    inputTokens: asCount(usage.inputOther) ?? asCount(usage.input_other),
    outputTokens: asCount(usage.output),
    cacheReadTokens: asCount(usage.inputCacheRead) ?? asCount(usage.input_cache_read),
    cacheWriteTokens: asCount(usage.inputCacheCreation) ?? asCount(usage.input_cache_creation),
  });
}
