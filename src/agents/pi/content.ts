/**
 * Reads what messages of pi hold: texts or blocks, and what a model used for them.
 *
 * @module
 */

import type { Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { compact } from "../tools.ts";
import { asCount, asList, asObject } from "../values.ts";

/** The blocks of a content; a text has none. */
export function blocksOf(content: unknown): readonly JsonObject[] {
  return (asList(content) ?? []).map(asObject).filter((block) => block !== undefined);
}

/** What a content says. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return joined(blocksOf(content).filter(({ type }) => type === "text").map(({ text }) => text));
}

/** The texts among them, each on lines of its own. */
export function joined(texts: readonly unknown[]): string {
  return texts.filter((text) => typeof text === "string" && text !== "").join("\n");
}

/** The images that a content carries. */
export function imagesOf(content: unknown): readonly { readonly kind: string }[] {
  return blocksOf(content).filter(({ type }) => type === "image").map(() => ({ kind: "image" }));
}

/** Pi counts what went in without what came from a cache or went there. */
export function metricsOf(usage: unknown): Metrics | undefined {
  const counts = asObject(usage);
  if (counts === undefined) return undefined;
  return compact({
    inputTokens: asCount(counts.input),
    outputTokens: asCount(counts.output),
    cacheReadTokens: asCount(counts.cacheRead),
    cacheWriteTokens: asCount(counts.cacheWrite),
    reasoningTokens: asCount(counts.reasoning),
    costUsd: asCount(asObject(counts.cost)?.total),
  });
}
