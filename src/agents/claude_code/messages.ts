/**
 * Puts a model's message together: Claude Code writes it as 1 to 14 lines, each with one content block and the usage so
 * far, which never falls (measured on 197,000 lines).
 *
 * @module
 */

import type { LlmResponseData, Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

/** What one line says of its message. */
export interface MessageLine {
  readonly text?: string;
  readonly reasoning?: string;
  readonly stopReason?: string;
  readonly metrics?: Metrics;
  /** Blocks that call a tool. */
  readonly calls: readonly JsonObject[];
  /** Blocks that hold what a tool of the provider's own returned. */
  readonly results: readonly JsonObject[];
  /** Kind of the first block that is not understood. */
  readonly unknown?: string;
}

/** The model that stands in messages which Claude Code made itself. */
const SYNTHETIC = "<synthetic>";

/** The model of a message, `undefined` where none wrote it. */
export function modelOf(message: JsonObject): string | undefined {
  return message.model === SYNTHETIC ? undefined : asText(message.model);
}

/** Reads one line of a message. */
export function readMessageLine(record: JsonObject, message: JsonObject): MessageLine {
  let text: string | undefined;
  let reasoning: string | undefined;
  let unknown: string | undefined;
  const calls: JsonObject[] = [];
  const results: JsonObject[] = [];
  if (typeof message.content === "string") text = asText(message.content);
  for (const item of asList(message.content) ?? []) {
    const block = asObject(item);
    switch (block?.type) {
      case "text":
        text = withPart(text, asText(block.text));
        break;
      case "thinking":
        reasoning = withPart(reasoning, asText(block.thinking));
        break;
      case "tool_use":
      case "server_tool_use":
        calls.push(block);
        break;
      case "web_search_tool_result":
      case "web_fetch_tool_result":
        results.push(block);
        break;
      case "redacted_thinking":
      case "fallback":
        break;
      default:
        unknown ??= `block:${asText(block?.type) ?? typeof item}`;
    }
  }
  const stopReason = asText(message.stop_reason);
  return { text, reasoning, stopReason, metrics: readMetrics(record, message), calls, results, unknown };
}

function readMetrics(record: JsonObject, message: JsonObject): Metrics | undefined {
  if (message.model === SYNTHETIC) return undefined;
  const usage = asObject(message.usage);
  // Only early 1.0 versions wrote a cost.
  const costUsd = asCount(record.costUSD);
  if (usage === undefined) return costUsd === undefined ? undefined : { costUsd };
  return {
    inputTokens: asCount(usage.input_tokens),
    outputTokens: asCount(usage.output_tokens),
    cacheReadTokens: asCount(usage.cache_read_input_tokens),
    cacheWriteTokens: asCount(usage.cache_creation_input_tokens),
    costUsd,
  };
}

/** Data and metrics of a message after one more line, or `undefined` if that line changes nothing. */
export function growMessage(
  data: LlmResponseData,
  metrics: Metrics | undefined,
  line: MessageLine,
): { readonly data: LlmResponseData; readonly metrics: Metrics | undefined } | undefined {
  const text = withPart(data.text, line.text);
  const reasoning = withPart(data.reasoning, line.reasoning);
  const stopReason = line.stopReason ?? data.stopReason;
  const grown = maximum(metrics, line.metrics);
  if (
    text === data.text && reasoning === data.reasoning && stopReason === data.stopReason && grown === metrics
  ) return undefined;
  return { data: { text, reasoning, stopReason }, metrics: grown };
}

/** What stands between two blocks of a message. */
const GAP = "\n\n";

/** The text with one more block at its end, unless it is there already: a replayed line adds nothing. */
function withPart(text: string | undefined, part: string | undefined): string | undefined {
  if (text === undefined || part === undefined) return text ?? part;
  if ((GAP + text + GAP).includes(GAP + part + GAP)) return text;
  return text + GAP + part;
}

/** The larger of each number; the same object as `known` if it is all of that. */
function maximum(known: Metrics | undefined, seen: Metrics | undefined): Metrics | undefined {
  if (known === undefined || seen === undefined) return known ?? seen;
  let grown: Metrics | undefined;
  for (const name of Object.keys(seen) as (keyof Metrics)[]) {
    const value = seen[name];
    if (value === undefined || value <= (known[name] ?? -1)) continue;
    grown ??= { ...known };
    grown[name] = value;
  }
  return grown ?? known;
}
