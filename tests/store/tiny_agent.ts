/**
 * An agent with the smallest log there is, for tests of the store: each line opens an event, lets it grow or closes it.
 * What it emits keeps the contract of every adapter, for it is made by the same `OpenEvents`.
 *
 * @module
 */

import { OpenEvents } from "../../src/agents/open_events.ts";
import type { EventDraft } from "../../src/events/event.ts";

/** One line of a log. */
export type Line =
  | {
    readonly does: "open";
    readonly key: string;
    readonly session: string;
    readonly text: string;
    readonly copied: boolean;
    readonly complete: boolean;
  }
  | {
    readonly does: "grow";
    readonly key: string;
    readonly text: string;
    readonly tokens: number;
    readonly complete: boolean;
  }
  | { readonly does: "close"; readonly key: string };

/** The bytes that a line takes in its source. */
export const LINE_LENGTH = 100;

/** A text that stands for one which the store compresses. */
export const LONG = "long";

/** The id of the agent. */
export const TINY = "tiny";

/** Takes the lines of one source and hands over events. */
export class TinyParser {
  readonly #events: OpenEvents;

  /** @param state what `state()` of an earlier parser returned, as JSON */
  constructor(emit: (event: EventDraft) => void, state = "[]") {
    this.#events = new OpenEvents(emit, 3, JSON.parse(state));
  }

  line(line: Line, position: number): void {
    const { key } = line;
    switch (line.does) {
      case "open": {
        const { session, text, complete, copied } = line;
        this.#events.open(key, {
          type: "llm_response",
          anchor: "anchor",
          key,
          revision: 1,
          position,
          complete,
          ...copied ? { copied } : {},
          timestamp: 1_000_000 + key.charCodeAt(0),
          sessionId: session,
          data: { text: written(text) },
        });
        break;
      }
      case "grow":
        this.#events.change(key, (event) => {
          event.data = { text: written(line.text) };
          if (line.tokens > 0) event.metrics = { outputTokens: line.tokens };
          event.complete ||= line.complete;
        });
        break;
      case "close":
        this.#events.close(key);
    }
  }

  flush(): void {
    this.#events.flush();
  }

  state(): string {
    return JSON.stringify(this.#events.save());
  }
}

/** All that comes out of a log which is read whole. */
export function emissionsOf(lines: readonly Line[]): EventDraft[] {
  const emitted: EventDraft[] = [];
  const parser = new TinyParser((event) => emitted.push(structuredClone(event)));
  lines.forEach((line, index) => parser.line(line, index * LINE_LENGTH));
  parser.flush();
  return emitted;
}

function written(text: string): string {
  return text === LONG ? text.repeat(3000) : text;
}
