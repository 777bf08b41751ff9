/**
 * Reads the sessions of Goose: messages whose content is a list of parts. From block/goose
 * `crates/goose/src/session/session_manager.rs` and `crates/goose/src/conversation/message.rs`.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation, type Place } from "../conversation.ts";
import type { DatabaseLayout } from "../database.ts";
import { fromJson } from "../json_text.ts";
import { timeOfValue } from "../row_values.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { type SessionFacts, sessionRowsParser } from "../session_rows.ts";
import { sessionTables } from "../table_layouts.ts";

const TOOLS: ToolKinds = {
  developer__shell: "command",
  shell: "command",
};

/** What the database of Goose holds. */
export const GOOSE_DATABASE: DatabaseLayout = sessionTables({
  changedAt: (row) => timeOfValue(row.get("updated_at")),
});

/** The parser of a session in the database. A copy of a session repeats its messages with their ids and times. */
export function gooseParser(emit: (event: EventDraft) => void): RecordParser {
  const conversation = new Conversation(emit, { tools: TOOLS, anchor: "hour", openCalls: 256 }, "");
  return sessionRowsParser(conversation, {
    session: sessionOf,
    message: (row, placeAt) => tellMessage(conversation, row, placeAt),
  });
}

function sessionOf(row: JsonObject): SessionFacts {
  const model = asObject(fromJson(row.model_config_json));
  return {
    id: asText(row.id),
    beganAt: timeOfValue(row.created_at),
    surroundings: {
      parentSessionId: asText(row.parent_session_id),
      workspace: asText(row.working_dir),
      model: asText(model?.model_name),
    },
    start: { title: asText(row.name) ?? asText(row.description), source: asText(row.session_type) },
    total: totalOf(row),
  };
}

/** The parser of a session in a file of its own: its first line says what the session is. */
export class GooseFileParser implements RecordParser {
  readonly #conversation: Conversation;
  #facts: JsonObject | undefined;
  #count: number;

  constructor({ relativePath }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as { conversation: unknown; facts?: JsonObject; count: number } | undefined;
    const options = { tools: TOOLS, anchor: "session", openCalls: 64 } as const;
    const session = relativePath.replace(/\.jsonl$/, "");
    this.#conversation = new Conversation(emit, options, session, state?.conversation);
    this.#facts = state?.facts;
    this.#count = state?.count ?? 0;
  }

  record(record: JsonObject, position: number): RecordOutcome {
    if (record.role === undefined && record.working_dir !== undefined) {
      const { working_dir, description, accumulated_input_tokens, accumulated_output_tokens } = record;
      this.#facts = { working_dir, description, accumulated_input_tokens, accumulated_output_tokens };
      this.#conversation.set({ workspace: asText(working_dir) });
      return undefined;
    }
    const timestamp = timeOfValue(record.created);
    if (timestamp === undefined) return { unknown: "message:shape" };
    if (!this.#conversation.hasStart) {
      this.#conversation.start({ timestamp, position }, { title: asText(this.#facts?.description) });
      this.#conversation.total(totalOf(this.#facts ?? {}));
    }
    const message = {
      ...record,
      message_id: asText(record.id) ?? `line:${++this.#count}`,
      created_timestamp: record.created,
      content_json: record.content,
    };
    return tellMessage(this.#conversation, message, (timestamp) => ({ timestamp, position }));
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), facts: this.#facts, count: this.#count };
  }
}

/** What a session used: Goose counts for no less. What a cache gave, and what went there, is part of what went in. */
function totalOf(session: JsonObject): Metrics | undefined {
  const sent = asCount(session.accumulated_input_tokens) ?? asCount(session.input_tokens);
  const cacheReadTokens = asCount(session.accumulated_cache_read_tokens);
  const cacheWriteTokens = asCount(session.accumulated_cache_write_tokens);
  const metrics = compact({
    inputTokens: sent && Math.max(0, sent - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0)),
    outputTokens: asCount(session.accumulated_output_tokens) ?? asCount(session.output_tokens),
    cacheReadTokens,
    cacheWriteTokens,
    costUsd: asCount(session.accumulated_cost),
  });
  return Object.keys(metrics).length === 0 ? undefined : metrics;
}

function tellMessage(
  conversation: Conversation,
  message: JsonObject,
  placeAt: (timestamp: number) => Place,
): RecordOutcome {
  const timestamp = timeOfValue(message.created_timestamp);
  const parts = asList(fromJson(message.content_json))?.map(asObject);
  if (timestamp === undefined || parts === undefined) return { unknown: "message:shape" };
  const place = placeAt(timestamp);
  // Before they had ids; it is the one that Goose gave them later.
  const key = asText(message.message_id) ?? `msg_${message.session_id}_${message.id}`;
  const isSeen = asObject(fromJson(message.metadata_json))?.userVisible !== false;
  const texts = join(parts, "text", "text");
  const unknown = parts.map((part, index) => tellPart(conversation, part, key, index, place))
    .find((outcome) => outcome !== undefined);
  if (message.role === "user") {
    const attachments = parts.filter((part) => part?.type === "image").map(() => ({ kind: "image" }));
    // What a compaction leaves for the model is no prompt.
    if (isSeen && (texts !== undefined || attachments.length > 0)) {
      conversation.add(key, place, {
        type: "llm_request",
        data: { prompt: texts ?? "", attachments: attachments.length === 0 ? undefined : attachments },
      });
    }
  } else if (message.role === "assistant") {
    const data = {
      text: texts,
      reasoning: join(parts, "thinking", "thinking") ?? join(parts, "reasoning", "text"),
    };
    if (isSeen) conversation.add(key, place, { type: "llm_response", data });
  } else return { unknown: `role:${asText(message.role) ?? "none"}` };
  return unknown;
}

function tellPart(
  conversation: Conversation,
  part: JsonObject | undefined,
  key: string,
  index: number,
  place: Place,
): RecordOutcome {
  switch (part?.type) {
    case "toolRequest":
    case "frontendToolRequest": {
      const call = asObject(asObject(part.toolCall)?.value);
      const tool = asText(call?.name);
      const callId = asText(part.id);
      if (tool === undefined) return { unknown: "part:toolRequest" };
      const args = asObject(call?.arguments);
      // Some providers count calls from 0 in each session.
      conversation.call(`${key}:${callId ?? index}`, place, { tool, callId, args, kind: kindOf(tool, args) });
      return undefined;
    }
    case "toolResponse": {
      const callId = asText(part.id);
      const result = asObject(part.toolResult);
      const value = result?.value;
      const isError = result?.status === "error" || asObject(value)?.isError === true;
      const isKnown = callId !== undefined && conversation.result(callId, {
        result: resultOf(asObject(value)?.content ?? value) ?? asText(result?.error),
        isError,
      });
      return isKnown ? undefined : { unknown: "result:without-call" };
    }
    case "text":
    case "thinking":
    case "redactedThinking":
    case "reasoning":
    case "image":
    case "toolConfirmationRequest":
    case "actionRequired":
    case "conversationCompacted":
    case "summarizationRequested":
    case "contextLengthExceeded":
    case "systemNotification":
      return undefined;
    default:
      return { unknown: `part:${asText(part?.type) ?? "none"}` };
  }
}

/** Its editor does several things, by a word in its arguments. */
function kindOf(tool: string, args: JsonObject | undefined): "read" | "write" | "modify" | undefined {
  if (!/(?:^|__)text_editor$/.test(tool)) return undefined;
  const command = asText(args?.command);
  return command === "view" ? "read" : command === "write" ? "write" : "modify";
}

function join(parts: readonly (JsonObject | undefined)[], type: string, name: string): string | undefined {
  const texts = parts.filter((part) => part?.type === type).map((part) => asText(part?.[name]))
    .filter((text) => text !== undefined);
  return asText(texts.join("\n"));
}
