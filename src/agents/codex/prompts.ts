/**
 * Makes one `llm_request` of each prompt.
 *
 * A prompt is told twice: by an event for the screen (`user_message`; since 0.147 an `item_completed`), and
 * by an item of the model's history, where it stands among what Codex tells the model in the user's name.
 * Once a file has shown that it has the events, they alone count. Until then a prompt of the history counts,
 * and the event that follows confirms it.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { asList, asObject, asText } from "../values.ts";
import type { Drafting } from "./drafting.ts";
import { Pairs } from "./pairs.ts";
import { readText, readTyped, type TypedText } from "./texts.ts";

interface Saved {
  readonly sawEvents: boolean;
  readonly pairs: unknown;
}

/** The prompts of one source. */
export class Prompts {
  readonly #drafting: Drafting;
  readonly #pairs: Pairs;
  #sawEvents: boolean;

  /** @param state what `save()` of an earlier one returned */
  constructor(drafting: Drafting, state: unknown) {
    const saved = state as Saved | undefined;
    this.#drafting = drafting;
    this.#pairs = new Pairs(saved?.pairs);
    this.#sawEvents = saved?.sawEvents ?? false;
  }

  /** Takes a `user_message`. */
  takeEvent(event: JsonObject): void {
    this.#takeTyped({
      text: asText(event.message) ?? "",
      images: countOf(event.images) + countOf(event.local_images),
    });
  }

  /** Takes a completed `UserMessage`. */
  takeCompleted(content: unknown): void {
    const images =
      (asList(content) ?? []).filter((part) => /image/i.test(asText(asObject(part)?.type) ?? "")).length;
    this.#takeTyped({ text: readText(content), images });
  }

  /** Whether an item of the model's history with role `user` is a prompt that counts. */
  counts(content: unknown): boolean {
    return !this.#sawEvents && readTyped(content) !== undefined;
  }

  /** Takes such an item. */
  takeItem(content: unknown): void {
    const typed = readTyped(content);
    if (typed === undefined) return;
    this.#pairs.isSecond(typed.text, "item");
    this.#emit(typed);
  }

  /** Takes what another agent wrote to this one, if it can be read. */
  takeMail(content: unknown): void {
    const typed = readTyped(content);
    if (typed !== undefined) this.#emit(typed);
  }

  /** All of it, as plain JSON. */
  save(): unknown {
    return { sawEvents: this.#sawEvents, pairs: this.#pairs.save() } satisfies Saved;
  }

  #takeTyped(typed: TypedText): void {
    if (typed.text === "" && typed.images === 0) return;
    const isKnown = !this.#sawEvents && this.#pairs.isSecond(typed.text, "event");
    this.#sawEvents = true;
    if (!isKnown) this.#emit(typed);
  }

  #emit({ text, images }: TypedText): void {
    const attachments = Array.from({ length: images }, () => ({ kind: "image" }));
    const data = { prompt: text, ...(images > 0 && { attachments }) };
    const key = this.#drafting.keyFor("prompt", text.trim());
    this.#drafting.emit(this.#drafting.draft(key, { type: "llm_request", data }, true));
  }
}

function countOf(list: unknown): number {
  return asList(list)?.length ?? 0;
}
