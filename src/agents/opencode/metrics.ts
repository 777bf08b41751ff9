/**
 * Reads what the messages of OpenCode and of what was made of it used.
 *
 * @module
 */

import type { Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { compact } from "../tools.ts";
import { asCount, asObject } from "../values.ts";
import { timeOf } from "./database.ts";

/**
 * What a message used: what its steps did, where they are known. The message itself has the tokens of its last step alone,
 * which mattered until late 2025, when one message had many; and in Kilo the cost of sub-agents, too, which their own
 * messages have.
 */
export function metricsOf(message: JsonObject, steps: readonly JsonObject[]): Metrics {
  const used = steps.map(({ tokens }) => tokensOf(asObject(tokens)));
  const { created, completed } = asObject(message.time) ?? {};
  const [start, end] = [timeOf(created), timeOf(completed)];
  return compact({
    ...steps.some(({ tokens }) => asObject(tokens) !== undefined)
      ? used.reduce(added, {})
      : tokensOf(asObject(message.tokens)),
    costUsd: steps.map(({ cost }) => asCount(cost)).reduce(sum, undefined) ?? asCount(message.cost),
    durationMs: start !== undefined && end !== undefined && end >= start ? end - start : undefined,
  });
}

function tokensOf(tokens: JsonObject | undefined): Metrics {
  const cache = asObject(tokens?.cache);
  const [input, output, reasoning] = [tokens?.input, tokens?.output, tokens?.reasoning].map(asCount);
  const [read, written] = [asCount(cache?.read), asCount(cache?.write)];
  // Since 2026 what was thought is not in the output. Then all parts are no more than the total.
  const parts = [input, output, reasoning, read, written].reduce(sum, undefined) ?? 0;
  const isApart = (asCount(tokens?.total) ?? -1) >= parts;
  return compact({
    inputTokens: input,
    outputTokens: isApart ? sum(output, reasoning) : output,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: reasoning,
  });
}

function added(a: Metrics, b: Metrics): Metrics {
  return compact({
    inputTokens: sum(a.inputTokens, b.inputTokens),
    outputTokens: sum(a.outputTokens, b.outputTokens),
    cacheReadTokens: sum(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: sum(a.cacheWriteTokens, b.cacheWriteTokens),
    reasoningTokens: sum(a.reasoningTokens, b.reasoningTokens),
  });
}

/** The sum of what is known. */
function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? a ?? b : a + b;
}
