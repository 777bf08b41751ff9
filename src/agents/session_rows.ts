/**
 * Tells a session of which `sessionTables()` gives the rows: first its own, then those of its messages. An adapter says
 * what they mean.
 *
 * A session is told from its start each time, so nothing is remembered from one reading to the next.
 *
 * @module
 */

import type { Metrics, SessionStartData } from "../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "./agent.ts";
import type { Conversation, Place, Surroundings } from "./conversation.ts";
import { asObject } from "./values.ts";

/** What the row of a session says of it. One without an id and a time is not understood. */
export interface SessionFacts {
  readonly id: string | undefined;
  /** Ms since the epoch. */
  readonly beganAt: number | undefined;
  readonly endedAt?: number;
  readonly endReason?: string;
  readonly surroundings: Partial<Omit<Surroundings, "sessionId">>;
  readonly start: SessionStartData;
  /** What all of it used, where the agent counts for no less. */
  readonly total?: Metrics;
}

/** What the rows of an agent mean. */
export interface SessionRows {
  session(row: JsonObject): SessionFacts;
  /**
   * Tells a message.
   *
   * @param placeAt where in the session the events are that it makes; what is older than the session is copied from another
   */
  message(row: JsonObject, placeAt: (timestamp: number) => Place): RecordOutcome;
}

/** The parser of one session, which tells it into `conversation`. */
export function sessionRowsParser(conversation: Conversation, rows: SessionRows): RecordParser {
  let position = 0;
  let began = 0;
  const placeAt = (timestamp: number) => ({ timestamp, position: ++position, isCopy: timestamp < began });
  return {
    record({ session, message }) {
      const row = asObject(session ?? message);
      if (session !== undefined) {
        const facts = row && rows.session(row);
        began = facts?.beganAt ?? 0;
        const isUnderstood = facts !== undefined && begin(conversation, facts);
        return isUnderstood ? undefined : { unknown: "session:shape" };
      }
      if (message === undefined) return { unknown: "type:none" };
      if (!conversation.hasStart) return { unknown: "message:without-session" };
      return row === undefined ? { unknown: "message:shape" } : rows.message(row, placeAt);
    },
    flush: () => conversation.flush(),
  };
}

/** Tells what is known of the session itself; says whether that is enough. */
function begin(conversation: Conversation, facts: SessionFacts): boolean {
  const { id, beganAt, endedAt, endReason, surroundings, start, total } = facts;
  if (id === undefined || beganAt === undefined) return false;
  conversation.set({ sessionId: id, ...surroundings });
  conversation.start({ timestamp: beganAt, position: 0 }, start);
  conversation.total(total);
  if (endedAt !== undefined) {
    const place = { timestamp: endedAt, position: Number.MAX_SAFE_INTEGER };
    conversation.add(`end:${id}`, place, { type: "session_end", data: { reason: endReason } });
  }
  return true;
}
