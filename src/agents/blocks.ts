/**
 * Messages in the blocks of Anthropic's API, which many agents write: texts, thoughts, calls, and the results of calls in
 * the next message of the user.
 *
 * @module
 */

import type { JsonObject, RecordOutcome } from "./agent.ts";
import type { Conversation, Place } from "./conversation.ts";
import { keyOfCall } from "./numbered_calls.ts";
import { asList, asObject, asText } from "./values.ts";

/** A message. */
export interface BlockMessage {
  readonly role: unknown;
  /** A text, or blocks. */
  readonly content: unknown;
  /** The provider's own id, or what every copy of the message carries. */
  readonly key: string;
  /** What was used belongs to the answer. */
  readonly place: Place;
  readonly stopReason?: string;
  /** What of a text of the user was typed, `undefined` if nothing was. @default all but reminders of the system */
  readonly typed?: (text: string) => string | undefined;
  /** Whether a call was refused, or failed, and what it gave, where the agent has a form of its own for that. */
  readonly outcome?: (block: JsonObject) => { readonly result?: unknown; readonly isError?: boolean };
}

/** Tells a message as events. */
export function tellMessage(conversation: Conversation, message: BlockMessage): RecordOutcome {
  const { role, content } = message;
  const blocks = typeof content === "string"
    ? [{ type: "text", text: content }]
    : (asList(content) ?? []).map(asObject).filter((block) => block !== undefined);
  if (role === "user") return tellUser(conversation, message, blocks);
  if (role === "assistant") return tellAnswer(conversation, message, blocks);
  return { unknown: `role:${asText(role) ?? "none"}` };
}

/** A message of the user carries what was typed and what was looked up for it, or the results of calls. */
function tellUser(
  conversation: Conversation,
  { key, place, typed = withoutReminder, outcome = outcomeOf }: BlockMessage,
  blocks: readonly JsonObject[],
): RecordOutcome {
  const texts = blocks.filter(({ type }) => type === "text").map(({ text }) => asText(text))
    .map((text) => text && typed(text)).filter((text) => text !== undefined && text !== "");
  const attachments = blocks.flatMap(({ type, path }) =>
    type === "image"
      ? [{ kind: "image" }]
      : type === "file"
      ? [{ kind: "file", ...asText(path) && { path: asText(path)! } }]
      : []
  );
  if (texts.length + attachments.length > 0) {
    conversation.add(key, { ...place, metrics: undefined }, {
      type: "llm_request",
      data: { prompt: texts.join("\n"), attachments: attachments.length === 0 ? undefined : attachments },
    });
  }
  const strays = blocks.filter(({ type }) => type === "tool_result").filter((block) => {
    const callId = asText(block.tool_use_id) ?? asText(block.toolUseID);
    return callId === undefined || !conversation.result(callId, outcome(block));
  });
  return strays.length === 0 ? undefined : { unknown: "result:without-call" };
}

function tellAnswer(
  conversation: Conversation,
  { key, place, stopReason }: BlockMessage,
  blocks: readonly JsonObject[],
): RecordOutcome {
  const join = (kind: string, ...names: readonly string[]) =>
    asText(
      blocks.filter(({ type }) => type === kind)
        .map((block) => names.map((name) => asText(block[name])).find((text) => text !== undefined))
        .filter((text) => text !== undefined).join("\n"),
    );
  conversation.add(key, place, {
    type: "llm_response",
    data: { text: join("text", "text"), reasoning: join("thinking", "thinking", "text"), stopReason },
  });
  for (const [index, block] of blocks.entries()) {
    const tool = asText(block.name);
    if (block.type !== "tool_use" || tool === undefined) continue;
    const callId = asText(block.id);
    const callKey = callId === undefined ? `${key}:${index}` : keyOfCall(callId, tool, key);
    conversation.call(callKey, { ...place, metrics: undefined }, {
      tool,
      callId,
      args: block.input,
    });
  }
  return undefined;
}

function withoutReminder(text: string): string | undefined {
  return text.startsWith("<system-reminder>") ? undefined : text;
}

function outcomeOf(block: JsonObject): { readonly result?: unknown; readonly isError?: boolean } {
  return {
    result: resultOf(block.content),
    isError: typeof block.is_error === "boolean" ? block.is_error : undefined,
  };
}

/** What a tool said: a text, or blocks of text and images. */
export function resultOf(content: unknown): unknown {
  if (typeof content === "string") return content;
  const texts = (asList(content) ?? []).map((block) => asText(asObject(block)?.text))
    .filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("\n");
}
