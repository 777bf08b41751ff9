/**
 * Makes the `session_start` of a rollout's own thread; its title, and sometimes its parent, come to be known
 * later.
 *
 * @module
 */

import type { EventDraft, SessionStartData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asInstant, asObject, asText } from "../values.ts";
import type { Drafting } from "./drafting.ts";

/** The first event of one thread. */
export class SessionStart {
  readonly #drafting: Drafting;
  #event: EventDraft | undefined;

  /** @param state what `save()` of an earlier one returned */
  constructor(drafting: Drafting, state: unknown) {
    this.#drafting = drafting;
    this.#event = state as EventDraft | undefined;
  }

  /** Takes the `session_meta` of the thread. */
  take(id: string, meta: JsonObject): void {
    // `{"subagent": "review"}`, `{"subagent": {"thread_spawn": …}}`.
    const isSubagent = (asObject(meta.source)?.subagent ?? undefined) !== undefined;
    const source = asText(meta.source) ?? (isSubagent ? SUBAGENT : asText(meta.originator));
    const forkedFrom = asText(meta.forked_from_id);
    const data: SessionStartData = {
      ...(source !== undefined && { source }),
      ...(forkedFrom !== undefined && { forkedFrom }),
    };
    const event = this.#drafting.draftOwn(`session:${id}`, { type: "session_start", data }, true);
    // A thread goes on in further files, whose first lines are younger than it.
    this.#event = { ...event, timestamp: asInstant(meta.timestamp) ?? event.timestamp };
    this.#drafting.emit(this.#event);
  }

  /** The thread turns out to start with the lines of another. */
  takeParent(id: string): void {
    // A sub-agent's file names its parent in the same way, but starts with nothing of it.
    if (this.#isSubagent()) return;
    this.#change({ forkedFrom: id }, id);
  }

  /** A person names the thread. */
  takeTitle(title: string): void {
    this.#change({ title });
  }

  /** The event as it stands, as plain JSON. */
  save(): unknown {
    return this.#event;
  }

  #isSubagent(): boolean {
    return this.#event?.type === "session_start" && this.#event.data.source === SUBAGENT;
  }

  #change(facts: SessionStartData, parent?: string): void {
    const event = this.#event;
    if (event?.type !== "session_start") return;
    const data = { ...facts, ...event.data, ...(facts.title !== undefined && { title: facts.title }) };
    if (data.title === event.data.title && data.forkedFrom === event.data.forkedFrom) return;
    const parentSessionId = event.parentSessionId ?? parent;
    this.#event = {
      ...event,
      data,
      ...(parentSessionId !== undefined && { parentSessionId }),
      revision: event.revision + 1,
    };
    this.#drafting.emit(this.#event);
  }
}

/** The source of a thread that another agent started. */
const SUBAGENT = "subagent";
