/**
 * Reads what Kimi Code writes of an agent: prompts as messages, and each step of the model as its parts, calls and end.
 *
 * Measured on three sessions of mid 2026.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { asCount, asObject, asText } from "../values.ts";
import { KIMI_TOOLS, kimiMetrics } from "./tools.ts";

/** Bookkeeping, and what stands elsewhere, too: numbers of a turn are the sum of its steps'. */
const SILENT =
  /^(?:tools|llm|plan_mode|full_compaction|plugin|runtime|token_counting|usage|goal|cron|todo|swarm|micro_compaction)\./;
const SILENT_TYPES: ReadonlySet<string> = new Set([
  "context.apply_compaction",
  "permission.set_mode",
  "turn.ended",
  "turn.prompt",
  "turn.steer",
]);

const MAIN = "main";

/** The parser of one agent of a session. */
export class KimiCodeParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #state: JsonObject | undefined;
  readonly #isMain: boolean;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const [, session = relativePath, , agent = MAIN] = relativePath.split("/");
    this.#isMain = agent === MAIN;
    const sessionId = this.#isMain ? session : `${session}/${agent}`;
    this.#conversation = new Conversation(emit, { tools: KIMI_TOOLS, anchor: "session" }, sessionId, saved);
    this.#state = asObject(companions?.["state.json"]);
    this.#conversation.set({
      workspace: asText(this.#state?.workDir),
      ...!this.#isMain && { parentSessionId: session },
    });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const type = asText(record.type) ?? "none";
    const timestamp = asCount(record.time) ?? asCount(record.created_at);
    switch (type) {
      case "metadata": {
        if (timestamp === undefined) return { unknown: "timestamp:metadata" };
        const title = this.#isMain ? asText(this.#state?.title) : undefined;
        this.#conversation.start({ timestamp, position }, { title });
        return undefined;
      }
      case "config.update":
      case "profile.bind":
        this.#conversation.set({ model: modelOf(record.modelAlias) });
        return undefined;
    }
    if (SILENT.test(type) || SILENT_TYPES.has(type)) {
      if (type === "llm.request") this.#conversation.set({ model: asText(record.model) });
      return undefined;
    }
    if (timestamp === undefined) return { unknown: `timestamp:${type}` };
    const place = { timestamp, position };
    switch (type) {
      case "context.append_message":
        return this.#message(asObject(record.message), place);
      case "context.append_loop_event":
        return this.#event(asObject(record.event), place);
      case "permission.record_approval_result":
        return this.#interact(decisionOf(asObject(record.result)?.decision), place);
      case "turn.cancel":
        return this.#interact("cancel", place);
      default:
        return { unknown: `type:${type}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return this.#conversation.save();
  }

  #message(message: JsonObject | undefined, place: Place): RecordOutcome {
    if (message?.role !== "user") return { unknown: `role:${asText(message?.role) ?? "none"}` };
    const kind = asText(asObject(message.origin)?.kind) ?? "user";
    // What starts a sub-agent comes from its parent; all else that no person said was put in.
    if (kind !== "user" && (this.#isMain || kind !== "system_trigger")) return undefined;
    const prompt = asText(resultOf(message.content));
    if (prompt === undefined) return undefined;
    this.#conversation.add(keyOf(place.timestamp, "user", prompt), place, {
      type: "llm_request",
      data: { prompt },
    });
    return undefined;
  }

  #event(event: JsonObject | undefined, place: Place): RecordOutcome {
    const step = asText(event?.stepUuid) ?? asText(event?.uuid) ?? "";
    switch (event?.type) {
      case "step.begin":
      case "llm.request":
        return undefined;
      case "content.part": {
        const part = asObject(event.part);
        const text = part?.type === "text" ? asText(part.text) : undefined;
        const reasoning = part?.type === "think" ? asText(part.think) ?? asText(part.text) : undefined;
        this.#conversation.answer(step, place, { text, reasoning });
        return undefined;
      }
      case "step.end":
        this.#conversation.answer(step, { ...place, metrics: kimiMetrics(asObject(event.usage)) }, {
          stopReason: asText(event.finishReason),
        });
        return undefined;
      case "tool.call": {
        const tool = asText(event.name);
        const callId = asText(event.toolCallId);
        if (tool === undefined || callId === undefined) return { unknown: "event:tool.call" };
        // Its id is counted anew in each turn.
        this.#conversation.call(`${step}:${callId}`, place, { tool, callId, args: event.args });
        return undefined;
      }
      case "tool.result": {
        const callId = asText(event.toolCallId);
        const result = asObject(event.result);
        const isError = result?.isError ?? result?.is_error;
        const isKnown = callId !== undefined && this.#conversation.result(callId, {
          result: asText(result?.output) ?? resultOf(result?.output),
          isError: typeof isError === "boolean" ? isError : undefined,
        });
        return isKnown ? undefined : { unknown: "result:without-call" };
      }
      default:
        return { unknown: `event:${asText(event?.type) ?? "none"}` };
    }
  }

  #interact(action: string, place: Place): RecordOutcome {
    this.#conversation.add(keyOf(place.timestamp, "interaction", action), place, {
      type: "user_interaction",
      data: { action, text: undefined },
    });
    return undefined;
  }
}

function decisionOf(decision: unknown): string {
  return decision === "approved" ? "approve" : decision === "rejected" ? "deny" : "other";
}

/** An alias names the provider, too. */
function modelOf(alias: unknown): string | undefined {
  return asText(alias)?.replace(/^.*\//, "");
}
