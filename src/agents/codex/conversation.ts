/**
 * One thread as far as it has been read: what its events have in common, and the parts that make them.
 *
 * @module
 */

import type { EventDraft, TypedData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asInstant, asObject, asText } from "../values.ts";
import type { Drafting } from "./drafting.ts";
import { OpenCalls } from "./open_calls.ts";
import { Prompts } from "./prompts.ts";
import { Responses } from "./responses.ts";
import { SessionStart } from "./session_start.ts";
import { type Thread, Threads } from "./threads.ts";
import { TokenCount } from "./tokens.ts";

/** How the ids of turns begin that Codex made of another agent's history (openai/codex `external-agent-sessions`). */
const TAKEN_OVER = "external-import-turn-";

interface Saved {
  readonly time: number;
  readonly cwd?: string;
  readonly model?: string;
  readonly lastError?: string;
  readonly goesOn: boolean;
  readonly threads: unknown;
  readonly start: unknown;
  readonly tokens: unknown;
  readonly prompts: unknown;
  readonly responses: unknown;
  readonly calls: unknown;
}

/** A thread, read line by line. */
export class Conversation implements Drafting {
  readonly prompts: Prompts;
  readonly responses: Responses;
  readonly calls: OpenCalls;
  readonly #emit: (event: EventDraft) => void;
  readonly #threads: Threads;
  readonly #start: SessionStart;
  readonly #tokens: TokenCount;
  #position = 0;
  /** Of the current line, else of the last one that had a time. */
  #time: number;
  #cwd: string | undefined;
  #model: string | undefined;
  /** Of the turn, if it had one. */
  #lastError: string | undefined;
  /** The file goes on from a place in another one, whose lines it does not repeat. */
  #goesOn: boolean;

  /**
   * @param fallbackId names the thread if no line does
   * @param emit takes each event
   * @param state what `save()` of an earlier one returned
   */
  constructor(fallbackId: string, emit: (event: EventDraft) => void, state: unknown) {
    const saved = state as Saved | undefined;
    this.#emit = emit;
    this.#time = saved?.time ?? 0;
    this.#cwd = saved?.cwd;
    this.#model = saved?.model;
    this.#lastError = saved?.lastError;
    this.#goesOn = saved?.goesOn ?? false;
    this.#threads = new Threads(fallbackId, saved?.threads);
    this.#start = new SessionStart(this, saved?.start);
    this.#tokens = new TokenCount(saved?.tokens);
    this.prompts = new Prompts(this, saved?.prompts);
    this.responses = new Responses(this, saved?.responses);
    this.calls = new OpenCalls(this, saved?.calls);
  }

  /** Whether the thread was started by another: a sub-agent or a fork. */
  get hasParent(): boolean {
    return this.#threads.own.parent !== undefined;
  }

  /** Whether Codex took the turn over from another agent, whose own history tells what was said in it. */
  get isTakenOver(): boolean {
    return this.#threads.turn?.startsWith(TAKEN_OVER) === true;
  }

  /** Goes on to the line at a position. */
  moveTo(position: number): void {
    this.#position = position;
  }

  /** Takes the time of a line that is no `session_meta`. */
  takeTime(timestamp: unknown): void {
    const time = asInstant(timestamp);
    if (time !== undefined) this.#time = time;
    this.#threads.takeLine(time);
  }

  /** Whether a `session_meta` begins another thread; it is then not taken. */
  endsWith(meta: JsonObject): boolean {
    if (!this.#threads.beginsAnother(meta)) return false;
    this.responses.endTurn();
    this.calls.flush();
    return true;
  }

  /**
   * Takes a `session_meta`, or the first line of a rollout without envelopes. Says whether it names a thread.
   */
  takeMeta(meta: JsonObject, timestamp: unknown): boolean {
    this.#time = asInstant(timestamp) ?? this.#time;
    const kind = this.#threads.takeMeta(meta);
    const { own } = this.#threads;
    if (kind === "own") {
      this.#goesOn = asObject(meta.history_base) !== undefined;
      this.#start.take(own.id, meta);
    } else if (kind === "ancestor" && own.parent !== undefined) this.#start.takeParent(own.parent);
    return kind !== undefined;
  }

  /** Takes a `turn_context`. */
  takeContext(context: JsonObject): void {
    this.takeTurn(context);
    this.#cwd = asText(context.cwd) ?? this.#cwd;
    this.#model = asText(context.model) ?? this.#model;
  }

  /** Takes what names the turn that goes on or begins. */
  takeTurn({ turn_id: turnId, started_at: startedAt }: JsonObject): void {
    const id = asText(turnId);
    if (id === undefined || id === this.#threads.turn) return;
    this.responses.endTurn();
    this.#threads.takeTurn(id, startedAt);
  }

  /** Takes the `info` of a `token_count`. */
  takeTokens(info: JsonObject): void {
    // No model is called before the first turn.
    if (this.#goesOn && this.#threads.turn === undefined) return this.#tokens.goOnFrom(info);
    const usage = this.#tokens.take(info);
    if (usage === undefined) return;
    this.#model = asText(info.model) ?? this.#model;
    this.responses.takeUsage(usage);
  }

  /** Takes the name that a person gave to a thread. */
  takeTitle(threadId: unknown, title: unknown): void {
    const text = asText(title);
    if (threadId === this.#threads.own.id && text !== undefined) this.#start.takeTitle(text);
  }

  /** Takes that a person stopped the turn. */
  takeCancel(reason: unknown, turnId: unknown): void {
    this.responses.endTurn();
    this.takeInteraction("cancel", asText(reason), asText(turnId) ?? this.#threads.turn);
  }

  /** Takes what a person did, named by an id if it has one. */
  takeInteraction(action: string, text: string | undefined, id?: string): void {
    const key = id === undefined ? this.keyFor(action, text ?? "") : `${action}:${id}`;
    const data = { action, ...(text !== undefined && { text }) };
    this.#emit(this.draft(key, { type: "user_interaction", data }, true));
  }

  /** Takes that a turn ended, perhaps with an error; it may have been told before. */
  takeTurnEnd(error: unknown): void {
    this.responses.endTurn();
    if (asText(asObject(error)?.message) !== this.#lastError) this.takeError(error);
    this.#lastError = undefined;
  }

  /** Takes an error. */
  takeError(error: unknown): void {
    const facts = asObject(error);
    const message = asText(facts?.message);
    if (facts === undefined || message === undefined) return;
    this.#lastError = message;
    const info = facts.codex_error_info;
    const code = asText(info) ?? asText(facts.kind) ?? Object.keys(asObject(info) ?? {})[0];
    const data = { message, ...(code !== undefined && { code }) };
    this.#emit(this.draft(this.keyFor("error", message), { type: "error_encountered", data }, true));
  }

  draft(key: string, typed: TypedData, complete: boolean): EventDraft {
    const { owner, anchor, isCopied } = this.#threads;
    return this.#draftOf(owner, anchor, isCopied, this.#threads.firstTime(this.#time), key, typed, complete);
  }

  draftOwn(key: string, typed: TypedData, complete: boolean): EventDraft {
    const { own } = this.#threads;
    return this.#draftOf(own, own.id, false, this.#time, key, typed, complete);
  }

  keyFor(kind: string, text: string): string {
    return this.#threads.keyFor(kind, text);
  }

  emit(event: EventDraft): void {
    this.#emit(event);
  }

  /** Emits what may still grow. */
  flush(): void {
    this.responses.flush();
    this.calls.flush();
  }

  /** All of it, as plain JSON. */
  save(): unknown {
    return {
      time: this.#time,
      cwd: this.#cwd,
      model: this.#model,
      lastError: this.#lastError,
      goesOn: this.#goesOn,
      threads: this.#threads.save(),
      start: this.#start.save(),
      tokens: this.#tokens.save(),
      prompts: this.prompts.save(),
      responses: this.responses.save(),
      calls: this.calls.save(),
    } satisfies Saved;
  }

  /** All drafts have all keys: what reads them is faster when they are of one shape. */
  #draftOf(
    thread: Thread,
    anchor: string,
    isCopied: boolean,
    timestamp: number,
    key: string,
    { type, data }: TypedData,
    complete: boolean,
  ): EventDraft {
    return {
      type,
      data,
      timestamp,
      sessionId: thread.id,
      agentVersion: thread.version,
      parentSessionId: thread.parent,
      workspace: this.#cwd ?? thread.cwd,
      repository: thread.repository,
      branch: thread.branch,
      model: this.#model,
      metrics: undefined,
      anchor,
      key,
      revision: 1,
      position: this.#position,
      complete,
      copied: isCopied ? true : undefined,
    } as EventDraft;
  }
}
