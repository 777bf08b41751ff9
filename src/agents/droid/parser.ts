/**
 * Reads the sessions of Droid: messages in the blocks of Anthropic's API, one a line.
 *
 * Measured on one session of early 2026; shapes of what is not in it from readers of others.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read: "read",
  create: "write",
  write: "write",
  edit: "modify",
  multiedit: "modify",
  applypatch: "modify",
  execute: "command",
  bash: "command",
};

/** Bookkeeping. */
const SILENT_TYPES: ReadonlySet<unknown> = new Set(["todo_state"]);

/** The parser of one session. */
export class DroidParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #settings: JsonObject | undefined;
  /** The header, which has no time: the session begins with the first message. */
  #header: { readonly title?: string; readonly source?: string } | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as { conversation: unknown; header?: { title?: string } } | undefined;
    const sessionId = relativePath.replace(/^.*\/|\.jsonl$/g, "");
    this.#conversation = new Conversation(
      emit,
      { tools: TOOLS, anchor: "session" },
      sessionId,
      state?.conversation,
    );
    this.#settings = asObject(Object.values(companions ?? {})[0]);
    this.#header = state?.header;
    this.#conversation.set({ model: asText(this.#settings?.model) });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const { type } = record;
    if (SILENT_TYPES.has(type)) return undefined;
    if (type === "session_start") {
      this.#conversation.set({ sessionId: asText(record.id), workspace: asText(record.cwd) });
      this.#header = compact({ title: asText(record.title) ?? asText(record.sessionTitle) });
      return undefined;
    }
    const message = asObject(record.message);
    if (type !== "message" || message === undefined) return { unknown: `type:${asText(type) ?? "none"}` };
    const timestamp = asInstant(record.timestamp);
    if (timestamp === undefined) return { unknown: "timestamp:message" };
    const place = { timestamp, position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, { title: this.#header?.title });
    const blocks = typeof message.content === "string"
      ? [{ type: "text", text: message.content }]
      : (asList(message.content) ?? []).map(asObject).filter((block) => block !== undefined);
    const id = asText(record.id);
    switch (message.role) {
      case "user":
        return this.#said(blocks, id ?? keyOf(timestamp, "user", JSON.stringify(blocks)), place);
      case "assistant":
        return this.#answer(blocks, id ?? keyOf(timestamp, "assistant", JSON.stringify(blocks)), place);
      default:
        return { unknown: `role:${asText(message.role) ?? "none"}` };
    }
  }

  flush(): void {
    // The tokens of a session stand beside it, as one sum.
    this.#conversation.total(metricsOf(this.#settings?.tokenUsage));
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), header: this.#header };
  }

  /** A person's message carries what was typed and what was looked up for it, or the results of calls. */
  #said(blocks: readonly JsonObject[], key: string, place: Place): RecordOutcome {
    const texts = blocks.filter(({ type }) => type === "text").map(({ text }) => asText(text))
      .filter((text) => text !== undefined && !text.startsWith("<system-reminder>"));
    const images = blocks.filter(({ type }) => type === "image").map(() => ({ kind: "image" }));
    if (texts.length + images.length > 0) {
      this.#conversation.add(key, place, {
        type: "llm_request",
        data: { prompt: texts.join("\n"), attachments: images.length === 0 ? undefined : images },
      });
    }
    const strays = blocks.filter(({ type }) => type === "tool_result").filter((block) => {
      const callId = asText(block.tool_use_id);
      return callId === undefined || !this.#conversation.result(callId, {
        result: resultOf(block.content),
        isError: typeof block.is_error === "boolean" ? block.is_error : undefined,
      });
    });
    return strays.length === 0 ? undefined : { unknown: "result:without-call" };
  }

  #answer(blocks: readonly JsonObject[], key: string, place: Place): RecordOutcome {
    const join = (kind: string, name: string) =>
      asText(
        blocks.filter(({ type }) => type === kind).map((block) => asText(block[name]))
          .filter((text) => text !== undefined).join("\n"),
      );
    this.#conversation.add(key, place, {
      type: "llm_response",
      data: { text: join("text", "text"), reasoning: join("thinking", "thinking") },
    });
    for (const [index, block] of blocks.entries()) {
      const tool = asText(block.name);
      if (block.type !== "tool_use" || tool === undefined) continue;
      const callId = asText(block.id);
      this.#conversation.call(callId ?? `${key}:${index}`, place, { tool, callId, args: block.input });
    }
    return undefined;
  }
}

/** What a tool said: a text, or blocks of text and images. */
function resultOf(content: unknown): unknown {
  if (typeof content === "string") return content;
  const texts = (asList(content) ?? []).map((block) => asText(asObject(block)?.text))
    .filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("\n");
}

function metricsOf(usage: unknown): Metrics | undefined {
  const counts = asObject(usage);
  if (counts === undefined) return undefined;
  return compact({
    inputTokens: asCount(counts.inputTokens),
    outputTokens: asCount(counts.outputTokens),
    cacheReadTokens: asCount(counts.cacheReadTokens),
    cacheWriteTokens: asCount(counts.cacheCreationTokens),
    reasoningTokens: asCount(counts.thinkingTokens),
  });
}
