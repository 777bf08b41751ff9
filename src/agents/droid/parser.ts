/**
 * Reads the sessions of Droid: messages in the blocks of Anthropic's API, one a line.
 *
 * Measured on one session of early 2026; shapes of what is not in it from readers of others.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { tellMessage } from "../blocks.ts";
import { Conversation, keyOf } from "../conversation.ts";
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
    const key = asText(record.id) ??
      keyOf(timestamp, String(message.role), JSON.stringify(message.content ?? null));
    return tellMessage(this.#conversation, { role: message.role, content: message.content, key, place });
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
