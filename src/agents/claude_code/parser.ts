/**
 * Makes events of the records of one Claude Code transcript.
 *
 * Identity: copies of a record in a resumed or forked session keep its timestamp, `message.id` and tool call ids, and
 * lose its `sessionId`, `uuid` and `requestId`. So the anchor of an event is the UTC hour of the record that opens it.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { isNumbered } from "../numbered_calls.ts";
import { OpenEvents } from "../open_events.ts";
import { asList, asObject, asText } from "../values.ts";
import { completeCall, denialText, isDenial, readCall } from "./calls.ts";
import { type Context, draftOf, readContext } from "./context.ts";
import { projectOf, taskOf } from "./cowork.ts";
import { growMessage, type MessageLine, modelOf, readMessageLine } from "./messages.ts";
import { readInteraction, readUserContent } from "./prompts.ts";
import { SessionStarts } from "./session_starts.ts";
import { codeText, readSystemError } from "./system.ts";

/** Records that carry no event: bookkeeping of the program, and copies of what other files hold. */
const SILENT_TYPES = new Set([
  "agent-name",
  "agent-setting",
  "atis-latch",
  "bridge-session",
  "content-replacement",
  "file-history-snapshot",
  "frame-link",
  "last-prompt",
  "mode",
  "permission-mode",
  "pr-link",
  "progress",
  "queue-operation",
  "relocated",
  "summary",
  "worktree-state",
]);

const SILENT_SUBTYPES = new Set(["away_summary", "microcompact_boundary", "session_start"]);

/** How many messages are kept open: old versions wrote parallel sub-agents into one file. */
const OPEN_MESSAGES = 4;
const OPEN_CALLS = 32;

/** What stands before the name of a call in its key. */
const CALL = "call:";

/** What `state()` returns. */
interface State {
  readonly messages: unknown;
  readonly names: readonly string[];
  readonly calls: unknown;
  readonly compaction: unknown;
  readonly starts: unknown;
  readonly session: string;
}

/** The parser of one transcript. */
export class ClaudeCodeParser implements RecordParser {
  readonly #emit: (event: EventDraft) => void;
  readonly #messages: OpenEvents;
  /** Ids of the open messages, oldest first. */
  readonly #names: string[];
  readonly #calls: OpenEvents;
  /** The last compaction: its summary follows. */
  readonly #compaction: OpenEvents;
  readonly #starts: SessionStarts;
  /** The session of the last record that named one. */
  #session: string;
  readonly #project: string | undefined;

  constructor(source: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as State | undefined;
    this.#emit = emit;
    // One more than are kept, so that each is completed before it is displaced.
    this.#messages = new OpenEvents(emit, OPEN_MESSAGES + 1, state?.messages);
    this.#names = [...state?.names ?? []];
    this.#calls = new OpenEvents(emit, OPEN_CALLS, state?.calls);
    this.#compaction = new OpenEvents(emit, 1, state?.compaction);
    this.#starts = new SessionStarts(emit, state?.starts);
    // Records of every version name their session; this stands in for one that was lost.
    this.#session = state?.session ?? source.relativePath.replace(/^.*\/|\.jsonl$/g, "");
    this.#project = projectOf(source.companions?.[taskOf(source.relativePath) ?? ""]);
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const { type } = record;
    switch (type) {
      case "user":
      case "assistant":
      case "system":
      case "attachment": {
        const context = readContext(record, position, this.#session, this.#project);
        if (context === undefined) return { unknown: `timestamp:${type}` };
        this.#session = asText(record.sessionId) ?? this.#session;
        this.#starts.see(record, context);
        return this.#chained(type, record, context);
      }
      case "ai-title":
        this.#starts.entitle(asText(record.sessionId), asText(record.aiTitle), false);
        return undefined;
      case "custom-title":
        this.#starts.entitle(asText(record.sessionId), asText(record.customTitle), true);
        return undefined;
    }
    if (typeof type !== "string") return { unknown: "type:none" };
    return SILENT_TYPES.has(type) ? undefined : { unknown: `type:${type}` };
  }

  flush(): void {
    this.#starts.flush();
    this.#compaction.flush();
    this.#messages.flush();
    this.#calls.flush();
  }

  state(): State {
    return {
      messages: this.#messages.save(),
      names: [...this.#names],
      calls: this.#calls.save(),
      compaction: this.#compaction.save(),
      starts: this.#starts.state(),
      session: this.#session,
    };
  }

  #chained(type: string, record: JsonObject, context: Context): RecordOutcome {
    switch (type) {
      case "user":
        return this.#user(record, context);
      case "assistant":
        return this.#assistant(record, context);
      case "system":
        return this.#system(record, context);
      default:
        return this.#attachment(record, context);
    }
  }

  #user(record: JsonObject, context: Context): RecordOutcome {
    const message = asObject(record.message);
    if (message === undefined) return { unknown: "shape:user" };
    let outcome: RecordOutcome;
    let isResult = false;
    for (const item of asList(message.content) ?? []) {
      const block = asObject(item);
      if (block?.type !== "tool_result") continue;
      isResult = true;
      outcome = this.#result(record, block, context) ?? outcome;
    }
    if (record.isCompactSummary === true) return this.#compactSummary(message.content);
    if (record.isMeta === true) return outcome;
    if (!isResult && record.isSidechain !== true) this.#endTurn();
    return this.#prompt(message.content, context) ?? outcome;
  }

  /** The result of a call that was made in an earlier record. */
  #result(record: JsonObject, block: JsonObject, context: Context): RecordOutcome {
    const callId = asText(block.tool_use_id);
    if (callId !== undefined && isDenial(record, block)) {
      const data = { action: "deny", text: denialText(block) };
      const call = this.#calls.peek(callId)?.key.slice(CALL.length) ?? callId;
      this.#emit(draftOf(context, { type: "user_interaction", data }, `deny:${call}`));
    }
    const isKnown = callId !== undefined &&
      this.#calls.change(callId, (event) => completeCall(event, block, record.toolUseResult));
    if (!isKnown) return { unknown: "result:without-call" };
    this.#calls.close(callId);
    return undefined;
  }

  #prompt(content: unknown, context: Context): RecordOutcome {
    const { text, attachments, unknown } = readUserContent(content);
    if (text !== "" || attachments !== undefined) {
      // The uuid changes in a resumed copy; time and text stay.
      const hash = hashText(`${context.timestamp}\n${attachments?.length ?? 0}\n${text}`);
      const interaction = readInteraction(text);
      this.#emit(
        interaction === undefined
          ? draftOf(context, { type: "llm_request", data: { prompt: text, attachments } }, `prompt:${hash}`)
          : draftOf(context, { type: "user_interaction", data: interaction }, `interaction:${hash}`),
      );
    }
    return unknown === undefined ? undefined : { unknown };
  }

  #assistant(record: JsonObject, context: Context): RecordOutcome {
    const message = asObject(record.message);
    if (message === undefined) return { unknown: "shape:assistant" };
    const line = readMessageLine(record, message);
    const model = modelOf(message);
    // A message without an id is known from a few old records; each is one line, and nothing can be added to it.
    const id = asText(message.id);
    const name = id ?? hashText(`${context.timestamp}\n${line.text}\n${line.reasoning}`);
    if (record.isApiErrorMessage === true) {
      const code = asText(record.error) ?? codeText(record.apiErrorStatus);
      const data = { message: line.text ?? "API error", code };
      this.#emit(draftOf(context, { type: "error_encountered", data }, `error:${name}`));
    } else {
      this.#respond(name, line, context, model);
    }
    for (let index = 0; index < line.calls.length; index++) {
      this.#call(line.calls[index]!, name, index, context, model);
    }
    let outcome: RecordOutcome;
    for (const block of line.results) outcome = this.#result(record, block, context) ?? outcome;
    return line.unknown === undefined ? outcome : { unknown: line.unknown };
  }

  /** Opens a message, or adds a line to it. */
  #respond(name: string, line: MessageLine, context: Context, model: string | undefined): void {
    const { text, reasoning, stopReason, metrics } = line;
    const known = this.#messages.peek(name);
    if (known?.type === "llm_response") {
      const grown = growMessage(known.data, known.metrics, line);
      if (grown !== undefined) {
        this.#messages.change(name, (event) => {
          event.data = { ...grown.data };
          event.metrics = grown.metrics;
        });
      }
      return;
    }
    const typed = { type: "llm_response", data: { text, reasoning, stopReason } } as const;
    this.#messages.open(name, draftOf(context, typed, `message:${name}`, false, model, metrics));
    this.#names.push(name);
    if (this.#names.length > OPEN_MESSAGES) this.#completeMessage();
  }

  /** Completes the oldest message. */
  #completeMessage(): void {
    const name = this.#names.shift()!;
    this.#messages.change(name, (event) => event.complete = true);
    this.#messages.close(name);
  }

  /** Completes all messages: what follows is an answer to something else. */
  #endTurn(): void {
    while (this.#names.length > 0) this.#completeMessage();
  }

  /** @param name of the message, `index` of the call in it */
  #call(block: JsonObject, name: string, index: number, context: Context, model: string | undefined): void {
    const id = asText(block.id);
    const isOwnId = id !== undefined && !isNumbered(id, asText(block.name) ?? "");
    const key = `${CALL}${isOwnId ? id : `${name}/${id ?? index}`}`;
    const event = draftOf(context, readCall(block, context.workspace), key, false, model);
    if (id === undefined) this.#emit(event);
    else if (this.#calls.peek(id)?.key !== key) this.#calls.open(id, event);
  }

  #system(record: JsonObject, context: Context): RecordOutcome {
    const subtype = asText(record.subtype) ?? "none";
    switch (subtype) {
      case "turn_duration":
      case "stop_hook_summary":
        this.#endTurn();
        return undefined;
      case "local_command":
        return this.#prompt(record.content, context);
      case "compact_boundary": {
        const isAuto = asObject(record.compactMetadata)?.trigger === "auto";
        const data = { action: isAuto ? "auto_compact" : "compact" };
        const key = `compact:${context.timestamp}`;
        this.#compaction.open("compact", draftOf(context, { type: "user_interaction", data }, key));
        return undefined;
      }
    }
    const error = readSystemError(subtype, record);
    if (error !== undefined) {
      const key = `error:${hashText(`${context.timestamp}\n${record.retryAttempt}\n${error.message}`)}`;
      this.#emit(draftOf(context, { type: "error_encountered", data: error }, key));
      return undefined;
    }
    return SILENT_SUBTYPES.has(subtype) ? undefined : { unknown: `subtype:${subtype}` };
  }

  /** What a compaction left of the conversation; it follows the boundary. */
  #compactSummary(content: unknown): RecordOutcome {
    const { text } = readUserContent(content);
    this.#compaction.change("compact", (event) => event.data = { ...event.data, text });
    this.#compaction.close("compact");
    return undefined;
  }

  /** Of what Claude Code attaches to a turn, a prompt that was typed while it ran is a person's. */
  #attachment(record: JsonObject, context: Context): RecordOutcome {
    const attachment = asObject(record.attachment);
    if (attachment?.type !== "queued_command" || attachment.isMeta === true) return undefined;
    return this.#prompt(attachment.prompt, context);
  }
}
