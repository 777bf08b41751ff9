/**
 * How the user says what the records of an agent mean that this program does not know: which field of a record becomes which
 * field of an event, by JSON pointers (RFC 6901: `/message/text`).
 *
 * @module
 */

import { EVENT_TYPES, type EventType, METRIC_NAMES } from "../events/event.ts";

/** What a record can be beside an event of its own. */
export const RECORD_MEANINGS = ["result", "ignore"] as const;

/** What a record is: an event, the result of a call that was told before, or nothing. */
export type RecordMeaning = EventType | typeof RECORD_MEANINGS[number];

/** All of them. */
export const MEANINGS: readonly RecordMeaning[] = [...EVENT_TYPES, ...RECORD_MEANINGS];

/** What holds for events of every type. */
export const CONTEXT_FIELDS = [
  "id",
  "timestamp",
  "session",
  "parentSession",
  "workspace",
  "repository",
  "branch",
  "model",
  "agentVersion",
] as const;

/** What is in the data of some type. */
export const CONTENT_FIELDS = [
  "prompt",
  "text",
  "reasoning",
  "stopReason",
  "tool",
  "callId",
  "arguments",
  "result",
  "isError",
  "exitCode",
  "path",
  "content",
  "patch",
  "command",
  "cwd",
  "action",
  "message",
  "code",
  "title",
  "source",
  "reason",
] as const;

/** All that a map may point at. */
export const MAP_FIELDS = [...CONTEXT_FIELDS, ...CONTENT_FIELDS, ...METRIC_NAMES] as const;

/** A field that a map may point at. */
export type MapField = typeof MAP_FIELDS[number];

/** The map. */
export type AgentMap = { readonly [K in Exclude<MapField, "timestamp">]?: string } & {
  /** What every record is, or where it says so. */
  readonly type: string;
  /** By what stands there, what the record is; what is not named is counted as not understood. */
  readonly types: { readonly [value: string]: RecordMeaning };
  readonly timestamp: string;
};

/** Whether a text is a JSON pointer to something within a record. */
export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~]|~[01])*)+$/.test(text);
}
