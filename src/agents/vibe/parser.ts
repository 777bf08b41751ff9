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
import { RepeatedKeys } from "../repeated_keys.ts";
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

/** What `state()` returns. */
interface State {
  readonly conversation: unknown;
  readonly counts: unknown;
}

/** The parser of one session. */
export class VibeParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #meta: JsonObject | undefined;
  readonly #begin: number | undefined;
  readonly #folder: string;
  /** The session goes on from another one, whose sums it has in its own. */
  readonly #goesOn: boolean;
  readonly #keys: RepeatedKeys;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const folders = relativePath.split("/").slice(0, -1);
    const state = saved as State | undefined;
    this.#folder = folders.at(-1) ?? relativePath;
    // A rewind and a fork copy messages, with their ids, into a session of another id and time.
    this.#conversation = new Conversation(
      emit,
      { tools: TOOLS, anchor: "agent" },
      sessionOfFolder(this.#folder),
      state?.conversation,
    );
    this.#keys = new RepeatedKeys(state?.counts);
    const meta = this.#meta = asObject(companions?.["meta.json"]);
    this.#begin = timeOfFolder(this.#folder) ?? asInstant(meta?.start_time);
    // A folder is named by the beginning of its session's id, and there from the first line on.
    const before = asText(meta?.parent_session_id)?.slice(0, SHORT);
    const starter = folders.length > 1 ? sessionOfFolder(folders.at(-3)!) : undefined;
    this.#goesOn = before !== undefined && before !== starter;
    this.#conversation.set({
      parentSessionId: starter ?? before,
      workspace: asText(asObject(meta?.environment)?.working_directory),
      branch: asText(meta?.git_branch),
      model: asText(asObject(meta?.config)?.active_model),
    });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const timestamp = this.#begin;
    if (timestamp === undefined) return { unknown: "timestamp:session" };
    const place = { timestamp, position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, {}, this.#folder);
    const text = asText(record.content) ?? asText(resultOf(record.content));
    switch (record.role) {
      case "user": {
        const images = (asList(record.images) ?? []).map(() => ({ kind: "image" }));
        // What the program says in the person's name.
        if (record.injected === true || (text === undefined && images.length === 0)) return undefined;
        this.#conversation.add(this.#keyOf(record, timestamp, text), place, {
          type: "llm_request",
          data: {
            prompt: typedText(record.user_display_content) ?? text ?? "",
            attachments: images.length === 0 ? undefined : images,
          },
        });
        return undefined;
      }
      case "assistant": {
        const key = this.#keyOf(record, timestamp, text);
        this.#conversation.add(key, place, {
          type: "llm_response",
          data: { text, reasoning: asText(record.reasoning_content) },
        });
        return tellCalls(this.#conversation, record.tool_calls, key, place);
      }
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
    this.#conversation.entitle(asText(this.#meta?.title));
    // Its sums are those of the session.
    if (!this.#goesOn) this.#conversation.total(metricsOf(asObject(this.#meta?.stats)));
    this.#conversation.flush();
  }

  state(): State {
    return { conversation: this.#conversation.save(), counts: this.#keys.save() };
  }

  /** Messages have ids since 2.0; what became of older ones has none. */
  #keyOf({ message_id, role }: JsonObject, timestamp: number, text = ""): string {
    return asText(message_id) ?? this.#keys.next(keyOf(timestamp, `${this.#folder}:${role}`, text));
  }
}

/** So much of a session's id names its folder. */
const SHORT = 8;

/** The session of `session_20260504_100000_0123abcd`, as Vibe calls it: by the beginning of its id. */
function sessionOfFolder(name: string): string {
  return /_([^_]+)$/.exec(name)?.[1] ?? name;
}

/** What a person typed, where the model is told more. */
function typedText(content: unknown): string | undefined {
  return asText(content) ?? asText(asObject(content)?.text);
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
