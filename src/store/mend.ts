/**
 * Makes a store whole again after only a part of its rows could be saved.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { FLAG } from "./batch.ts";
import { decodeState, NAME_COLUMNS } from "./record.ts";
import { attempt } from "./salvage.ts";

/** The names that an event must have. */
const NEEDED: ReadonlySet<string> = new Set(["agent", "session"]);

/** The rank of a source whose row was lost: the state of any other is shown before its own. */
const LOST_RANK = 1000;

/**
 * Gives a name to each number that must have one and lost it, and drops the other numbers without one. Such an event has no
 * hash any more, so that it is written anew when a source that has it is read again.
 */
export function mendNames(fresh: DatabaseSync): void {
  const isLost = (column: string) => `(${column} <> 0 and ${column} not in (select id from names))`;
  fresh.exec(`
    update events set hash = 0 where ${NAME_COLUMNS.map(isLost).join(" or ")};
    update copies set hash = 0 where body is null and event in (select id from events where hash = 0);
  `);
  takeSessionsOfCopies(fresh);
  for (const column of NAME_COLUMNS) {
    fresh.exec(
      NEEDED.has(column)
        ? `insert into names (id, text) select distinct ${column}, 'lost-' || ${column} from events
           where ${isLost(column)}`
        : `update events set ${column} = 0 where ${isLost(column)}`,
    );
  }
  fresh.exec(
    `insert into names (id, text) select distinct session, 'lost-' || session from copies where ${
      isLost("session")
    }`,
  );
}

/** A copy with a body says there what its session is called. */
function takeSessionsOfCopies(fresh: DatabaseSync): void {
  const lost = fresh.prepare(
    "select session, body from copies where body is not null and session not in (select id from names) limit 1",
  );
  const insert = fresh.prepare("insert into names (id, text) values (?, ?)");
  for (let row = lost.get(); row !== undefined; row = lost.get()) {
    const session = row.session as number;
    const text = decodeState(row.body as Uint8Array).session;
    // A damaged table can hold the name under another number, too.
    attempt(() => insert.run(session, text)) ?? insert.run(session, `lost-${session}`);
  }
}

/** Drops copies of lost events, and makes rows for sources that were lost: those are gone, and hold their events. */
export function mendSources(fresh: DatabaseSync): void {
  fresh.exec(`
    delete from copies where event not in (select id from events);
    delete from copies where exists (select 1 from events where id = event and events.source = copies.source);
    insert into sources (id, agent, root, twin, path, relative_path, format, rank, device, inode, size, mtime,
      adapter_version, gone, status)
    select held.source, names.text, '', 'lost-' || held.source, '', '', 'jsonl', ${LOST_RANK}, 0, 0, 0, 0, 0, 1, 'synced'
    from (
      select source, agent from events union
      select copies.source, agent from copies join events on events.id = copies.event
    ) as held join names on names.id = held.agent
    where held.source not in (select id from sources) group by held.source;
    insert or ignore into source_sessions select distinct source, session from events;
  `);
}

/**
 * Sets all numbers that are kept beside the rows they count.
 *
 * @param seq the last number that was handed out, none of which must be handed out again. Where it can't be told, the time
 * in milliseconds is above all that any store has handed out
 */
export function recount(fresh: DatabaseSync, seq: number): void {
  fresh.exec(`
    update sources set
      unread = (select count(*) from unread_records where source = sources.id),
      events = 0;
    update sources set events = held.events from (
      select source, count(*) as events from (
        select source from events where flags & ${FLAG.superseded} = 0 union all select source from copies
      ) group by source
    ) as held where held.source = sources.id;
  `);
  fresh.prepare(
    `update counters set
       seq = max(?, (select coalesce(max(seq), 0) from events)),
       events = (select count(*) from events),
       unread_bytes = (select coalesce(sum(octet_length(bytes)), 0) from unread_records)`,
  ).run(seq);
}
