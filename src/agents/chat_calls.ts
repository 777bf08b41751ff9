/**
 * Calls in the form of OpenAI's chat, which some agents write: `[{id, type, function: {name, arguments}}]`, where the
 * arguments are JSON as a text.
 *
 * @module
 */

import type { RecordOutcome } from "./agent.ts";
import type { Conversation, Place } from "./conversation.ts";
import { fromJson } from "./json_text.ts";
import { asList, asObject, asText } from "./values.ts";

/** Tells the calls of an answer, which has this key. */
export function tellCalls(
  conversation: Conversation,
  calls: unknown,
  key: string,
  place: Place,
): RecordOutcome {
  for (const call of asList(calls) ?? []) {
    const called = asObject(asObject(call)?.function);
    const tool = asText(called?.name);
    const callId = asText(asObject(call)?.id);
    if (tool === undefined || callId === undefined) return { unknown: "message:tool_calls" };
    conversation.call(`${key}:${callId}`, place, { tool, callId, args: fromJson(called?.arguments) });
  }
  return undefined;
}
