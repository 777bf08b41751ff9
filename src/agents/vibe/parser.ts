/**
 * Reads the sessions of Mistral Vibe: messages in the form of OpenAI's chat, without times; the folder is named by when
 * the session began, in UTC. From mistralai/mistral-vibe `vibe/core/{types,session/session_logger}.py`; measured on 20
 * sessions of mid 2026.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { tellCalls } from "../chat_calls.ts";
import { Conversation, keyOf } from "../conversation.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read_file: "read",
  read: "read",
  write_file: "write",
  search_replace: "modify",
  edit: "modify",
  bash: "command",
};

/** The parser of one session. */
export class VibeParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #meta: JsonObject | undefined;
  readonly #begin: number | undefined;
  readonly #folder: string;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const folders = relativePath.split("/").slice(0, -1);
    this.#folder = folders.at(-1) ?? relativePath;
    // A rewind and a fork copy messages, with their ids, into a session of another id and time.
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "agent" }, this.#folder, saved);
    const meta = this.#meta = asObject(companions?.["meta.json"]);
    this.#begin = timeOfFolder(this.#folder) ?? asInstant(meta?.start_time);
    this.#conversation.set({
      parentSessionId: folders.length > 1 ? folders.at(-3) : asText(meta?.parent_session_id),
      workspace: asText(asObject(meta?.environment)?.working_directory),
      branch: asText(meta?.git_branch),
      model: asText(asObject(meta?.config)?.active_model),
    });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const timestamp = this.#begin;
    if (timestamp === undefined) return { unknown: "timestamp:session" };
    const place = { timestamp, position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, { title: asText(this.#meta?.title) });
    const text = asText(record.content) ?? asText(resultOf(record.content));
    const key = asText(record.message_id) ?? keyOf(timestamp, `${this.#folder}:${record.role}`, text ?? "");
    switch (record.role) {
      case "user": {
        // What the program says in the person's name.
        if (record.injected === true || text === undefined) return undefined;
        const images = (asList(record.images) ?? []).map(() => ({ kind: "image" }));
        this.#conversation.add(key, place, {
          type: "llm_request",
          data: { prompt: text, attachments: images.length === 0 ? undefined : images },
        });
        return undefined;
      }
      case "assistant":
        this.#conversation.add(key, place, {
          type: "llm_response",
          data: { text, reasoning: asText(record.reasoning_content) },
        });
        return tellCalls(this.#conversation, record.tool_calls, key, place);
      case "tool": {
        const callId = asText(record.tool_call_id);
        const isKnown = callId !== undefined && this.#conversation.result(callId, { result: text });
        return isKnown ? undefined : { unknown: "result:without-call" };
      }
      default:
        return { unknown: `role:${asText(record.role) ?? "none"}` };
    }
  }

  flush(): void {
    // Its sums are those of the session; one that goes on from another has the other's in them.
    const isFirst = this.#meta?.parent_session_id === undefined || this.#meta.parent_session_id === null;
    if (isFirst) this.#conversation.total(metricsOf(asObject(this.#meta?.stats)));
    this.#conversation.flush();
  }

  state(): unknown {
    return this.#conversation.save();
  }
}

/** `session_20260504_100000_0123abcd`, in UTC. */
function timeOfFolder(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_[^_]+$/.exec(name) ?? [];
  return year === undefined
    ? undefined
    : asInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
}

function metricsOf(stats: JsonObject | undefined): Metrics | undefined {
  if (stats === undefined) return undefined;
  const prompt = asCount(stats.session_prompt_tokens);
  const cached = asCount(stats.session_cached_tokens);
  return compact({
    inputTokens: prompt === undefined ? undefined : prompt - Math.min(prompt, cached ?? 0),
    outputTokens: asCount(stats.session_completion_tokens),
    cacheReadTokens: cached,
  });
}
