/**
 * Reads the sessions of Hermes: messages as rows, in the form of OpenAI's chat. From NousResearch/hermes-agent
 * `hermes_state_common.py` (schema), `hermes_state_messages.py`, `hermes_cli/foreign_sessions.py` (imports).
 *
 * @module
 */

import type { Attachment, EventDraft, Metrics } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { tellCalls } from "../chat_calls.ts";
import { Conversation, type Place } from "../conversation.ts";
import type { DatabaseLayout } from "../database.ts";
import { fromJson } from "../json_text.ts";
import { timeOfValue } from "../row_values.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { type SessionFacts, sessionRowsParser } from "../session_rows.ts";
import { sessionTables } from "../table_layouts.ts";

const TOOLS: ToolKinds = {
  read_file: "read",
  write_file: "write",
  patch: "modify",
  edit_file: "modify",
  terminal: "command",
};

/** What stands before the JSON of a content that is no plain text. */
const PARTS = "\0json:";
/** How a message begins that a compaction leaves for the model. */
const HANDED_OVER = /^\[?(?:CONTEXT COMPACTION|Context compaction|Previous conversation summary)/;

/** What the database of Hermes holds. */
export const HERMES_DATABASE: DatabaseLayout = sessionTables({
  changedAt: (row) => timeOfValue(row.get("last_activity_at")) ?? timeOfValue(row.get("ended_at")),
  leftOut: ["system_prompt"],
});

/** The parser of one session. A branch, and what goes on after a compaction, repeat messages of their parent with their times. */
export function hermesParser(emit: (event: EventDraft) => void): RecordParser {
  const conversation = new Conversation(emit, { tools: TOOLS, anchor: "hour", openCalls: 256 }, "");
  const seen = new Set<string>();
  let isTakenOver: IsTakenOver = () => false;
  return sessionRowsParser(conversation, {
    session(row) {
      isTakenOver = takenOverBy(row);
      return sessionOf(row);
    },
    message: (row, placeAt) => isTakenOver(row) ? undefined : tellMessage(conversation, row, seen, placeAt),
  });
}

/** Whether a message of the session was said to another agent, whose own history tells it; asked in the order of times. */
type IsTakenOver = (message: JsonObject) => boolean;

/** What Hermes takes over at once, before it could say when, is written message by message without such a pause, ms. */
const PAUSE_MS = 1_000;

function takenOverBy(session: JsonObject): IsTakenOver {
  const origin = asObject(asObject(fromJson(session.origin_json))?.imported_from);
  if (origin === undefined) return () => false;
  const importedAt = timeOfValue(origin.imported_at);
  let upTo = importedAt ?? timeOfValue(session.started_at) ?? 0;
  const pause = importedAt === undefined ? PAUSE_MS : 0;
  return ({ timestamp }) => {
    const time = timeOfValue(timestamp);
    if (time === undefined || time > upTo + pause) return false;
    upTo = Math.max(upTo, time);
    return true;
  };
}

function sessionOf(row: JsonObject): SessionFacts {
  return {
    id: asText(row.id),
    beganAt: timeOfValue(row.started_at),
    endedAt: timeOfValue(row.ended_at),
    endReason: asText(row.end_reason),
    surroundings: {
      parentSessionId: asText(row.parent_session_id),
      workspace: asText(row.cwd),
      branch: asText(row.git_branch),
      model: asText(row.model),
    },
    start: { title: asText(row.title), source: asText(row.source) },
    // Hermes counts for a session alone.
    total: metricsOf(row),
  };
}

/** @param seen the messages that were told */
function tellMessage(
  conversation: Conversation,
  message: JsonObject,
  seen: Set<string>,
  placeAt: (timestamp: number) => Place,
): RecordOutcome {
  const timestamp = timeOfValue(message.timestamp);
  if (timestamp === undefined) return { unknown: "message:shape" };
  const { role } = message;
  if (role === "session_meta" || role === "system") return undefined;
  const text = textOf(message.content);
  const content = [message.timestamp, role, text, message.tool_calls, message.tool_call_id].map(String)
    .join("\0");
  // A compaction inserts what it keeps once more, with the same time.
  const key = hashText(content);
  if (seen.has(key)) return undefined;
  seen.add(key);
  const place = placeAt(timestamp);
  switch (role) {
    case "user": {
      const attachments = imagesOf(message.content);
      const isEmpty = text === undefined && attachments.length === 0;
      if (message.display_kind === "hidden" || isEmpty || HANDED_OVER.test(text ?? "")) return undefined;
      conversation.add(key, place, {
        type: "llm_request",
        data: { prompt: text ?? "", attachments: attachments.length === 0 ? undefined : attachments },
      });
      return undefined;
    }
    case "assistant":
      conversation.add(key, place, {
        type: "llm_response",
        data: {
          text: text ?? textOfItems(message.codex_message_items),
          reasoning: asText(message.reasoning) ?? asText(message.reasoning_content),
          stopReason: asText(message.finish_reason),
        },
      });
      return tellCalls(conversation, fromJson(message.tool_calls), key, place);
    case "tool": {
      const callId = asText(message.tool_call_id);
      const outcome = asObject(fromJson(text));
      const exitCode = asCount(outcome?.exit_code);
      const isError = message.effect_disposition === "denied" || outcome?.success === false ||
        asText(outcome?.error) !== undefined || (exitCode !== undefined && exitCode !== 0);
      const isKnown = callId !== undefined &&
        conversation.result(callId, { result: text, isError, exitCode });
      return isKnown ? undefined : { unknown: "result:without-call" };
    }
    default:
      return { unknown: `role:${asText(role) ?? "none"}` };
  }
}

function textOf(content: unknown): string | undefined {
  const parts = partsOf(content);
  return parts === undefined ? asText(content) : asText(resultOf(parts));
}

function imagesOf(content: unknown): readonly Attachment[] {
  const parts = (asList(partsOf(content)) ?? []).map(asObject);
  return parts.filter((part) => part?.type === "image_url").map(() => ({ kind: "image" }));
}

/** What the JSON of a content holds that is no plain text. */
function partsOf(content: unknown): unknown {
  if (typeof content !== "string" || !content.startsWith(PARTS)) return undefined;
  return fromJson(content.slice(PARTS.length));
}

/** Some answers stand in the items of OpenAI's Responses API alone. */
function textOfItems(items: unknown): string | undefined {
  const texts = (asList(fromJson(items)) ?? []).map((item) => asText(resultOf(asObject(item)?.content)))
    .filter((text) => text !== undefined);
  return asText(texts.join("\n"));
}

function metricsOf(session: JsonObject): Metrics | undefined {
  const metrics = compact({
    inputTokens: asCount(session.input_tokens),
    outputTokens: asCount(session.output_tokens),
    cacheReadTokens: asCount(session.cache_read_tokens),
    cacheWriteTokens: asCount(session.cache_write_tokens),
    reasoningTokens: asCount(session.reasoning_tokens),
    costUsd: asCount(session.actual_cost_usd) ?? asCount(session.estimated_cost_usd),
  });
  return Object.keys(metrics).length === 0 ? undefined : metrics;
}
