/**
 * Reads the sessions of Kiro since mid 2026: events, one a line, with ids and times. It counts credits, no tokens.
 *
 * There is no documentation by the vendor; the shapes are those that readers of it name.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation, type Place } from "../conversation.ts";
import { fromJson } from "../json_text.ts";
import { asInstant, asList, asObject, asText } from "../values.ts";
import { KIRO_TOOLS, typedIn } from "./texts.ts";

/** What Kiro notes for itself. */
const SILENT: ReadonlySet<string> = new Set(["turn_start", "turn_end", "session_metadata", "usage_summary"]);

/** The parser of one session. */
export class KiroSessionParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #title: string | undefined;
  /** The thought that the next text goes with. */
  #thought: string | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as { conversation: unknown; thought?: string } | undefined;
    const facts = asObject(companions?.["session.json"]);
    const [workspace] = asList(facts?.workspacePaths) ?? [];
    this.#conversation = new Conversation(
      emit,
      { tools: KIRO_TOOLS, anchor: "session" },
      relativePath.split("/").at(-2) ?? relativePath,
      state?.conversation,
    );
    this.#conversation.set({ workspace: asText(workspace), model: asText(facts?.modelId) });
    this.#title = asText(facts?.title);
    this.#thought = state?.thought;
  }

  record({ id, timestamp: time, payload }: JsonObject, position: number): RecordOutcome {
    const data = asObject(payload);
    const type = asText(data?.type) ?? "none";
    const key = asText(id);
    const timestamp = asInstant(time);
    if (data === undefined || key === undefined || timestamp === undefined) {
      return { unknown: `event:${type}` };
    }
    if (SILENT.has(type)) return undefined;
    const place: Place = { timestamp, position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, { title: this.#title });
    this.#conversation.entitle(this.#title);
    switch (type) {
      case "session_start":
        return undefined;
      case "user": {
        this.#thought = undefined;
        const prompt = typedIn(textOf(data.content));
        const images = (asList(data.images) ?? []).map(() => ({ kind: "image" }));
        if (prompt === undefined && images.length === 0) return undefined;
        this.#conversation.add(key, place, {
          type: "llm_request",
          data: { prompt: prompt ?? "", attachments: images.length === 0 ? undefined : images },
        });
        return undefined;
      }
      case "assistant": {
        const text = textOf(data.content);
        if (data.operationType === "Reasoning") {
          this.#thought ??= key;
          this.#conversation.answer(this.#thought, place, { reasoning: text });
        } else {
          this.#conversation.answer(this.#thought ?? key, place, { text });
          this.#thought = undefined;
        }
        return undefined;
      }
      case "tool_call":
        this.#thought = undefined;
        return this.#call(data, place);
      case "tool_result": {
        const callId = asText(data.toolCallId);
        const isKnown = callId !== undefined && this.#conversation.result(callId, {
          result: resultOf(data.content) ?? data.content,
          isError: data.success === false,
        });
        return isKnown ? undefined : { unknown: "result:without-call" };
      }
      default:
        return { unknown: `event:${type}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), thought: this.#thought };
  }

  #call(data: JsonObject, place: Place): RecordOutcome {
    const tool = asText(data.toolName);
    const callId = asText(data.toolCallId);
    if (tool === undefined || callId === undefined) return { unknown: "event:tool_call" };
    this.#conversation.call(callId, place, {
      tool,
      callId,
      args: fromJson(data.arguments ?? data.input ?? data.args),
    });
    return undefined;
  }
}

function textOf(content: unknown): string | undefined {
  return asText(content) ?? asText(resultOf(content));
}
