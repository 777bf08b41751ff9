/**
 * Reads the transcripts of Antigravity: numbered steps. The step behind an answer that calls something holds what it gave;
 * calls have no ids, so that those of one answer are paired with the steps that follow it in their order.
 *
 * Measured on 18 transcripts of June 2026.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { fromJson } from "../json_text.ts";
import type { ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  view_file: "read",
  write_to_file: "write",
  replace_file_content: "modify",
  multi_replace_file_content: "modify",
  run_command: "command",
};

/** What the system says to the model, and what it does for itself. */
const SILENT: ReadonlySet<string> = new Set([
  "CONVERSATION_HISTORY",
  "EPHEMERAL_MESSAGE",
  "CHECKPOINT",
  "SYSTEM_MESSAGE",
  "KNOWLEDGE_ARTIFACTS",
  "USER_SETTINGS_CHANGE",
]);

/** What stands around a prompt. */
const REQUEST = /<USER_REQUEST>\s*([\s\S]*?)\s*<\/USER_REQUEST>/;
/** What stands before what a step gave. */
const TIMES = /^Created At: \S+\n(?:Completed At: \S+\n)?\s*/;

/** The parser of one conversation. */
export class AntigravityParser implements RecordParser {
  readonly #conversation: Conversation;
  /** The calls of the last answer that have no result yet. */
  #open: readonly string[];

  constructor({ relativePath }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as { conversation: unknown; open: readonly string[] } | undefined;
    const session = relativePath.split("/").at(-4) ?? relativePath;
    this.#conversation = new Conversation(
      emit,
      { tools: TOOLS, anchor: "session" },
      session,
      state?.conversation,
    );
    this.#open = state?.open ?? [];
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const type = asText(record.type) ?? "none";
    const timestamp = asInstant(record.created_at);
    const step = asCount(record.step_index);
    if (timestamp === undefined || step === undefined) return { unknown: `step:${type}` };
    const place = { timestamp, position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, {});
    if (SILENT.has(type)) return undefined;
    const text = asText(record.content);
    switch (type) {
      case "USER_INPUT": {
        const prompt = REQUEST.exec(text ?? "")?.[1] ?? text;
        if (prompt === undefined) return undefined;
        this.#conversation.add(`step:${step}`, place, { type: "llm_request", data: { prompt } });
        return undefined;
      }
      case "PLANNER_RESPONSE":
        return this.#answer(record, step, place);
      case "ERROR_MESSAGE":
        this.#conversation.add(`step:${step}`, place, {
          type: "error_encountered",
          data: { message: text ?? "" },
        });
        return undefined;
    }
    if (record.source !== "MODEL") return { unknown: `type:${type}` };
    const [call, ...rest] = this.#open;
    if (call === undefined) return { unknown: "result:without-call" };
    this.#open = rest;
    this.#conversation.result(call, { result: text?.replace(TIMES, ""), isError: record.status === "ERROR" });
    return undefined;
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), open: this.#open };
  }

  #answer(record: JsonObject, step: number, place: Place): RecordOutcome {
    this.#conversation.add(`step:${step}`, place, {
      type: "llm_response",
      data: { text: asText(record.content), reasoning: asText(record.thinking) },
    });
    const calls = asList(record.tool_calls)?.map(asObject) ?? [];
    this.#open = calls.map((_, index) => `step:${step}:${index}`);
    for (const [index, call] of calls.entries()) {
      const tool = asText(call?.name);
      if (tool === undefined) return { unknown: "step:tool_calls" };
      this.#conversation.call(this.#open[index]!, place, { tool, args: argumentsOf(asObject(call?.args)) });
    }
    return undefined;
  }
}

/** Each value is JSON as a text. */
function argumentsOf(args: JsonObject | undefined): JsonObject | undefined {
  if (args === undefined) return undefined;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, unquoted(value)]));
}

function unquoted(value: unknown): unknown {
  if (typeof value !== "string" || !/^"[\s\S]*"$/.test(value)) return fromJson(value);
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
