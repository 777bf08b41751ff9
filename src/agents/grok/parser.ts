/**
 * Reads the sessions of Grok Build: updates of the Agent Client Protocol (agentclientprotocol.com, `session/update`), and
 * Grok's own `turn_completed`, which has what the turn used. Answers come in chunks, of which those of one kind that follow
 * each other are one. `summary.json` beside it says which project it is of.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { timeOfValue } from "../row_values.ts";
import { compact, type ToolKind, type ToolKinds } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read_file: "read",
  write_file: "write",
  create_file: "write",
  edit_file: "modify",
  search_replace: "modify",
  apply_patch: "modify",
  bash: "command",
  run_terminal_command: "command",
};

/** What kind of call it is, in the words of the protocol. */
const KINDS: Readonly<Record<string, ToolKind>> = {
  read: "read",
  edit: "modify",
  execute: "command",
};

/** What Grok tells its own screen. */
const SILENT: ReadonlySet<string> = new Set([
  "plan",
  "available_commands_update",
  "current_mode_update",
  "current_model_update",
  "session_recap",
  "subagent_spawned",
  "subagent_finished",
  "interaction_requested",
  "interaction_resolved",
  "hook_started",
  "hook_completed",
  "usage_update",
]);

/** So many of them are a dollar. */
const TICKS = 1e10;

/** What the chunks that come next go on with. */
interface Open {
  readonly kind: "prompt" | "answer";
  readonly key: string;
  /** The prompt's number. */
  readonly index?: number;
}

/** The parser of one session. */
export class GrokParser implements RecordParser {
  readonly #conversation: Conversation;
  /** What a sub-agent used is in what its parent used. */
  readonly #isChild: boolean;
  readonly #title: string | undefined;
  #open: Open | undefined;
  /** The last answer of the turn. */
  #answer: string | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as { conversation: unknown; open?: Open; answer?: string } | undefined;
    const summary = asObject(companions?.["summary.json"]);
    const info = asObject(summary?.info);
    const folder = relativePath.split("/").at(-2) ?? relativePath;
    this.#conversation = new Conversation(
      emit,
      { tools: TOOLS, anchor: "session" },
      asText(info?.id) ?? folder,
      state?.conversation,
    );
    this.#conversation.set({
      workspace: asText(info?.cwd),
      parentSessionId: asText(summary?.parent_session_id),
    });
    this.#isChild = asText(summary?.session_kind)?.startsWith("subagent") === true;
    this.#title = asText(summary?.generated_title) ?? asText(summary?.session_summary);
    this.#open = state?.open;
    this.#answer = state?.answer;
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const params = asObject(record.params);
    const update = asObject(params?.update);
    const type = asText(update?.sessionUpdate);
    const meta = asObject(params?._meta) ?? asObject(record._meta);
    const timestamp = timeOfValue(meta?.agentTimestampMs) ?? timeOfValue(record.timestamp);
    if (update === undefined || type === undefined) return { unknown: `update:${type ?? "none"}` };
    if (timestamp === undefined) return { unknown: `update:${type}:no-time` };
    if (SILENT.has(type)) return undefined;
    const place = { timestamp, position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, { title: this.#title });
    this.#conversation.entitle(this.#title);
    const eventId = asText(meta?.eventId);
    switch (type) {
      case "user_message_chunk":
        this.#prompt(update, eventId, place);
        return undefined;
      case "agent_message_chunk":
      case "agent_thought_chunk":
        this.#chunk(update, type === "agent_thought_chunk", eventId, place);
        return undefined;
      case "tool_call":
        this.#open = undefined;
        return this.#call(update, place);
      case "tool_call_update":
        return this.#result(update);
      case "turn_completed":
        this.#end(update, eventId, place);
        return undefined;
      default:
        return { unknown: `update:${type}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), open: this.#open, answer: this.#answer };
  }

  #prompt(update: JsonObject, eventId: string | undefined, place: Place): void {
    const meta = asObject(update._meta);
    // What Grok asks by itself is not shown to the user either.
    if (meta?.hideFromScrollback === true) return;
    const text = textOf(update.content);
    const index = asCount(meta?.promptIndex);
    if (this.#open?.kind === "prompt" && this.#open.index === index) {
      this.#conversation.append(this.#open.key, text);
      return;
    }
    const key = eventId ?? keyOf(place.timestamp, "prompt", text);
    this.#open = { kind: "prompt", key, ...index !== undefined && { index } };
    this.#answer = undefined;
    this.#conversation.set({ model: asText(meta?.modelId) });
    this.#conversation.open(key, place, { type: "llm_request", data: { prompt: text } });
  }

  #chunk(update: JsonObject, isThought: boolean, eventId: string | undefined, place: Place): void {
    const text = textOf(update.content);
    if (this.#open?.kind !== "answer") {
      this.#open = { kind: "answer", key: eventId ?? keyOf(place.timestamp, "answer", text) };
      this.#answer = this.#open.key;
    }
    this.#conversation.answer(this.#open.key, place, isThought ? { reasoning: text } : { text });
  }

  #call(update: JsonObject, place: Place): RecordOutcome {
    const callId = asText(update.toolCallId);
    const tool = asText(asObject(asObject(update._meta)?.["x.ai/tool"])?.name) ?? asText(update.title);
    if (callId === undefined || tool === undefined) return { unknown: "tool_call:shape" };
    const kind = TOOLS[tool] ?? KINDS[asText(update.kind) ?? ""];
    this.#conversation.call(callId, place, {
      tool,
      callId,
      args: update.rawInput,
      ...kind !== undefined && { kind },
    });
    return isOver(update) ? this.#result(update) : undefined;
  }

  #result(update: JsonObject): RecordOutcome {
    const callId = asText(update.toolCallId);
    const isKnown = callId !== undefined && this.#conversation.result(callId, {
      result: outputOf(update),
      ...isOver(update) && { isError: update.status === "failed" },
    }, !isOver(update));
    return isKnown ? undefined : { unknown: "result:without-call" };
  }

  #end(update: JsonObject, eventId: string | undefined, place: Place): void {
    const { model, metrics } = this.#isChild ? {} : usageOf(asObject(update.usage));
    const stopReason = asText(update.stop_reason);
    const key = this.#answer;
    this.#open = this.#answer = undefined;
    this.#conversation.set({ model });
    if (key !== undefined) {
      this.#conversation.answer(key, { ...place, metrics }, { stopReason });
    } else if (metrics !== undefined) {
      const turn = asText(update.prompt_id) ?? eventId ?? String(place.timestamp);
      this.#conversation.add(`turn:${turn}`, { ...place, metrics }, {
        type: "llm_response",
        data: { stopReason },
      });
    }
    if (stopReason !== "cancelled") return;
    this.#conversation.add(`cancel:${eventId ?? place.timestamp}`, place, {
      type: "user_interaction",
      data: { action: "cancel" },
    });
  }
}

function isOver({ status }: JsonObject): boolean {
  return status === "completed" || status === "failed";
}

/** The text of a block, or of several. */
function textOf(content: unknown): string {
  const blocks = asList(content) ?? [content];
  return blocks.map((block) => asText(block) ?? asText(asObject(block)?.text) ?? "").join("");
}

/** What a call gave: blocks of the protocol, or the tool's own form. */
function outputOf({ content, rawOutput }: JsonObject): unknown {
  const blocks = (asList(content) ?? []).map((block) => asObject(asObject(block)?.content));
  const raw = asObject(rawOutput);
  return resultOf(blocks) ?? asText(asObject(raw?.Content)?.content) ?? asText(raw?.output_for_prompt) ??
    rawOutput;
}

/**
 * What a turn used. Of each model, where that is said: the sums beside it may count from the start of the session. What a
 * cache gave is part of what went in.
 */
function usageOf(
  usage: JsonObject | undefined,
): { readonly model?: string; readonly metrics?: Metrics } {
  if (usage === undefined) return {};
  const byModel = Object.entries(asObject(usage.modelUsage) ?? {});
  const [model] =
    byModel.toSorted(([, a], [, b]) => count(b, "outputTokens") - count(a, "outputTokens"))[0] ?? [];
  const parts = byModel.length === 0 ? [usage] : byModel.map(([, part]) => part);
  const sum = (name: string) => parts.reduce<number>((total, part) => total + count(part, name), 0);
  const [read, written, cost] = [sum("cachedReadTokens"), sum("cacheCreationTokens"), sum("costUsdTicks")];
  const metrics = compact({
    inputTokens: Math.max(0, sum("inputTokens") - read - written),
    outputTokens: sum("outputTokens"),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: sum("reasoningTokens"),
    durationMs: asCount(usage.apiDurationMs),
    costUsd: cost > 0 ? cost / TICKS : undefined,
  });
  return { ...model !== undefined && { model }, metrics };
}

function count(part: unknown, name: string): number {
  return asCount(asObject(part)?.[name]) ?? 0;
}
