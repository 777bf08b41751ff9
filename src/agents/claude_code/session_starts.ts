/**
 * The starts of the sessions that a transcript holds: mostly one, several where sessions were resumed into one file.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { OpenEvents } from "../open_events.ts";
import { asText } from "../values.ts";
import { agentOf, type Context, draftOf, originOf, sessionOf } from "./context.ts";

/** Sessions whose title may still come. */
const OPEN = 4;
/** Sessions that are known to have started. */
const SEEN = 32;

/** What `state()` returns. */
interface State {
  readonly open: unknown;
  readonly seen: readonly string[];
  readonly named: string | undefined;
  readonly early: EarlyTitle | undefined;
}

/** The title of a session of which no record has come yet: `claude --name` writes it first. */
interface EarlyTitle {
  readonly sessionId: string;
  readonly title: string;
}

/** Makes one `session_start` of each session, which stays open for a title. */
export class SessionStarts {
  readonly #open: OpenEvents;
  /** Oldest first. */
  readonly #seen: string[];
  /** The session to which a person gave its title. */
  #named: string | undefined;
  #early: EarlyTitle | undefined;

  constructor(emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as State | undefined;
    this.#open = new OpenEvents(emit, OPEN, state?.open);
    this.#seen = [...state?.seen ?? []];
    this.#named = state?.named;
    this.#early = state?.early;
  }

  /** Opens the start of the record's session, if the record is its first. */
  see(record: JsonObject, context: Context): void {
    const session = asText(record.sessionId);
    if (session === undefined) return;
    const agentId = agentOf(record);
    // Without an agent id it can't be told whose start it would be.
    if (record.isSidechain === true && agentId === undefined) return;
    const sessionId = sessionOf(session, agentId);
    if (this.#seen.includes(sessionId)) return;
    this.#seen.push(sessionId);
    if (this.#seen.length > SEEN) this.#seen.shift();
    const forkedFrom = originOf(record);
    const source = agentId === undefined ? asText(record.entrypoint) : "subagent";
    const start: Context = {
      ...context,
      // A session starts once, and a copy may lack its first records: the hour of the first one says nothing.
      anchor: sessionId,
      sessionId,
      parentSessionId: agentId === undefined ? forkedFrom : session,
      copied: undefined,
    };
    const title = this.#early?.sessionId === sessionId ? this.#early.title : undefined;
    this.#open.open(
      sessionId,
      draftOf(start, { type: "session_start", data: { source, forkedFrom, title } }, `session:${sessionId}`),
    );
  }

  /** Gives a session the title that a model or a person made up; the person's stays. */
  entitle(sessionId: string | undefined, title: string | undefined, byPerson: boolean): void {
    if (sessionId === undefined || title === undefined) return;
    if (byPerson) this.#named = sessionId;
    else if (this.#named === sessionId) return;
    if (!this.#seen.includes(sessionId)) this.#early = { sessionId, title };
    const start = this.#open.peek(sessionId);
    if (start?.type !== "session_start" || start.data.title === title) return;
    this.#open.change(sessionId, (event) => event.data = { ...event.data, title });
  }

  flush(): void {
    this.#open.flush();
  }

  state(): State {
    return { open: this.#open.save(), seen: [...this.#seen], named: this.#named, early: this.#early };
  }
}
