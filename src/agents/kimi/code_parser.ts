/**
 * Reads what Kimi Code writes of an agent: prompts as messages, and each step of the model as its parts, calls and end.
 *
 * Source: MoonshotAI/kimi-code `packages/agent-core/src/{agent/records/types,session/store/session-store}.ts`; measured on
 * three sessions of mid 2026.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { asCount, asInstant, asObject, asText } from "../values.ts";
import { KIMI_TOOLS, kimiMetrics, kimiPrompt } from "./tools.ts";

/** Bookkeeping, and what stands elsewhere, too. */
const SILENT =
  /^(?:tools|llm|mcp|background|plan_mode|full_compaction|plugin|runtime|token_counting|goal|cron|todo|swarm|swarm_mode|micro_compaction)\./;
const SILENT_TYPES: ReadonlySet<string> = new Set([
  "context.apply_compaction",
  "forked",
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
  /** Begins the keys of a sub-agent: several may say the same at one time. */
  readonly #prefix: string;
  /** When the session was forked off another one, ms since the epoch: what is older was copied. */
  readonly #forked: number | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const [, session = relativePath, , agent = MAIN] = relativePath.split("/");
    this.#isMain = agent === MAIN;
    this.#prefix = this.#isMain ? "" : `${agent}:`;
    const sessionId = this.#isMain ? session : `${session}/${agent}`;
    // A fork has the lines of another session, with their times and the ids of their steps.
    this.#conversation = new Conversation(emit, { tools: KIMI_TOOLS, anchor: "hour" }, sessionId, saved);
    this.#state = asObject(companions?.["state.json"]);
    const forkedFrom = asText(this.#state?.forkedFrom);
    this.#forked = forkedFrom === undefined ? undefined : asInstant(this.#state?.createdAt);
    this.#conversation.set({
      workspace: asText(this.#state?.workDir),
      parentSessionId: this.#isMain ? forkedFrom : session,
    });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const type = asText(record.type) ?? "none";
    const timestamp = asCount(record.time) ?? asCount(record.created_at);
    switch (type) {
      case "metadata": {
        if (timestamp === undefined) return { unknown: "timestamp:metadata" };
        this.#conversation.start({ timestamp, position }, {
          title: this.#title,
          forkedFrom: this.#isMain ? asText(this.#state?.forkedFrom) : undefined,
        });
        return undefined;
      }
      case "config.update":
      case "profile.bind":
        this.#conversation.set({
          model: modelOf(record.modelAlias),
          // Older states of a session do not name it, and a state comes after the first lines.
          ...this.#state?.workDir === undefined && { workspace: asText(record.cwd) },
        });
        return undefined;
    }
    if (SILENT.test(type) || SILENT_TYPES.has(type)) {
      if (type === "llm.request") this.#conversation.set({ model: asText(record.model) });
      return undefined;
    }
    if (timestamp === undefined) return { unknown: `timestamp:${type}` };
    const place = { timestamp, position, isCopy: this.#forked !== undefined && timestamp < this.#forked };
    switch (type) {
      case "context.append_message":
        return this.#message(asObject(record.message), place);
      case "context.append_loop_event":
        return this.#event(asObject(record.event), place);
      case "permission.record_approval_result":
        return this.#interact(decisionOf(asObject(record.result)?.decision), place);
      case "turn.cancel":
        return this.#interact("cancel", place);
      case "context.clear":
        return this.#interact("clear", place);
      case "context.undo":
        return this.#interact("rewind", place);
      case "usage.record":
        return this.#usage(record, place);
      default:
        return { unknown: `type:${type}` };
    }
  }

  flush(): void {
    // It comes after the beginning, and the user may change it.
    this.#conversation.entitle(this.#title);
    this.#conversation.flush();
  }

  state(): unknown {
    return this.#conversation.save();
  }

  get #title(): string | undefined {
    return this.#isMain ? asText(this.#state?.title) : undefined;
  }

  #message(message: JsonObject | undefined, place: Place): RecordOutcome {
    if (message?.role !== "user") return { unknown: `role:${asText(message?.role) ?? "none"}` };
    const origin = asObject(message.origin);
    const kind = asText(origin?.kind) ?? "user";
    const command = commandOf(origin);
    // What starts a sub-agent comes from its parent; all else that no person said was put in.
    const isPut = kind !== "user" && command === undefined && (this.#isMain || kind !== "system_trigger");
    const data = command === undefined ? kimiPrompt(message.content) : { prompt: command };
    if (isPut || data === undefined) return undefined;
    this.#conversation.add(this.#keyOf(place, "user", data.prompt), place, { type: "llm_request", data });
    return undefined;
  }

  /** What a turn used is the sum of its steps; what a compaction used stands nowhere else. */
  #usage({ usageScope, model, usage }: JsonObject, place: Place): RecordOutcome {
    const metrics = kimiMetrics(asObject(usage));
    if (usageScope !== "session" || metrics === undefined) return undefined;
    const at = { ...place, model: modelOf(model), metrics };
    this.#conversation.add(this.#keyOf(place, "usage", `${model}`), at, {
      type: "llm_response",
      data: {},
    });
    return undefined;
  }

  #event(event: JsonObject | undefined, place: Place): RecordOutcome {
    const step = asText(event?.stepUuid) ?? this.#stepOf(event);
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

  /** The step that an event is of, or is itself; the uuid of a call is no more than its id. */
  #stepOf(event: JsonObject | undefined): string {
    const { sessionId } = this.#conversation.surroundings;
    const uuid = event?.type === "tool.call" ? undefined : asText(event?.uuid);
    return uuid ?? `${sessionId}:${event?.turnId}:${event?.step}`;
  }

  #interact(action: string, place: Place): RecordOutcome {
    this.#conversation.add(this.#keyOf(place, "interaction", action), place, {
      type: "user_interaction",
      data: { action, text: undefined },
    });
    return undefined;
  }

  #keyOf({ timestamp }: Place, kind: string, text: string): string {
    return this.#prefix + keyOf(timestamp, kind, text);
  }
}

function decisionOf(decision: unknown): string {
  return decision === "approved" ? "approve" : decision === "rejected" ? "deny" : "other";
}

/** What a person typed to have a skill, or a command of a plugin, put in. */
function commandOf(origin: JsonObject | undefined): string | undefined {
  if (origin?.trigger !== "user-slash") return undefined;
  const name = asText(origin.skillName) ?? asText(origin.commandName);
  const args = asText(origin.skillArgs) ?? asText(origin.commandArgs);
  return name && (args === undefined ? `/${name}` : `/${name} ${args}`);
}

/** An alias names the provider, too. */
function modelOf(alias: unknown): string | undefined {
  return asText(alias)?.replace(/^.*\//, "");
}
