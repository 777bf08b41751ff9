/**
 * Tells the second record of a thing from the first: Codex writes each prompt, answer and piece of reasoning
 * twice, as an item of the model's history and as an event for its screen, in either order and with little
 * between them.
 *
 * @module
 */

import { hashText } from "../../events/hash.ts";

/** Which of the two families a record belongs to. */
export type Family = "item" | "event";

/** How many may wait for their second record; a file of one family alone never has one come. */
const WAITING = 8;

/** The texts of one kind that were met once. */
export class Pairs {
  readonly #waiting: Readonly<Record<Family, string[]>>;

  /** @param saved what `save()` of an earlier one returned */
  constructor(saved: unknown) {
    this.#waiting = saved as Record<Family, string[]> | undefined ?? { item: [], event: [] };
  }

  /** Whether the other family had this text before; if not, it now waits for the other family. */
  isSecond(text: string, family: Family): boolean {
    const name = hashText(comparable(text));
    const others = this.#waiting[family === "item" ? "event" : "item"];
    const index = others.indexOf(name);
    if (index >= 0) {
      others.splice(index, 1);
      return true;
    }
    const own = this.#waiting[family];
    if (own.push(name) > WAITING) own.shift();
    return false;
  }

  /** Forgets all: nothing from here on is the second record of what came before. */
  clear(): void {
    this.#waiting.item.length = 0;
    this.#waiting.event.length = 0;
  }

  /** What waits, as plain JSON. */
  save(): unknown {
    return this.#waiting;
  }
}

/**
 * What both records of a text have in common: the screen shows an answer without its citations and without
 * its plan.
 */
function comparable(text: string): string {
  const shown = text.includes("</")
    ? text.replace(/<(oai-mem-citation|proposed_plan)>[^]*?<\/\1>/g, "")
    : text;
  // The parts of a prompt are joined with and without line ends.
  const compact = shown.replaceAll("\n", "").trim();
  return compact === "" ? text.trim() : compact;
}
