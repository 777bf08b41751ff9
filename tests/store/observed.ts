/**
 * What a store says, in a form that does not depend on the order in which it learned it.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { formatId } from "../../src/events/id.ts";
import { FLAG } from "../../src/store/batch.ts";
import { decodeState, type EventState, stateOfRow } from "../../src/store/record.ts";

/** What one source says of an event. */
export interface Holding {
  readonly source: string;
  readonly state: EventState;
}

/** An event with all that the store knows of it. */
export interface ObservedEvent {
  readonly seq: number;
  readonly superseded: boolean;
  readonly shown: Holding;
  readonly copies: readonly Holding[];
  /** The revision that a reader sees. */
  readonly revision: number;
}

/** All events of a store by their id. */
export function observe(database: DatabaseSync): Map<string, ObservedEvent> {
  const names = new Map(
    database.prepare("select id, text from names").all().map(({ id, text }) => [id, text as string]),
  );
  const nameOf = (id: number) => names.get(id)!;
  const sources = new Map(
    database.prepare("select id, twin from sources").all().map(({ id, twin }) => [id, twin as string]),
  );
  const events = new Map<string, ObservedEvent>();
  const copies = database.prepare("select * from copies where event = ?");
  for (const row of database.prepare("select * from events order by id").all()) {
    const state = stateOfRow(row, nameOf);
    const held = copies.all(row.id as Uint8Array).map((copy) => {
      if ((copy.body === null) !== (copy.hash === row.hash)) {
        throw new Error("a copy has a body if, and only if, it differs from the row");
      }
      const body = copy.body === null ? state : decodeState(copy.body as Uint8Array);
      if (nameOf(copy.session as number) !== body.session) throw new Error("a copy names another session");
      if (((copy.flags as number) !== body.flags) || copy.hash !== body.hash) {
        throw new Error("a copy and its body differ");
      }
      const { revision, position } = copy as { revision: number; position: number };
      return { source: sources.get(copy.source)!, state: { ...body, revision, position } };
    });
    events.set(formatId(row.id as Uint8Array), {
      seq: row.seq as number,
      superseded: ((row.flags as number) & FLAG.superseded) !== 0,
      shown: { source: sources.get(row.source)!, state },
      copies: held.sort((a, b) => a.source < b.source ? -1 : 1),
      revision: held.reduce((sum, copy) => sum + copy.state.revision, state.revision),
    });
  }
  return events;
}
