/**
 * The tools of Kimi, how it counts, and what it writes of a prompt.
 *
 * @module
 */

import type { LlmRequestData, Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

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

/** What a prompt says and carries: a text, or parts, of which each but a text names what it is (`image_url`). */
export function kimiPrompt(content: unknown): LlmRequestData | undefined {
  const prompt = asText(content) ?? asText(resultOf(content)) ?? "";
  const attachments = (asList(content) ?? [])
    .map((part) => /^(\w+)_url$/.exec(asText(asObject(part)?.type) ?? "")?.[1])
    .filter((kind) => kind !== undefined).map((kind) => ({ kind }));
  if (prompt === "" && attachments.length === 0) return undefined;
  return compact({ prompt, attachments: attachments.length === 0 ? undefined : attachments });
}
