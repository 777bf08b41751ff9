/**
 * Reads the conversations of OpenHands: its events, and from its state what each call of the model used. Times are those of
 * the clock on the wall, without a zone: they are taken for those of this machine. From OpenHands/software-agent-sdk
 * `openhands-sdk/openhands/sdk/{conversation/state,event,llm/utils/metrics}.py`; measured on three conversations of 2026.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation, type Place } from "../conversation.ts";
import { fromJson } from "../json_text.ts";
import type { ToolKind, ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";
import { modelOf, type Usage, usageOf } from "./usage.ts";

const TOOLS: ToolKinds = { terminal: "command", execute_bash: "command" };

/** What tells nothing of what was said and done. */
const SILENT: ReadonlySet<unknown> = new Set([
  "SystemPromptEvent",
  "ConversationStateUpdateEvent",
  "LLMCompletionLogEvent",
  "TokenEvent",
  "CondensationRequest",
  "CondensationSummaryEvent",
  "HookExecutionEvent",
]);

/** What tools do that an agent has which is reached by the Agent Client Protocol. */
const ACP_KINDS: Readonly<Record<string, ToolKind>> = { read: "read", edit: "modify", execute: "command" };

/** A fork's state is made right before what it copies, and that of any other conversation before what happens in it. */
const COPIED_BEFORE_MS = 1000;

/** The parser of one conversation. */
export class OpenHandsParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #events: readonly unknown[];
  readonly #madeAt: number;
  #usage: ReadonlyMap<string, Usage> = new Map();
  /** Answers that were told: several calls can be of one. */
  readonly #told = new Set<string>();
  /** Calls that are told in several events, with all that these say; those that were told are gone. */
  readonly #acpCalls = new Map<string, JsonObject>();
  #position = 0;

  constructor({ relativePath, madeAt, companions = {} }: SourceInfo, emit: (event: EventDraft) => void) {
    const folders = relativePath.split("/");
    const id = folders.at(-2) ?? relativePath;
    this.#madeAt = madeAt ?? 0;
    // A fork has the same events under the same ids; their times hang on where they are read.
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "agent", openCalls: 256 }, id);
    if (folders.length > 2) this.#conversation.set({ parentSessionId: folders.at(-4) });
    // Their names are counted up.
    this.#events = Object.entries(companions).filter(([path]) => path.includes("/"))
      .toSorted(([a], [b]) => a < b ? -1 : 1).map(([, event]) => event);
  }

  record(state: JsonObject): RecordOutcome {
    if (asText(state.id) === undefined) return { unknown: "state:shape" };
    this.#conversation.set({
      workspace: asText(asObject(state.workspace)?.working_dir),
      model: modelOf(asObject(asObject(state.agent)?.llm)?.model),
    });
    this.#usage = usageOf(asObject(state.stats));
    for (const event of this.#events.map(asObject)) {
      const callId = event?.kind === "ACPToolCallEvent" ? asText(event.tool_call_id) : undefined;
      if (callId !== undefined) this.#acpCalls.set(callId, { ...this.#acpCalls.get(callId), ...event });
    }
    const outcomes = this.#events.map((event) => this.#event(asObject(event)));
    return outcomes.find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  #event(event: JsonObject | undefined): RecordOutcome {
    const kind = asText(event?.kind) ?? "none";
    const key = asText(event?.id);
    const timestamp = timeOf(event?.timestamp);
    if (event === undefined || key === undefined || timestamp === undefined) {
      return { unknown: `event:${kind}` };
    }
    const isCopy = timestamp < this.#madeAt - COPIED_BEFORE_MS;
    const place = { timestamp, position: ++this.#position, isCopy };
    if (!this.#conversation.hasStart) this.#conversation.start({ timestamp, position: 0 }, {});
    if (SILENT.has(kind)) return undefined;
    switch (kind) {
      case "MessageEvent":
        return this.#message(event, key, place);
      case "ActionEvent":
        return this.#action(event, key, place);
      case "ObservationEvent": {
        const { content, is_error, exit_code } = asObject(event.observation) ?? {};
        return this.#result(event, {
          result: resultOf(content),
          isError: typeof is_error === "boolean" ? is_error : undefined,
          exitCode: asCount(exit_code),
        });
      }
      case "AgentErrorEvent":
        return this.#result(event, { result: asText(event.error), isError: true });
      case "ACPToolCallEvent":
        return this.#acpCall(event, key, place);
      case "Condensation":
        if (asText(event.llm_response_id) !== undefined) {
          this.#answer(event, key, place, asText(event.summary));
        }
        return undefined;
      case "UserRejectObservation":
        return this.#reject(event, key, place);
      case "PauseEvent":
      case "InterruptEvent":
        this.#interact("cancel", key, place);
        return undefined;
      case "ConversationErrorEvent":
        this.#conversation.add(key, place, {
          type: "error_encountered",
          data: { message: asText(event.detail) ?? "", code: asText(event.code) },
        });
        return undefined;
      default:
        return { unknown: `event:${kind}` };
    }
  }

  #message(event: JsonObject, key: string, place: Place): RecordOutcome {
    const message = asObject(event.llm_message);
    const text = asText(resultOf(message?.content));
    if (event.source === "user") {
      const images = (asList(message?.content) ?? []).filter((block) => asObject(block)?.type === "image")
        .map(() => ({ kind: "image" }));
      this.#conversation.add(key, place, {
        type: "llm_request",
        data: { prompt: text ?? "", attachments: images.length === 0 ? undefined : images },
      });
    } else if (event.source === "agent") {
      this.#answer(event, key, place, text, asText(message?.reasoning_content));
    }
    return undefined;
  }

  #action(event: JsonObject, key: string, place: Place): RecordOutcome {
    const thoughts = asText(resultOf(event.thought));
    const tool = asText(event.tool_name);
    const callId = asText(event.tool_call_id);
    if (tool === undefined) return { unknown: "event:ActionEvent" };
    const action = asObject(event.action);
    const isLast = tool === "finish";
    const text = isLast ? asText(action?.message) ?? thoughts : thoughts;
    this.#answer(event, key, place, text, asText(event.reasoning_content));
    if (isLast) return undefined;
    const args = fromJson(asObject(event.tool_call)?.arguments) ?? action;
    this.#conversation.call(key, place, { tool, callId, args, kind: kindOf(tool, asObject(args)) });
    return undefined;
  }

  /** An answer of the model: the first of its calls tells it. */
  #answer(event: JsonObject, key: string, place: Place, text?: string, reasoning?: string): void {
    const id = asText(event.llm_response_id);
    if (id !== undefined && this.#told.has(id)) return;
    if (id !== undefined) this.#told.add(id);
    const usage = id === undefined ? undefined : this.#usage.get(id);
    // A fork counts nothing of what it copied.
    const isCopy = place.isCopy && usage === undefined;
    this.#conversation.add(`answer:${key}`, { ...place, ...usage, isCopy }, {
      type: "llm_response",
      data: { text, reasoning },
    });
  }

  /** A call of an agent that is reached by the Agent Client Protocol: it is told again whenever more is known. */
  #acpCall({ tool_call_id }: JsonObject, key: string, place: Place): RecordOutcome {
    const callId = asText(tool_call_id);
    if (callId === undefined) return { unknown: "event:ACPToolCallEvent" };
    const call = this.#acpCalls.get(callId);
    this.#acpCalls.delete(callId);
    const kind = asText(call?.tool_kind);
    const tool = kind ?? asText(call?.title);
    if (call === undefined || tool === undefined) return undefined;
    const args = call.raw_input ?? { title: call.title };
    this.#conversation.call(key, place, { tool, callId, args, kind: ACP_KINDS[kind ?? ""] });
    const isOver = call.status === "completed" || call.status === "failed";
    this.#conversation.result(callId, {
      result: call.raw_output ?? call.content,
      isError: isOver ? call.is_error === true || call.status === "failed" : undefined,
    }, !isOver);
    return undefined;
  }

  /** A call was not allowed, by the person or by a hook. */
  #reject(event: JsonObject, key: string, place: Place): RecordOutcome {
    const reason = asText(event.rejection_reason);
    if (event.rejection_source !== "hook") this.#interact("deny", key, place, reason);
    const callId = asText(event.tool_call_id);
    if (callId !== undefined) this.#conversation.result(callId, { result: reason, isError: true });
    return undefined;
  }

  #result(event: JsonObject, outcome: Parameters<Conversation["result"]>[1]): RecordOutcome {
    const callId = asText(event.tool_call_id);
    // What `finish` gives is its own message.
    if (event.tool_name === "finish") return undefined;
    const isKnown = callId !== undefined && this.#conversation.result(callId, outcome);
    return isKnown ? undefined : { unknown: "result:without-call" };
  }

  #interact(action: string, key: string, place: Place, text?: string): void {
    this.#conversation.add(key, place, { type: "user_interaction", data: { action, text } });
  }
}

/** Its editor does several things, by a word in its arguments. */
function kindOf(tool: string, args: JsonObject | undefined): "read" | "write" | "modify" | undefined {
  if (tool !== "file_editor" && tool !== "str_replace_editor") return undefined;
  return args?.command === "view" ? "read" : args?.command === "create" ? "write" : "modify";
}

function timeOf(value: unknown): number | undefined {
  const instant = asInstant(value);
  if (instant !== undefined || typeof value !== "string") return instant;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
