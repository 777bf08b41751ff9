/**
 * Says which sessions of an agent are told by its better sources.
 *
 * @module
 */

import type { StoreReader } from "./reader.ts";

/** The agent's own ids of the sessions that sources of rank 0 hold. */
export function readToldSessions(reader: StoreReader, agent: string): ReadonlySet<string> {
  const rows = reader.read((database) =>
    database.prepare(
      `select distinct n.text as session from sources s join source_sessions h on h.source = s.id
         join names n on n.id = h.session where s.agent = ? and s.rank = 0`,
    ).all(agent)
  );
  return new Set(rows.map(({ session }) => session as string));
}
