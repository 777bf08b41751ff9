/**
 * The conversation of one source that is told line by line: who is in it, and the calls that wait for their results. An
 * adapter for such a source says what its records mean; this makes the events.
 *
 * @module
 */

import type { EventDraft, LlmResponseData, Metrics, SessionStartData, TypedData } from "../events/event.ts";
import { hashText } from "../events/hash.ts";
import { isNumbered } from "./numbered_calls.ts";
import { type OpenEvent, OpenEvents } from "./open_events.ts";
import { compact, completeTool, describeTool, type ToolCall, type ToolKinds } from "./tools.ts";
import { hourOf } from "./values.ts";

/** What holds from one record on, until another says otherwise. */
export interface Surroundings {
  sessionId: string;
  parentSessionId?: string;
  workspace?: string;
  repository?: string;
  branch?: string;
  agentVersion?: string;
  model?: string;
}

/** Where in the source an event is. */
export interface Place {
  /** Ms since the epoch. */
  readonly timestamp: number;
  /** Byte offset of the record. */
  readonly position: number;
  /** The record is copied from another session. */
  readonly isCopy?: boolean;
  /** The model, where the record names another than holds. */
  readonly model?: string;
  readonly metrics?: Metrics;
}

/** What an adapter decides. */
export interface ConversationOptions {
  readonly tools: ToolKinds;
  /**
   * What groups events that are written together.
   *
   * - `session`: the session, where no session repeats what another one recorded
   * - `hour`: the UTC hour of the record, where copies keep the times of the original
   * - `agent`: nothing but the agent, where copies share neither a session nor a time
   */
  readonly anchor: "session" | "hour" | "agent";
  /** How many calls may wait for their results at once. @default {64} */
  readonly openCalls?: number;
}

/** An event with a text. */
type WithText = Extract<TypedData, { type: "llm_request" | "llm_response" | "user_interaction" }>;

/** What `save()` returns. */
interface Saved {
  readonly surroundings: Surroundings;
  readonly calls: unknown;
  readonly start: unknown;
  readonly answers: unknown;
}

/** The events of one source. */
export class Conversation {
  readonly #emit: (event: EventDraft) => void;
  readonly #options: ConversationOptions;
  readonly #calls: OpenEvents;
  /** The last answers: one may come in several parts. */
  readonly #answers: OpenEvents;
  /** The start of the session, whose title may still come. */
  readonly #start: OpenEvents;
  readonly surroundings: Surroundings;

  /**
   * @param sessionId stands in until a record names the session
   * @param saved what `save()` of an earlier one returned
   */
  constructor(
    emit: (event: EventDraft) => void,
    options: ConversationOptions,
    sessionId: string,
    saved?: unknown,
  ) {
    const state = saved as Saved | undefined;
    this.#emit = emit;
    this.#options = options;
    this.#calls = new OpenEvents(emit, options.openCalls ?? 64, state?.calls);
    this.#start = new OpenEvents(emit, 1, state?.start);
    this.#answers = new OpenEvents(emit, 2, state?.answers);
    this.surroundings = { ...state?.surroundings ?? { sessionId } };
  }

  /** Changes what holds; `undefined` changes nothing. */
  set(facts: Partial<Surroundings>): void {
    Object.assign(this.surroundings, compact(facts));
  }

  /**
   * The session begins.
   *
   * @param name what there is once for each session
   */
  start(place: Place, data: SessionStartData, name: string = this.surroundings.sessionId): void {
    this.#start.open(
      START,
      this.#draft(`start:${name}`, place, { type: "session_start", data: compact(data) }),
    );
    // It comes before all else, also where all have one time.
    this.#start.flush();
  }

  /** Whether the session has begun. */
  get hasStart(): boolean {
    return this.#start.peek(START) !== undefined;
  }

  /** What the whole session used, where the agent says no more than that. */
  total(metrics: Metrics | undefined): void {
    const known = this.#start.peek(START);
    if (metrics === undefined || known === undefined) return;
    if (JSON.stringify(known.metrics) !== JSON.stringify(metrics)) {
      this.#start.change(START, (event) => event.metrics = metrics);
    }
  }

  /** The session has this title now. */
  entitle(title: string | undefined): void {
    if (title === undefined || titleOf(this.#start.peek(START)) === title) return;
    this.#start.change(START, (event) => event.data = { ...event.data, title });
  }

  /**
   * Emits an event of which nothing more is expected.
   *
   * @param key the provider's own id, or what every copy of the record carries
   */
  add(key: string, place: Place, typed: TypedData): void {
    this.#emit(this.#draft(key, place, { ...typed, data: compact(typed.data) } as TypedData));
  }

  /**
   * Opens an answer of a model that may grow, or lets it grow: what is said of it later is added to its text, and its
   * numbers take the place of those before.
   */
  answer(key: string, place: Place, data: LlmResponseData): void {
    const isKnown = this.#answers.change(key, (event) => {
      const before = event.data as LlmResponseData;
      event.data = compact({
        text: joined(before.text, data.text),
        reasoning: joined(before.reasoning, data.reasoning),
        stopReason: data.stopReason ?? before.stopReason,
      });
      if (place.metrics !== undefined) event.metrics = { ...event.metrics, ...place.metrics };
    });
    if (!isKnown) {
      this.#answers.open(key, this.#draft(key, place, { type: "llm_response", data: compact(data) }));
    }
  }

  /** Opens an event whose text goes on over several records. */
  open(key: string, place: Place, typed: WithText): void {
    this.#answers.open(key, this.#draft(key, place, typed));
  }

  /** The text of such an event goes on. */
  append(key: string, text: string): void {
    this.#answers.change(key, (event) => {
      const name = event.type === "llm_request" ? "prompt" : "text";
      event.data = { ...event.data, [name]: event.data[name] + text };
    });
  }

  /** What it took to make such an event. */
  measure(key: string, metrics: Metrics): void {
    if (Object.keys(metrics).length > 0) this.#answers.change(key, (event) => event.metrics = metrics);
  }

  /** Another session begins in the same source. Only the project stays. */
  next(): void {
    this.flush();
    this.#start.close(START);
    const { workspace } = this.surroundings;
    for (const name of Object.keys(this.surroundings)) delete this.surroundings[name as keyof Surroundings];
    this.set({ sessionId: "", workspace });
  }

  /** A call begins; its result may follow. The same call told again changes nothing. */
  call(key: string, place: Place, call: ToolCall): void {
    const name = call.callId ?? key;
    const isNumber = key === call.callId && isNumbered(key, call.tool);
    const ownKey = isNumber ? `call:${place.timestamp}:${key}` : `call:${key}`;
    // One that got no result may still be open where the agent counts the ids of its calls anew.
    if (this.#calls.peek(name)?.key === ownKey) return;
    const draft = this.#draft(ownKey, place, describeTool(this.#options.tools, call));
    this.#calls.open(name, { ...draft, complete: false });
  }

  /** Whether there is a call of this id that waits for its result: an agent may tell it once more as it is carried out. */
  waits(callId: unknown): boolean {
    return typeof callId === "string" && this.#calls.peek(callId) !== undefined;
  }

  /**
   * More became known of a call; unless it goes on, that was all.
   *
   * @returns whether there is such a call
   */
  result(
    callId: string,
    outcome: Pick<ToolCall, "result" | "isError" | "exitCode"> & { readonly metrics?: Metrics },
    goesOn = false,
  ): boolean {
    const isKnown = this.#calls.change(callId, (event: OpenEvent) => {
      completeTool(event, outcome);
      if (outcome.metrics !== undefined) event.metrics = { ...event.metrics, ...outcome.metrics };
      if (!goesOn) event.complete = true;
    });
    if (isKnown && !goesOn) this.#calls.close(callId);
    return isKnown;
  }

  /** Emits all that changed. */
  flush(): void {
    this.#start.flush();
    this.#answers.flush();
    this.#calls.flush();
  }

  /** All that must be remembered, as plain JSON. */
  save(): unknown {
    return {
      surroundings: this.surroundings,
      calls: this.#calls.save(),
      start: this.#start.save(),
      answers: this.#answers.save(),
    };
  }

  #anchorOf(timestamp: number): string {
    switch (this.#options.anchor) {
      case "hour":
        return hourOf(timestamp);
      case "session":
        return this.surroundings.sessionId;
      case "agent":
        return "agent";
    }
  }

  #draft(key: string, { timestamp, position, isCopy, model, metrics }: Place, typed: TypedData): EventDraft {
    return {
      ...compact({ ...this.surroundings, ...model !== undefined && { model } }),
      ...typed,
      ...metrics !== undefined && Object.keys(metrics).length > 0 && { metrics },
      timestamp,
      position,
      anchor: this.#anchorOf(timestamp),
      key,
      revision: 1,
      complete: true,
      ...isCopy && { copied: true as const },
    };
  }
}

const START = "start";

function joined(first: string | undefined, second: string | undefined): string | undefined {
  return first === undefined || second === undefined ? first ?? second : first + second;
}

function titleOf(event: Readonly<EventDraft> | undefined): unknown {
  return event?.type === "session_start" ? event.data.title : undefined;
}

/** A key for a record without an id of its own: its time, what it is, and its text. */
export function keyOf(timestamp: number, kind: string, text: string): string {
  return `${timestamp}:${kind}:${hashText(text)}`;
}
