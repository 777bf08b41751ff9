/**
 * Says which sessions of an agent are told by its better sources.
 *
 * @module
 */

import type { StoreReader } from "./reader.ts";

/** The agent's own ids of the sessions that sources of a lower rank than `rank` hold. */
export function readToldSessions(reader: StoreReader, agent: string, rank: number): ReadonlySet<string> {
  const rows = reader.read((database) =>
    database.prepare(
      `select distinct n.text as session from sources s join source_sessions h on h.source = s.id
         join names n on n.id = h.session where s.agent = ? and s.rank < ?`,
    ).all(agent, rank)
  );
  return new Set(rows.map(({ session }) => session as string));
}
