/**
 * Reads from the state of a conversation of OpenHands what each call of a model used.
 *
 * @module
 */

import type { Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { compact } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

/** What a call of a model used, and of which model. */
export interface Usage {
  readonly model: string | undefined;
  readonly metrics: Metrics;
}

/** By the id of its answer, what each call used. */
export function usageOf(stats: JsonObject | undefined): ReadonlyMap<string, Usage> {
  const users = Object.values(asObject(stats?.usage_to_metrics) ?? {}).map(asObject);
  return new Map(users.flatMap((user) => {
    const usages = (asList(user?.token_usages) ?? []).map(asObject);
    const costs = (asList(user?.costs) ?? []).map(asObject);
    return usages.flatMap((usage, index) => {
      const id = asText(usage?.response_id);
      if (usage === undefined || id === undefined) return [];
      // What a call cost stands in a list of its own, without an id, and only where a price was known.
      const cost = costs.length === usages.length ? asCount(costs[index]?.cost) : undefined;
      return [[id, { model: modelOf(usage.model), metrics: metricsOf(usage, cost) }] as const];
    });
  }));
}

/** A model, without the provider that it is called at. */
export function modelOf(name: unknown): string | undefined {
  return asText(name)?.replace(/^.*\//, "");
}

function metricsOf(usage: JsonObject, costUsd: number | undefined): Metrics {
  const prompt = asCount(usage.prompt_tokens);
  const cached = asCount(usage.cache_read_tokens) ?? 0;
  return compact({
    // With what came from a cache, unless that alone is more.
    inputTokens: prompt === undefined || prompt < cached ? prompt : prompt - cached,
    outputTokens: asCount(usage.completion_tokens),
    cacheReadTokens: asCount(usage.cache_read_tokens),
    cacheWriteTokens: asCount(usage.cache_write_tokens),
    reasoningTokens: asCount(usage.reasoning_tokens),
    costUsd,
  });
}
