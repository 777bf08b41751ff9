/**
 * Events that may still grow: an answer that streams over several lines, a call that waits for its result.
 *
 * An adapter opens an event, changes it as records come, and closes it; each is emitted once it is closed, or by
 * `flush()` where the source ends for now, if it changed since. The open ones are part of the parser's state, so that a
 * parser that starts again from its state emits the same events.
 *
 * @module
 */

import type { EventDraft } from "../events/event.ts";

/** Makes each property writable, at the top and in `data` and `metrics`. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A draft while it is open: its data and metrics may be changed in place. */
export type OpenEvent = Mutable<EventDraft> & { data: Record<string, unknown> };

interface Entry {
  readonly name: string;
  readonly event: OpenEvent;
  dirty: boolean;
}

/**
 * The open events of one parser, by a name of the adapter's choosing, oldest first.
 *
 * They are a list, not a map: there are few at a time, each name is looked up two or three times, and V8 takes each text
 * that becomes a key of a map into its table of all strings, which cost 5 % of the time of reading.
 */
export class OpenEvents {
  readonly #emit: (event: EventDraft) => void;
  readonly #entries: Entry[] = [];
  readonly #limit: number;

  /**
   * @param emit takes each event
   * @param limit how many may be open at once; beyond it the oldest is closed
   * @param saved what `save()` of an earlier one returned
   */
  constructor(emit: (event: EventDraft) => void, limit: number, saved: unknown = []) {
    this.#emit = emit;
    this.#limit = limit;
    for (const [name, event, dirty] of saved as [string, OpenEvent, boolean][]) {
      this.#entries.push({ name, event, dirty });
    }
  }

  /** Opens an event under a name; one that was open under it is closed first. */
  open(name: string, event: EventDraft): void {
    this.close(name);
    this.#entries.push({ name, event: event as OpenEvent, dirty: true });
    if (this.#entries.length > this.#limit) this.#closeAt(0);
  }

  /** The open event of that name, to look at. */
  peek(name: string): Readonly<EventDraft> | undefined {
    return this.#entries[this.#indexOf(name)]?.event;
  }

  /** Changes the open event of that name, as one more record that contributed. Says whether there was one. */
  change(name: string, apply: (event: OpenEvent) => void): boolean {
    const entry = this.#entries[this.#indexOf(name)];
    if (entry === undefined) return false;
    apply(entry.event);
    entry.event.revision++;
    entry.dirty = true;
    return true;
  }

  /** Emits the event of that name, if it has changed since it was last emitted, and forgets it. */
  close(name: string): void {
    const index = this.#indexOf(name);
    if (index !== -1) this.#closeAt(index);
  }

  /** Emits all that changed; they stay open. */
  flush(): void {
    for (const entry of this.#entries) {
      if (!entry.dirty) continue;
      entry.dirty = false;
      this.#emit(entry.event);
    }
  }

  /** The open events as plain JSON. */
  save(): unknown {
    return this.#entries.map(({ name, event, dirty }) => [name, event, dirty]);
  }

  /** The place of a name, -1 if it is not open; the latest first: what is asked for is mostly that. */
  #indexOf(name: string): number {
    let index = this.#entries.length - 1;
    while (index >= 0 && this.#entries[index]!.name !== name) index--;
    return index;
  }

  #closeAt(index: number): void {
    const [entry] = this.#entries.splice(index, 1);
    if (entry!.dirty) this.#emit(entry!.event);
  }
}
