/**
 * Reads the sessions of Droid: messages in the blocks of Anthropic's API, one a line.
 *
 * Measured on one session of early 2026; shapes of what is not in it from readers of others, of up to September 2026.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { tellMessage } from "../blocks.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asObject, asText } from "../values.ts";

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
const SILENT_TYPES: ReadonlySet<unknown> = new Set(["todo_state", "agent_turn_outcome"]);

/** The parser of one session. */
export class DroidParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #settings: JsonObject | undefined;
  /** The header, which has no time: the session begins with the first message. */
  #header: { readonly title?: string; readonly forkedFrom?: string } | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as
      | { conversation: unknown; header?: { title?: string; forkedFrom?: string } }
      | undefined;
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
      const forkedFrom = asText(record.parent);
      this.#conversation.set({
        sessionId: asText(record.id),
        parentSessionId: asText(record.callingSessionId) ?? forkedFrom,
        workspace: asText(record.cwd),
      });
      this.#header = compact({ title: asText(record.title) ?? asText(record.sessionTitle), forkedFrom });
      return undefined;
    }
    const message = asObject(record.message);
    const isKnown = type === "compaction_state" || (type === "message" && message !== undefined);
    if (!isKnown) return { unknown: `type:${asText(type) ?? "none"}` };
    const timestamp = asInstant(record.timestamp);
    if (timestamp === undefined) return { unknown: `timestamp:${type}` };
    const place = { timestamp, position, model: asText(message?.modelId) };
    if (!this.#conversation.hasStart) this.#conversation.start({ timestamp, position }, { ...this.#header });
    if (message === undefined) return this.#compacted(record, place);
    const key = asText(record.id) ??
      keyOf(timestamp, String(message.role), JSON.stringify(message.content ?? null));
    // What only the model sees, or only the person, was typed by nobody.
    const isTyped = message.visibility !== "llm_only" && message.visibility !== "user_only";
    const { role, content } = message;
    return tellMessage(this.#conversation, {
      role,
      content,
      key,
      place,
      ...!isTyped && { typed: () => undefined },
    });
  }

  #compacted(record: JsonObject, place: Place): RecordOutcome {
    const text = asText(record.summaryText);
    const key = asText(record.id) ?? keyOf(place.timestamp, "compact", text ?? "");
    this.#conversation.add(key, place, { type: "user_interaction", data: { action: "compact", text } });
    return undefined;
  }

  flush(): void {
    // The tokens of a session stand beside it, as one sum.
    this.#conversation.total(metricsOf(this.#settings?.tokenUsage));
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), header: this.#header };
  }
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
