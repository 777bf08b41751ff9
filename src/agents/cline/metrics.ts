/**
 * Reads the numbers of Cline and of what was made of it.
 *
 * @module
 */

import type { Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { compact } from "../tools.ts";
import { asCount } from "../values.ts";

/**
 * The numbers of a request in a task.
 *
 * @param withCache what went in is told with what came from a cache and what was written to one
 */
export function metricsOfRequest(request: JsonObject | undefined, withCache: boolean): Metrics {
  const [read, written] = [asCount(request?.cacheReads), asCount(request?.cacheWrites)];
  const input = asCount(request?.tokensIn);
  return compact({
    inputTokens: withCache ? withoutCache(input, (read ?? 0) + (written ?? 0)) : input,
    outputTokens: asCount(request?.tokensOut),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    costUsd: asCount(request?.cost),
  });
}

/** The numbers of a message in a session of the SDK. */
export function metricsOfMessage(metrics: JsonObject | undefined): Metrics | undefined {
  if (metrics === undefined) return undefined;
  return compact({
    inputTokens: withoutCache(asCount(metrics.inputTokens), asCount(metrics.cacheReadTokens) ?? 0),
    outputTokens: asCount(metrics.outputTokens),
    cacheReadTokens: asCount(metrics.cacheReadTokens),
    cacheWriteTokens: asCount(metrics.cacheWriteTokens),
    costUsd: asCount(metrics.cost),
  });
}

/** What went in without what was cached, unless that alone is more: then it was not counted. */
function withoutCache(input: number | undefined, cached: number): number | undefined {
  return input === undefined || input < cached ? input : input - cached;
}
