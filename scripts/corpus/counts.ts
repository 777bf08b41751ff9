/**
 * Counts what the program made of a file, the way `EXPECTED.md` counted the file.
 *
 * @module
 */

import type { EventType, Metrics } from "../../src/events/event.ts";
import type { CorpusAgent, Counts } from "./expected.ts";

/** The part of an event that is counted. */
export interface CountedEvent {
  readonly type: EventType;
  readonly data: unknown;
  readonly metrics?: Metrics;
}

const CALLS: ReadonlySet<EventType> = new Set([
  "tool_use",
  "file_read",
  "file_write",
  "file_modify",
  "command_execution",
]);

/** Interactions that agents write as prompts. The others stand in the results of tools and in system records. */
const TYPED: ReadonlySet<unknown> = new Set(["slash_command", "bash", "command_output", "memory", "cancel"]);

/** Counts events. */
export function countEvents(events: Iterable<CountedEvent>): Counts {
  const counts = { prompts: 0, calls: 0, input: 0, output: 0, cacheWrite: 0, cacheRead: 0 };
  for (const { type, data, metrics } of events) {
    if (CALLS.has(type)) counts.calls++;
    if (type === "llm_request") counts.prompts++;
    if (type === "user_interaction" && TYPED.has((data as { action?: unknown }).action)) counts.prompts++;
    counts.input += metrics?.inputTokens ?? 0;
    counts.output += metrics?.outputTokens ?? 0;
    counts.cacheWrite += metrics?.cacheWriteTokens ?? 0;
    counts.cacheRead += metrics?.cacheReadTokens ?? 0;
  }
  return counts;
}

/**
 * How many prompts a file holds that `EXPECTED.md` does not count: it looks at user records and at `user_message` events
 * alone.
 */
export function countOtherPrompts(agent: CorpusAgent, text: string): number {
  if (agent !== "codex" && agent !== "claude-code") return 0;
  const records = text.split("\n").map(parseRecord).filter((record) => record !== undefined);
  return records.filter(agent === "codex" ? otherCodexPrompt(records) : isOtherClaudePrompt).length;
}

/** Claude Code writes some local commands as system records, and what is typed while it works as attachments. */
function isOtherClaudePrompt({ type, subtype, attachment }: RawRecord): boolean {
  return type === "system" && subtype === "local_command" ||
    type === "attachment" && attachment?.type === "queued_command";
}

/** Some rollouts of Codex have no `user_message` events: there, messages of the user that it did not make up itself. */
function otherCodexPrompt(records: readonly RawRecord[]): (record: RawRecord) => boolean {
  if (records.some(({ payload }) => payload?.type === "user_message")) return () => false;
  return ({ type, payload }) =>
    type === "response_item" && payload?.role === "user" &&
    !/^(<|# AGENTS\.md)/.test(payload.content?.[0]?.text ?? "<");
}

interface RawRecord {
  readonly type?: unknown;
  readonly subtype?: unknown;
  readonly attachment?: { readonly type?: unknown };
  readonly payload?: {
    readonly type?: unknown;
    readonly role?: unknown;
    readonly content?: readonly { readonly text?: string }[];
  };
}

function parseRecord(line: string): RawRecord | undefined {
  try {
    return JSON.parse(line) ?? undefined;
  } catch {
    return undefined;
  }
}
