/**
 * Rollouts for the tests of the Codex adapter: those of tests/fixtures/codex, and lines to make others of.
 *
 * @module
 */

import type { JsonObject } from "../../../src/agents/agent.ts";
import { codex } from "../../../src/agents/codex.ts";
import type { EventDraft, Metrics } from "../../../src/events/event.ts";
import { type IdentifiedDraft, type Line, parseAll, readLines } from "../harness.ts";

/** Where the fixtures are. */
export const FIXTURES = new URL("../../fixtures/codex/", import.meta.url);

/** The fixtures, by name. `fork` descends from `parent`, `fork_of_fork` from `fork`, `old_resume` from `old_parent`. */
export const NAMES = ["parent", "fork", "fork_of_fork", "old_parent", "old_resume", "bare", "kinds"] as const;

/** The name of a fixture. */
export type Name = typeof NAMES[number];

/** The threads of the fixtures. */
export const IDS = {
  parent: "019df200-5000-7001-8000-000000000001",
  fork: "019dfc83-f680-7002-8000-000000000002",
  forkOfFork: "019e0707-9d00-7003-8000-000000000003",
  oldParent: "0d3c1f6e-9f2a-4b7e-8c55-000000000001",
  oldResume: "0d3c1f6e-9f2a-4b7e-8c55-000000000002",
} as const;

/** Where a rollout of that name lies below the root. */
export function pathOf(name: string): string {
  return `sessions/2026/05/04/${name}.jsonl`;
}

/** The lines of a fixture. */
export function readFixture(name: Name): Promise<string[]> {
  return readLines(new URL(`${name}.jsonl`, FIXTURES));
}

/** The events of a fixture. */
export async function readEvents(name: Name): Promise<readonly IdentifiedDraft[]> {
  return parse(await readFixture(name), name);
}

/** The events of lines. */
export function parse(lines: readonly Line[], name = "rollout"): readonly IdentifiedDraft[] {
  return parseAll(codex, pathOf(name), lines).events;
}

/** The ids of events, in order. */
export function idsOf(events: readonly IdentifiedDraft[]): string[] {
  return events.map((event) => event.id);
}

/** The events of one type. */
export function ofType(events: readonly EventDraft[], type: EventDraft["type"]): EventDraft[] {
  return events.filter((event) => event.type === type);
}

/** All tokens that went in and came out. */
export function sumTokens(
  events: readonly EventDraft[],
): Required<Pick<Metrics, "inputTokens" | "outputTokens">> {
  const sum = { inputTokens: 0, outputTokens: 0 };
  for (const { metrics = {} } of events) {
    const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0 } = metrics;
    sum.inputTokens += inputTokens + cacheReadTokens + cacheWriteTokens;
    sum.outputTokens += outputTokens;
  }
  return sum;
}

/** A line with an envelope. */
export function line(type: string, payload: JsonObject, timestamp = "2026-05-04T08:00:00.000Z"): JsonObject {
  return { timestamp, type, payload };
}

/** The first line of a thread that has no parent. */
export const META = line("session_meta", { id: "thread-1", cwd: "/home/ada/shop" });

/** A model's message in its history. */
export function answer(text: string): JsonObject {
  const content = [{ type: "output_text", text }];
  return line("response_item", { type: "message", role: "assistant", content });
}

/** A prompt as the screen shows it. */
export function typed(message: string): JsonObject {
  return line("event_msg", { type: "user_message", message });
}

/** What the model is given in the user's name. */
export function given(text: string): JsonObject {
  return line("response_item", { type: "message", role: "user", content: [{ type: "input_text", text }] });
}

/** The running totals, and what of them is the last call's. */
export function tokens(total: JsonObject, last?: JsonObject): JsonObject {
  return line("event_msg", {
    type: "token_count",
    info: { total_token_usage: total, last_token_usage: last },
  });
}
