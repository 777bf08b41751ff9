/**
 * Turns rows of `events` into the events that leave the store.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AgentEvent } from "../events/event.ts";
import { formatId } from "../events/id.ts";
import { FLAG } from "./batch.ts";
import { unpack } from "../platform/pack.ts";
import { type EventRow, METRIC_COLUMNS, NAME_COLUMNS, stateOfRow } from "./record.ts";

/**
 * What to select from `events e` for {@link eventOfRow}. The revision counts that of each copy too: it goes up whichever
 * of the sources of an event says something new.
 */
export const EVENT_SELECTION: string = [
  "e.id",
  "e.revision + coalesce((select sum(c.revision) from copies c where c.event = e.id), 0) as revision",
  ...["type", "timestamp", "flags", "hash", "position", ...NAME_COLUMNS, ...METRIC_COLUMNS, "data"]
    .map((column) => `e.${column}`),
].join(", ");

/** The event in a row of {@link EVENT_SELECTION}, with no field that is undefined. */
export function eventOfRow(row: EventRow, names: NameCache): AgentEvent {
  const state = stateOfRow(row, (id) => names.text(id));
  const { agentVersion, parentSession, workspace, repository, branch, model, metrics } = state;
  return {
    id: formatId(row.id as Uint8Array),
    revision: state.revision,
    type: state.type,
    timestamp: state.timestamp,
    agent: state.agent,
    ...(agentVersion !== undefined && { agentVersion }),
    sessionId: state.session,
    ...(parentSession !== undefined && { parentSessionId: parentSession }),
    ...(workspace !== undefined && { workspace }),
    ...(repository !== undefined && { repository }),
    ...(branch !== undefined && { branch }),
    ...(model !== undefined && { model }),
    data: JSON.parse(state.data),
    ...(Object.keys(metrics).length > 0 && { metrics }),
    ...(((row.flags as number) & FLAG.superseded) !== 0 && { superseded: true }),
  } as AgentEvent;
}

const decoder = new TextDecoder();

/** The JSON text of the data in a row of `events`. */
export function dataOfRow(row: EventRow): string {
  return decoder.decode(unpack(row.data as Uint8Array, ((row.flags as number) & FLAG.packed) !== 0));
}

/** The texts of names, each looked up once. Keep it for one query: names of events that were removed can be given anew. */
export class NameCache {
  readonly #select: StatementSync;
  readonly #texts = new Map<number, string>();

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("select text from names where id = ?");
  }

  text(id: number): string {
    let text = this.#texts.get(id);
    if (text === undefined) {
      text = this.#select.get(id)!.text as string;
      this.#texts.set(id, text);
    }
    return text;
  }

  /** Looks up the names of a row now, in the transaction that it is read in. */
  load(row: EventRow): void {
    for (const column of NAME_COLUMNS) {
      if (row[column] !== 0) this.text(row[column] as number);
    }
  }
}
