/**
 * Reads the sessions of Hermes: messages as rows, in the form of OpenAI's chat. From NousResearch/hermes-agent
 * `hermes_state_common.py` (schema), `hermes_state_messages.py`.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { tellCalls } from "../chat_calls.ts";
import { Conversation } from "../conversation.ts";
import type { DatabaseLayout } from "../database.ts";
import { fromJson } from "../json_text.ts";
import { timeOfValue } from "../row_values.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asObject, asText } from "../values.ts";
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

/** The parser of one session. */
export class HermesParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #seen = new Set<string>();
  #position = 0;

  constructor(emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session", openCalls: 256 }, "");
  }

  record({ session, message }: JsonObject): RecordOutcome {
    if (session !== undefined) return this.#session(asObject(session));
    return message === undefined ? { unknown: "type:none" } : this.#message(asObject(message));
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return undefined;
  }

  #session(session: JsonObject | undefined): RecordOutcome {
    const id = asText(session?.id);
    const timestamp = timeOfValue(session?.started_at);
    if (session === undefined || id === undefined || timestamp === undefined) {
      return { unknown: "session:shape" };
    }
    this.#conversation.set({
      sessionId: id,
      parentSessionId: asText(session.parent_session_id),
      workspace: asText(session.cwd),
      branch: asText(session.git_branch),
      model: asText(session.model),
    });
    this.#conversation.start({ timestamp, position: 0 }, {
      title: asText(session.title),
      source: asText(session.source),
    });
    // Hermes counts for a session alone.
    this.#conversation.total(metricsOf(session));
    const ended = timeOfValue(session.ended_at);
    if (ended !== undefined) {
      this.#conversation.add("end", { timestamp: ended, position: Number.MAX_SAFE_INTEGER }, {
        type: "session_end",
        data: { reason: asText(session.end_reason) },
      });
    }
    return undefined;
  }

  #message(message: JsonObject | undefined): RecordOutcome {
    const timestamp = timeOfValue(message?.timestamp);
    if (message === undefined || timestamp === undefined) return { unknown: "message:shape" };
    const { role } = message;
    if (role === "session_meta" || role === "system") return undefined;
    const text = textOf(message.content);
    const content = [message.timestamp, role, text, message.tool_calls, message.tool_call_id].map(String)
      .join("\0");
    // A compaction inserts what it keeps once more, with the same time.
    const key = hashText(content);
    if (this.#seen.has(key)) return undefined;
    this.#seen.add(key);
    const place = { timestamp, position: ++this.#position };
    switch (role) {
      case "user":
        if (message.display_kind === "hidden" || text === undefined || HANDED_OVER.test(text)) {
          return undefined;
        }
        this.#conversation.add(key, place, { type: "llm_request", data: { prompt: text } });
        return undefined;
      case "assistant":
        this.#conversation.add(key, place, {
          type: "llm_response",
          data: {
            text,
            reasoning: asText(message.reasoning) ?? asText(message.reasoning_content),
            stopReason: asText(message.finish_reason),
          },
        });
        return tellCalls(this.#conversation, fromJson(message.tool_calls), key, place);
      case "tool": {
        const callId = asText(message.tool_call_id);
        const outcome = asObject(fromJson(text));
        const exitCode = asCount(outcome?.exit_code);
        const isError = message.effect_disposition === "denied" || outcome?.success === false ||
          asText(outcome?.error) !== undefined || (exitCode !== undefined && exitCode !== 0);
        const isKnown = callId !== undefined &&
          this.#conversation.result(callId, { result: text, isError, exitCode });
        return isKnown ? undefined : { unknown: "result:without-call" };
      }
      default:
        return { unknown: `role:${asText(role) ?? "none"}` };
    }
  }
}

function textOf(content: unknown): string | undefined {
  if (typeof content !== "string" || !content.startsWith(PARTS)) return asText(content);
  return asText(resultOf(fromJson(content.slice(PARTS.length))));
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
