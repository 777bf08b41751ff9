/**
 * Which fields of an event's data are *content* (what people and models wrote, and what tools said) and which are
 * metadata. The content level of a remote is made from this table, and a test holds every adapter's events against it.
 *
 * @module
 */

import type { EventDataByType, EventType } from "./event.ts";

/** The fields of each type's data, by kind. `attachments` holds both: `path` is content, `kind` is not. */
type FieldTable = {
  readonly [T in EventType]: {
    readonly content: readonly (keyof EventDataByType[T])[];
    readonly metadata: readonly (keyof EventDataByType[T])[];
  };
};

const FILE = {
  content: ["path", "content", "patch", "result"],
  metadata: ["tool", "callId", "isError"],
} as const;

/** The table. Every field of every type stands in exactly one list. */
export const DATA_FIELDS: FieldTable = {
  llm_request: { content: ["prompt", "attachments"], metadata: [] },
  llm_response: { content: ["text", "reasoning"], metadata: ["stopReason"] },
  tool_use: { content: ["arguments", "result"], metadata: ["tool", "callId", "isError"] },
  file_read: FILE,
  file_write: FILE,
  file_modify: FILE,
  command_execution: {
    content: ["command", "cwd", "output"],
    metadata: ["tool", "callId", "exitCode", "isError"],
  },
  user_interaction: { content: ["text"], metadata: ["action"] },
  error_encountered: { content: ["message"], metadata: ["code"] },
  session_start: { content: ["title"], metadata: ["source", "forkedFrom"] },
  session_end: { content: [], metadata: ["reason"] },
};
