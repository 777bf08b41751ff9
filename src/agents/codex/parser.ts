/**
 * Makes events of the lines of a Codex rollout.
 *
 * A line is `{timestamp, type, payload}`; until September 2025 it was the bare item, without a time. The
 * model's history (`response_item`) and the events for the screen (`event_msg`) tell the same things twice.
 * Prompts are taken from the screen, because the history also holds what Codex tells the model in the user's
 * name; all else is taken from the history, and from the screen what the history lacks.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { asInstant, asObject, asText } from "../values.ts";
import { Conversation } from "./conversation.ts";
import { EVENTS, ITEMS, LINES, SAID, type Taker } from "./lines.ts";

/** The parser of one rollout. */
export class CodexParser implements RecordParser {
  readonly #fallbackId: string;
  readonly #emit: (event: EventDraft) => void;
  #thread: Conversation;

  /**
   * @param fallbackId names the thread of a file that does not say
   * @param emit takes each event
   * @param state what `state()` of an earlier one returned
   */
  constructor(fallbackId: string, emit: (event: EventDraft) => void, state: unknown) {
    this.#fallbackId = fallbackId;
    this.#emit = emit;
    this.#thread = new Conversation(fallbackId, emit, state);
  }

  record(record: JsonObject, position: number): RecordOutcome {
    this.#thread.moveTo(position);
    const { type, timestamp } = record;
    const payload = asObject(record.payload);
    if (payload === undefined) return this.#takeBare(record, position);
    switch (type) {
      case "event_msg":
        return this.#take("event_msg", EVENTS, payload.type, payload, timestamp);
      case "response_item": {
        // Some writers leave out the type of a message.
        const kind = payload.type ?? (payload.role === undefined ? undefined : "message");
        return this.#take("response_item", ITEMS, kind, payload, timestamp);
      }
      case "session_meta":
        return this.#takeMeta(payload, timestamp, position);
    }
    return this.#take("type", LINES, type, payload, timestamp);
  }

  flush(): void {
    this.#thread.flush();
  }

  state(): unknown {
    return this.#thread.save();
  }

  #take(
    family: string,
    table: ReadonlyMap<unknown, Taker>,
    type: unknown,
    payload: JsonObject,
    timestamp: unknown,
  ): RecordOutcome {
    const taker = table.get(type);
    if (taker === undefined) return unknown(family, type);
    this.#thread.takeTime(timestamp);
    if (!this.#thread.isTakenOver || !SAID.has(type)) taker(this.#thread, payload);
  }

  /** Takes a line of the time before lines had an envelope; its time is that of the session. */
  #takeBare(record: JsonObject, position: number): RecordOutcome {
    const { type, timestamp } = record;
    if (type === undefined && asText(record.id) !== undefined && asInstant(timestamp) !== undefined) {
      return this.#takeMeta(record, timestamp, position);
    }
    if (record.record_type === "state") return;
    const taker = ITEMS.get(type);
    if (taker === undefined) return unknown("type", type ?? "none");
    this.#thread.takeTime(undefined);
    taker(this.#thread, record);
    // Nothing here counts tokens: a call says what it has to say before its tools run.
    if (type !== "reasoning" && type !== "message") this.#thread.responses.endCall();
  }

  #takeMeta(meta: JsonObject, timestamp: unknown, position: number): RecordOutcome {
    if (this.#thread.endsWith(meta)) {
      this.#thread = new Conversation(this.#fallbackId, this.#emit, undefined);
      this.#thread.moveTo(position);
    }
    if (!this.#thread.takeMeta(meta, timestamp)) return unknown("session_meta", "no id");
  }
}

/** The kind under which a record is kept that is not understood. */
function unknown(family: string, type: unknown): RecordOutcome {
  return { unknown: `${family}:${String(type).slice(0, KIND)}` };
}

const KIND = 60;
