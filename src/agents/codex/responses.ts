/**
 * Makes one `llm_response` of what belongs to one call of the model: reasoning, a message (or none), the
 * usage.
 *
 * What a call is: until 0.34 all its records came after its `token_count`; later they come before it.
 * Neighbours alone don't tell the two apart (`reasoning call output count reasoning call output count`), but
 * the first record after a prompt does. So each turn finds out anew, which bounds any mistake.
 *
 * Its key is that of its message; a call without one is named by its usage, or else by its reasoning.
 * Reasoning waits for either, because some forks copy messages and usage only and must come to the same key.
 *
 * @module
 */

import type { EventDraft, LlmResponseData } from "../../events/event.ts";
import { OpenEvents } from "../open_events.ts";
import type { Drafting } from "./drafting.ts";
import { type Family, Pairs } from "./pairs.ts";
import type { CallUsage } from "./tokens.ts";

/** The one event that may be open at a time. */
const OPEN = "response";

interface Call {
  /** Its message is known. */
  hasText: boolean;
  hasUsage: boolean;
  /** A tool has answered since it began. */
  hasOutput: boolean;
  /** A draft that holds the reasoning which waits for a key. */
  waiting?: EventDraft;
}

interface Saved {
  readonly call: Call;
  readonly isUsageFirst?: boolean;
  readonly sawUsage: boolean;
  readonly messages: unknown;
  readonly reasonings: unknown;
  readonly open: unknown;
}

/** The model calls of one source, in order. */
export class Responses {
  readonly #drafting: Drafting;
  readonly #open: OpenEvents;
  readonly #messages: Pairs;
  readonly #reasonings: Pairs;
  #call: Call;
  /** Whether usage stands before the records of its call; not known before the first of either in a turn. */
  #isUsageFirst: boolean | undefined;
  /** The source says what calls use. */
  #sawUsage: boolean;

  /** @param state what `save()` of an earlier one returned */
  constructor(drafting: Drafting, state: unknown) {
    const saved = state as Saved | undefined;
    this.#drafting = drafting;
    this.#open = new OpenEvents((event) => drafting.emit(event), 1, saved?.open);
    this.#messages = new Pairs(saved?.messages);
    this.#reasonings = new Pairs(saved?.reasonings);
    this.#call = saved?.call ?? newCall();
    this.#isUsageFirst = saved?.isUsageFirst;
    this.#sawUsage = saved?.sawUsage ?? false;
  }

  /** Takes parts of a model's reasoning that can be read; often there are none. */
  takeReasoning(parts: readonly string[], family: Family): void {
    this.#begin(family);
    const news = parts.filter((part) => !this.#reasonings.isSecond(part, family));
    if (news.length === 0) return;
    const text = news.join("\n\n");
    const isOfOpen = family === "item" && this.#isUsageFirst === true;
    if (isOfOpen && this.#open.change(OPEN, (event) => addReasoning(event.data, text))) return;
    this.#call.waiting ??= this.#draft("", {});
    addReasoning(this.#call.waiting.data, text);
  }

  /** Takes a model's message. */
  takeMessage(text: string, family: Family): void {
    this.#begin(family);
    if (text === "" || this.#messages.isSecond(text, family)) return;
    const reasoning = this.#takeWaiting();
    if (family === "item" && this.#isUsageFirst === true && !this.#call.hasText) {
      const joins = this.#open.change(OPEN, (event) => {
        Object.assign(event.data, { text });
        if (reasoning !== undefined) addReasoning(event.data, reasoning);
      });
      this.#call.hasText = joins;
      if (joins) return;
    }
    this.#close();
    this.#call.hasText = true;
    this.#open.open(OPEN, this.#draft(this.#drafting.keyFor("message", text), { text, ...known(reasoning) }));
  }

  /** Takes note of a tool call. */
  takeToolCall(): void {
    this.#isUsageFirst ??= false;
  }

  /** Takes note of a tool's answer. */
  takeToolOutput(): void {
    this.#call.hasOutput = true;
  }

  /** Takes what a call used. */
  takeUsage({ key, metrics }: CallUsage): void {
    this.#sawUsage = true;
    this.#isUsageFirst ??= true;
    const isLast = !this.#isUsageFirst;
    const reasoning = this.#takeWaiting();
    if (this.#call.hasText && !this.#call.hasUsage) {
      this.#open.change(OPEN, (event) => {
        if (reasoning !== undefined) addReasoning(event.data, reasoning);
        event.metrics = metrics;
        event.complete = isLast;
      });
    } else {
      this.#close();
      this.#open.open(OPEN, {
        ...this.#draft(key, known(reasoning)),
        metrics,
        complete: isLast,
      });
    }
    this.#call.hasUsage = true;
    if (isLast) this.#close();
  }

  /** Nothing more comes of the call that is under way. */
  endCall(): void {
    this.#close();
  }

  /** A person or the program speaks: what the model said before is complete. */
  endTurn(): void {
    this.#close();
    this.#isUsageFirst = undefined;
    this.#messages.clear();
    this.#reasonings.clear();
  }

  /** See {@link OpenEvents.flush}. */
  flush(): void {
    this.#open.flush();
  }

  /** All of it, as plain JSON. */
  save(): unknown {
    return {
      call: this.#call,
      isUsageFirst: this.#isUsageFirst,
      sawUsage: this.#sawUsage,
      messages: this.#messages.save(),
      reasonings: this.#reasonings.save(),
      open: this.#open.save(),
    } satisfies Saved;
  }

  #begin(family: Family): void {
    if (family === "item") this.#isUsageFirst ??= false;
    // Where nothing counts tokens, what follows a tool's answer is the next call.
    if (!this.#sawUsage && this.#call.hasOutput) this.#close();
  }

  #draft(key: string, data: LlmResponseData): EventDraft {
    return this.#drafting.draft(key, { type: "llm_response", data }, false);
  }

  #takeWaiting(): string | undefined {
    const reasoning = (this.#call.waiting?.data as LlmResponseData | undefined)?.reasoning;
    delete this.#call.waiting;
    return reasoning;
  }

  /** The call is over. */
  #close(): void {
    if (this.#open.peek(OPEN)?.complete === false) {
      this.#open.change(OPEN, (event) => event.complete = true);
    }
    this.#open.close(OPEN);
    const waiting = this.#call.waiting;
    if (waiting !== undefined) {
      const { reasoning = "" } = waiting.data as LlmResponseData;
      this.#drafting.emit({ ...waiting, key: this.#drafting.keyFor("reasoning", reasoning), complete: true });
    }
    this.#call = newCall();
  }
}

function newCall(): Call {
  return { hasText: false, hasUsage: false, hasOutput: false };
}

function known(reasoning: string | undefined): LlmResponseData {
  return reasoning === undefined ? {} : { reasoning };
}

function addReasoning(data: object, text: string): void {
  const target = data as { reasoning?: string };
  target.reasoning = target.reasoning === undefined ? text : `${target.reasoning}\n\n${text}`;
}
