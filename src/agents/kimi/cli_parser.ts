/**
 * Reads what kimi-cli writes of a session: what went over its wire, with the time of each message in seconds. From
 * MoonshotAI/kimi-cli `src/kimi_cli/wire/{message,types}.py`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { fromJson } from "../json_text.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { KIMI_TOOLS, kimiMetrics, kimiPrompt } from "./tools.ts";

/** Bookkeeping, and what stands elsewhere, too: a plan in its file, a sub-agent in its own. */
const SILENT: ReadonlySet<string> = new Set([
  "TurnEnd",
  "CompactionBegin",
  "CompactionEnd",
  "ApprovalRequest",
  "ToolCallPart",
  "ToolCallRequest",
  "SubagentEvent",
  "MCPLoadingBegin",
  "MCPLoadingEnd",
  "HookTriggered",
  "HookResolved",
  "HookRequest",
  "Notification",
  "PlanDisplay",
  "QuestionRequest",
]);

/** The parser of one session or sub-agent. */
export class KimiCliParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #title: string | undefined;
  /** Begins the keys of a sub-agent: several may say the same at one time. */
  readonly #prefix: string;
  /** The answer that is being told: it has no id, and begins with its step. */
  #answer: string | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const [, folder = "", session = relativePath, , agent] = relativePath.split("/");
    const state = saved as { conversation: unknown; answer?: string } | undefined;
    // A fork, and what is left by an undo, has the lines of another session, with their times.
    this.#conversation = new Conversation(
      emit,
      { tools: KIMI_TOOLS, anchor: "hour" },
      agent === undefined ? session : `${session}/${agent}`,
      state?.conversation,
    );
    this.#answer = state?.answer;
    this.#prefix = agent === undefined ? "" : `${agent}:`;
    this.#title = agent === undefined
      ? asText(asObject(companions?.["state.json"])?.custom_title)
      : undefined;
    const folders = asList(asObject(companions?.["kimi.json"])?.work_dirs)?.map((entry) =>
      asText(asObject(entry)?.path)
    );
    this.#conversation.set({
      workspace: folders?.find((path) => path !== undefined && md5(path) === folder),
      ...agent !== undefined && { parentSessionId: session },
    });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    // The first line says which version it is.
    if (record.protocol_version !== undefined) return undefined;
    const seconds = asCount(record.timestamp);
    const message = asObject(record.message);
    const type = asText(message?.type);
    if (type === undefined) return { unknown: `type:${asText(record.type) ?? "none"}` };
    if (seconds === undefined) return { unknown: `timestamp:${type}` };
    const place = { timestamp: Math.round(seconds * 1000), position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, {});
    return this.#message(type, asObject(message?.payload) ?? {}, place, `${this.#prefix}step:${seconds}`);
  }

  flush(): void {
    this.#conversation.entitle(this.#title);
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), answer: this.#answer };
  }

  /** @param step the key of a step that begins here: sessions that run side by side may share a millisecond */
  #message(type: string, payload: JsonObject, place: Place, step: string): RecordOutcome {
    if (SILENT.has(type)) return undefined;
    switch (type) {
      case "TurnBegin":
      case "SteerInput": {
        const data = kimiPrompt(payload.user_input);
        if (data === undefined) return undefined;
        this.#conversation.add(this.#keyOf(place, "user", data.prompt), place, {
          type: "llm_request",
          data,
        });
        return undefined;
      }
      case "StepBegin":
        this.#answer = step;
        return undefined;
      case "ContentPart": {
        const text = payload.type === "text" ? asText(payload.text) : undefined;
        const reasoning = payload.type === "think" ? asText(payload.think) : undefined;
        if (text === undefined && reasoning === undefined) return undefined;
        this.#answer ??= step;
        this.#conversation.answer(this.#answer, place, { text, reasoning });
        return undefined;
      }
      case "StatusUpdate": {
        const usage = asObject(payload.token_usage);
        if (this.#answer === undefined || usage === undefined) return undefined;
        this.#conversation.answer(this.#answer, { ...place, metrics: kimiMetrics(usage) }, {});
        return undefined;
      }
      case "ToolCall": {
        const called = asObject(payload.function);
        const tool = asText(called?.name);
        const callId = asText(payload.id);
        if (tool === undefined || callId === undefined) return { unknown: "message:ToolCall" };
        this.#answer ??= step;
        // Some providers count the ids of calls anew in each session.
        const key = `${this.#answer}:${callId}`;
        this.#conversation.call(key, place, { tool, callId, args: fromJson(called?.arguments) });
        return undefined;
      }
      case "ToolResult": {
        const callId = asText(payload.tool_call_id);
        const value = asObject(payload.return_value) ?? asObject(payload.result);
        const isKnown = callId !== undefined && this.#conversation.result(callId, {
          result: asText(value?.output) ?? resultOf(value?.output) ?? asText(value?.message),
          isError: typeof value?.is_error === "boolean" ? value.is_error : undefined,
        });
        return isKnown ? undefined : { unknown: "result:without-call" };
      }
      case "StepInterrupted":
        this.#conversation.add(this.#keyOf(place, "interaction", "cancel"), place, {
          type: "user_interaction",
          data: { action: "cancel", text: undefined },
        });
        return undefined;
      case "ApprovalRequestResolved":
      case "ApprovalResponse": {
        const action = payload.response === "reject" ? "deny" : "approve";
        // What a sub-agent asks for stands in its parent's lines, too.
        const key = asText(payload.request_id) ?? this.#keyOf(place, "interaction", action);
        this.#conversation.add(key, place, {
          type: "user_interaction",
          data: { action, text: undefined },
        });
        return undefined;
      }
      default:
        return { unknown: `message:${type}` };
    }
  }

  #keyOf({ timestamp }: Place, kind: string, text: string): string {
    return this.#prefix + keyOf(timestamp, kind, text);
  }
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
