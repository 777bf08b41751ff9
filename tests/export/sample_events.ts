/**
 * Events of every type, with all that an event may have.
 *
 * @module
 */

import { EVENT_TYPES } from "../../src/events/event.ts";
import type { OutgoingEvent, Sender } from "../../src/export/remote.ts";

/** Who sends. */
export const SENDER: Sender = {
  version: "1.2.3",
  machineId: "0b4f3a52-52b4-4b8e-9a45-1a2b3c4d5e6f",
  os: "linux",
};

/** One event of each type; `count` of them, their ids all different. */
export function sampleEvents(count: number = EVENT_TYPES.length): readonly OutgoingEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const type = EVENT_TYPES[index % EVENT_TYPES.length]!;
    return {
      id: `00000000-0000-8000-8000-${index.toString(16).padStart(12, "0")}`,
      revision: 1 + index % 3,
      type,
      timestamp: 1_800_000_000_000 + index,
      agent: index % 2 === 0 ? "claude-code" : "codex",
      agentVersion: "2.1.34",
      sessionId: `session-${index % 5}`,
      parentSessionId: "parent",
      workspace: "/home/ada/shop",
      repository: index % 2 === 0 ? "https://example.com/shop.git" : undefined,
      branch: "main",
      model: index % 2 === 0 ? "claude-opus-4" : "gpt-5",
      metrics: { inputTokens: 10, outputTokens: 20, cacheReadTokens: 1_000, costUsd: 0.125, durationMs: 12 },
      data: DATA[type],
      ...(index % 7 === 3 && { superseded: true as const }),
    } as unknown as OutgoingEvent;
  });
}

const CALL = { tool: "Tool", callId: "call-1", isError: true };

const DATA: Readonly<Record<typeof EVENT_TYPES[number], unknown>> = {
  llm_request: { prompt: "Fix “it” \u{1f680}\n\u0000 \ud800", attachments: [{ kind: "file", path: "/a" }] },
  llm_response: { text: "Done", reasoning: "Since…", stopReason: "end_turn" },
  tool_use: { ...CALL, arguments: { deep: [1, 1.5, null, true, { x: [] }], big: 2 ** 60 }, result: "ok" },
  file_read: { ...CALL, path: "/a", result: "text" },
  file_write: { ...CALL, path: "/a", content: "text" },
  file_modify: { ...CALL, path: "/a", patch: { old: "a", new: "b" } },
  command_execution: { ...CALL, command: "ls", cwd: "/", output: "a\\u0000b", exitCode: 1 },
  user_interaction: { action: "cancel", text: "stop" },
  error_encountered: { message: "overloaded", code: "529" },
  session_start: { title: "A session", source: "cli" },
  session_end: { reason: "quit" },
};
