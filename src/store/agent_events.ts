/**
 * Says what the store holds of each agent.
 *
 * @module
 */

import { FLAG } from "./batch.ts";
import type { StoreReader } from "./reader.ts";

/** What the store holds of one agent. Times are ms since the epoch. */
export interface AgentHoldings {
  readonly sessions: number;
  readonly events: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** By agent. */
export function readAgentHoldings(reader: StoreReader): ReadonlyMap<string, AgentHoldings> {
  const rows = reader.read((database) =>
    database.prepare(
      `select n.text as agent, count(distinct e.session) as sessions, count(*) as events,
         min(e.timestamp) as first_at, max(e.timestamp) as last_at
       from events e join names n on n.id = e.agent where e.flags & ${FLAG.superseded} = 0 group by e.agent`,
    ).all()
  );
  return new Map(rows.map((row) => [row.agent as string, {
    sessions: row.sessions as number,
    events: row.events as number,
    firstAt: row.first_at as number,
    lastAt: row.last_at as number,
  }]));
}
