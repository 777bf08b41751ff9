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
import { KIMI_TOOLS, kimiMetrics } from "./tools.ts";

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
]);

/** The parser of one session. */
export class KimiCliParser implements RecordParser {
  readonly #conversation: Conversation;
  /** The answer that is being told: it has no id, and begins with its step. */
  #answer: string | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const [, folder = "", session = relativePath] = relativePath.split("/");
    const state = saved as { conversation: unknown; answer?: string } | undefined;
    this.#conversation = new Conversation(
      emit,
      { tools: KIMI_TOOLS, anchor: "session" },
      session,
      state?.conversation,
    );
    this.#answer = state?.answer;
    const folders = asList(asObject(companions?.["kimi.json"])?.work_dirs)?.map((entry) =>
      asText(asObject(entry)?.path)
    );
    this.#conversation.set({
      workspace: folders?.find((path) => path !== undefined && md5(path) === folder),
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
    return this.#message(type, asObject(message?.payload) ?? {}, place);
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), answer: this.#answer };
  }

  #message(type: string, payload: JsonObject, place: Place): RecordOutcome {
    if (SILENT.has(type)) return undefined;
    switch (type) {
      case "TurnBegin": {
        const prompt = asText(payload.user_input) ?? asText(resultOf(payload.user_input));
        if (prompt === undefined) return undefined;
        this.#conversation.add(keyOf(place.timestamp, "user", prompt), place, {
          type: "llm_request",
          data: { prompt },
        });
        return undefined;
      }
      case "StepBegin":
        this.#answer = `step:${place.timestamp}`;
        return undefined;
      case "ContentPart": {
        const text = payload.type === "text" ? asText(payload.text) : undefined;
        const reasoning = payload.type === "think" ? asText(payload.think) : undefined;
        if (text === undefined && reasoning === undefined) return undefined;
        this.#answer ??= `step:${place.timestamp}`;
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
        this.#conversation.call(callId, place, { tool, callId, args: fromJson(called?.arguments) });
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
        this.#conversation.add(keyOf(place.timestamp, "interaction", "cancel"), place, {
          type: "user_interaction",
          data: { action: "cancel", text: undefined },
        });
        return undefined;
      case "ApprovalRequestResolved":
      case "ApprovalResponse": {
        const action = payload.response === "reject" ? "deny" : "approve";
        this.#conversation.add(keyOf(place.timestamp, "interaction", action), place, {
          type: "user_interaction",
          data: { action, text: undefined },
        });
        return undefined;
      }
      default:
        return { unknown: `message:${type}` };
    }
  }
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
