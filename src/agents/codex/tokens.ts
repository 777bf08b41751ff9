/**
 * Turns the running totals of a rollout into what each model call used.
 *
 * `token_count` carries cumulative totals and repeats them whenever rate limits change: of 86 such events of
 * a 0.58 thread 42 were repeats. A call's use is the growth of the totals.
 *
 * @module
 */

import type { Metrics } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asCount, asObject } from "../values.ts";

/** What one model call used. */
export interface CallUsage {
  /** Names the call by the totals after it, which every copy of the record carries. */
  readonly key: string;
  readonly metrics: Metrics;
}

/**
 * input, cached (part of input), written to a cache (part of input), output, reasoning (part of output),
 * total
 */
type Totals = readonly [number, number, number, number, number, number];

const NAMES = [
  "input_tokens",
  "cached_input_tokens",
  "cache_write_input_tokens",
  "output_tokens",
  "reasoning_output_tokens",
  "total_tokens",
] as const;

/** The count of one thread. */
export class TokenCount {
  #totals: Totals | undefined;
  /** How often the count began anew: after that, totals may be met again. */
  #restarts: number;

  /** @param saved what `save()` of an earlier one returned */
  constructor(saved: unknown) {
    const { totals, restarts } = saved as { totals?: Totals; restarts: number } | undefined ??
      { restarts: 0 };
    this.#totals = totals;
    this.#restarts = restarts;
  }

  /** Takes the `info` of a `token_count`; `undefined` where it says nothing new. */
  take(info: JsonObject): CallUsage | undefined {
    const totals = readTotals(info.total_token_usage);
    if (totals === undefined) return undefined;
    const before = this.#totals;
    if (before !== undefined && totals.every((count, index) => count === before[index])) return undefined;
    this.#totals = totals;
    const last = readTotals(info.last_token_usage);
    const isNew = before === undefined || isRestart(before, totals, last);
    if (isNew && before !== undefined) this.#restarts++;
    // Where the base of the totals is unknown (a thread that goes on from what is not in this file), only the
    // last call is sure.
    const used = isNew
      ? last !== undefined && last.every((count, index) => count <= totals[index]!) ? last : totals
      : totals.map((count, index) => Math.max(0, count - before[index]!)) as unknown as Totals;
    const [input, cached, written, output, reasoning] = used;
    if (input === 0 && output === 0) return undefined;
    const key = `usage:${totals.slice(0, 5).join(".")}`;
    return {
      key: this.#restarts === 0 ? key : `${key}:${this.#restarts}`,
      metrics: {
        inputTokens: Math.max(0, input - cached - written),
        outputTokens: output,
        cacheReadTokens: cached,
        ...(written > 0 && { cacheWriteTokens: written }),
        reasoningTokens: reasoning,
      },
    };
  }

  /** Takes the `info` of a `token_count` that says from where the count goes on: another file has what was used. */
  goOnFrom(info: JsonObject): void {
    this.#totals = readTotals(info.total_token_usage) ?? this.#totals;
  }

  /** The count as plain JSON. */
  save(): unknown {
    return { totals: this.#totals, restarts: this.#restarts };
  }
}

/** Whether the totals count from zero again: they fell, or all that they hold is the last call. */
function isRestart(before: Totals, totals: Totals, last: Totals | undefined): boolean {
  const fell = totals[0] < before[0] || totals[3] < before[3];
  return fell || last !== undefined && last.every((count, index) => count === totals[index]);
}

function readTotals(value: unknown): Totals | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  return NAMES.map((name) => asCount(usage[name]) ?? 0) as unknown as Totals;
}
