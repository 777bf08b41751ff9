/**
 * Reads how far each remote is, and what it is to have next.
 *
 * @module
 */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { AgentEvent } from "../events/event.ts";
import { formatId } from "../events/id.ts";
import { FLAG } from "./batch.ts";
import { EVENT_SELECTION, eventOfRow, NameCache } from "./event_row.ts";
import type { StoreReader } from "./reader.ts";
import type { EventRow } from "./record.ts";
import type { RemoteKey, Route } from "./remote_table.ts";

/** How far a remote is. Times are ms since the epoch. */
export interface RemoteState extends RemoteKey {
  readonly id: number;
  readonly cursor: number;
  readonly content: string;
  readonly epoch: number;
  readonly delivered: number;
  readonly deliveredBytes: number;
  readonly rejected: number;
  readonly lastDeliveredAt?: number;
  /** Events a second while it last delivered. */
  readonly rate?: number;
  /** When it last had all there was. */
  readonly caughtUpAt?: number;
  readonly failures: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly nextTry?: number;
  readonly state: "open" | "down" | "paused";
  readonly deadLetters: number;
  /** Events in batches that are not acknowledged. */
  readonly underWay: number;
  readonly deferred: number;
}

/** A batch that is not acknowledged. */
export interface StoredBatch {
  readonly id: number;
  readonly key: string;
  readonly members: readonly Uint8Array[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly tries: number;
}

/** An event that a remote may be to have. */
export interface Candidate {
  readonly seq: number;
  readonly id: Uint8Array;
  readonly route: Route;
  readonly event: AgentEvent;
  /** Nothing more is expected of it. */
  readonly isComplete: boolean;
  /** When its source was last written, ms since the epoch. */
  readonly sourceWrittenAt: number;
}

/** A dead letter as it is shown. */
export interface DeadLetter {
  readonly remote: string;
  readonly eventId: string;
  readonly revision: number;
  readonly status?: number;
  readonly answer: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly tries: number;
}

const STATE = `select remotes.*,
  (select count(*) from dead_letters where remote = remotes.id) as dead_letters,
  (select coalesce(sum(octet_length(members)), 0) / 16 from batches where remote = remotes.id) as under_way,
  (select count(*) from deferred where remote = remotes.id) as deferred
  from remotes`;

/** All remotes that were ever used, by name. */
export function listRemotes(reader: StoreReader): readonly RemoteState[] {
  return reader.read((database) => database.prepare(`${STATE} order by name, id`).all().map(stateOf));
}

/**
 * The number up to which remotes have decided about events, so that these are no longer needed for them.
 *
 * @param names of the remotes that are delivered to; none at all need nothing
 */
export function decidedUpTo(reader: StoreReader, names: readonly string[]): number {
  const known = listRemotes(reader);
  const cursors = names.map((name) => {
    // One that was re-pointed has several rows: the one that is furthest behind counts.
    const own = known.filter((remote) => remote.name === name).map(({ cursor }) => cursor);
    return own.length === 0 ? 0 : Math.min(...own);
  });
  return Math.min(Number.MAX_SAFE_INTEGER, ...cursors);
}

/** How far one remote is. */
export function remoteState(reader: StoreReader, id: number): RemoteState {
  return reader.read((database) => stateOf(database.prepare(`${STATE} where id = ?`).get(id)!));
}

function stateOf(row: EventRow): RemoteState {
  const optional = (name: string, value: unknown) => value === null ? {} : { [name]: value };
  return {
    id: row.id as number,
    name: row.name as string,
    type: row.type as string,
    target: row.target as string,
    cursor: row.cursor as number,
    content: row.content as string,
    epoch: row.epoch as number,
    delivered: row.delivered as number,
    deliveredBytes: row.delivered_bytes as number,
    rejected: row.rejected as number,
    ...optional("lastDeliveredAt", row.last_delivered_at),
    ...((row.rate_events as number) > 0 && {
      rate: 1000 * (row.rate_events as number) /
        Math.max(1, (row.last_delivered_at as number) - (row.rate_from as number)),
    }),
    ...optional("caughtUpAt", row.caught_up_at),
    failures: row.failures as number,
    ...optional("lastError", row.last_error),
    ...optional("lastErrorAt", row.last_error_at),
    ...optional("nextTry", row.next_try),
    state: row.state as RemoteState["state"],
    deadLetters: row.dead_letters as number,
    underWay: row.under_way as number,
    deferred: row.deferred as number,
  };
}

/** The batch that is to be sent next. */
export function firstBatch(reader: StoreReader, remote: number): StoredBatch | undefined {
  return reader.read((database) => {
    const row = database.prepare("select * from batches where remote = ? order by id limit 1").get(remote);
    if (row === undefined) return undefined;
    const members = row.members as Uint8Array;
    return {
      id: row.id as number,
      key: row.key as string,
      members: Array.from(
        { length: members.length / 16 },
        (_, index) => members.slice(16 * index, 16 * index + 16),
      ),
      headers: JSON.parse(row.headers as string),
      body: row.body as Uint8Array,
      tries: row.tries as number,
    };
  });
}

/** What a filter kept back, and from where on. */
export function heldRoutes(
  reader: StoreReader,
  remote: number,
): readonly (Route & { readonly cursor: number })[] {
  return reader.read((database) =>
    database.prepare("select agent, workspace, type, cursor from held_routes where remote = ?").all(remote)
      .map((
        { agent, workspace, type, cursor },
      ) => ({
        agent: agent as number,
        workspace: workspace as number,
        type: type as number,
        cursor: cursor as number,
      }))
  );
}

/** The text of a name, `undefined` for 0. */
export function nameText(reader: StoreReader, name: number): string | undefined {
  if (name === 0) return undefined;
  return reader.read((database) => database.prepare("select text from names where id = ?").get(name)?.text) as
    | string
    | undefined;
}

const CANDIDATE = `select ${EVENT_SELECTION}, e.seq, s.mtime as written_at
  from events e left join sources s on s.id = e.source`;

/** Limits of a page of candidates. */
export interface PageLimits {
  readonly rows: number;
  /** Of data, as stored; the first row is taken however large it is. */
  readonly bytes: number;
}

/** Events after `cursor`, and up to `last`, in the order of export. */
export function candidatesAfter(
  reader: StoreReader,
  cursor: number,
  last: number,
  limits: PageLimits,
): readonly Candidate[] {
  const sql = `${CANDIDATE} where e.seq > ? and e.seq <= ? order by e.seq limit ?`;
  return readCandidates(reader, sql, [cursor, last, limits.rows], limits);
}

/** Events whose time to be sent has come, soonest first. */
export function dueCandidates(
  reader: StoreReader,
  remote: number,
  now: number,
  limits: PageLimits,
): readonly Candidate[] {
  const sql = `${CANDIDATE} join deferred d on d.event = e.id and d.remote = ? where d.due_at <= ?
    order by d.due_at, e.seq limit ?`;
  return readCandidates(reader, sql, [remote, now, limits.rows], limits);
}

/** The events of a batch as they are now; one that was removed is left out. */
export function candidatesOf(reader: StoreReader, ids: readonly Uint8Array[]): readonly Candidate[] {
  return ids.flatMap((id) =>
    readCandidates(reader, `${CANDIDATE} where e.id = ?`, [id], { rows: 1, bytes: Infinity })
  );
}

/** Ids of deferred events that are due and are not there any more. */
export function lostDeferred(reader: StoreReader, remote: number): readonly Uint8Array[] {
  return reader.read((database) =>
    database.prepare("select event from deferred where remote = ? and event not in (select id from events)")
      .all(
        remote,
      ).map(({ event }) => event as Uint8Array)
  );
}

/** When the next deferred event is due, ms since the epoch. */
export function nextDue(reader: StoreReader, remote: number): number | undefined {
  return reader.read((database) =>
    database.prepare("select min(due_at) as due from deferred where remote = ?").get(remote)!.due ?? undefined
  ) as number | undefined;
}

/** The number of the event that changed last. */
export function lastSeq(reader: StoreReader): number {
  return reader.read((database) => database.prepare("select seq from counters").get()!.seq as number);
}

/** How many events lie behind a cursor, by route; `limit` bounds the work. */
export function pendingByRoute(
  reader: StoreReader,
  cursor: number,
  limit: number,
): readonly (Route & { readonly events: number })[] {
  return reader.read((database) =>
    database.prepare(
      `select agent, workspace, type, count(*) as events from
        (select agent, workspace, type from events where seq > ? order by seq limit ?) group by agent, workspace, type`,
    ).all(cursor, limit).map(({ agent, workspace, type, events }) => ({
      agent: agent as number,
      workspace: workspace as number,
      type: type as number,
      events: events as number,
    }))
  );
}

/** The dead letters of a remote, or of all, oldest first. */
export function listDeadLetters(reader: StoreReader, remote?: number): readonly DeadLetter[] {
  return reader.read((database) =>
    database.prepare(
      `select d.*, r.name from dead_letters d join remotes r on r.id = d.remote
       where ? is null or d.remote = ? order by d.first_at, d.event`,
    ).all(remote ?? null, remote ?? null).map((row) => ({
      remote: row.name as string,
      eventId: formatId(row.event as Uint8Array),
      revision: row.revision as number,
      ...(row.status !== null && { status: row.status as number }),
      answer: row.answer as string,
      firstAt: row.first_at as number,
      lastAt: row.last_at as number,
      tries: row.tries as number,
    }))
  );
}

function readCandidates(
  reader: StoreReader,
  sql: string,
  parameters: readonly SQLInputValue[],
  { bytes }: PageLimits,
): readonly Candidate[] {
  return reader.read((database: DatabaseSync) => {
    const names = new NameCache(database);
    const page: Candidate[] = [];
    let size = 0;
    const statement = database.prepare(sql);
    const take = (rows: Iterable<EventRow | undefined>) => {
      for (const row of rows) {
        if (row === undefined) continue;
        size += (row.data as Uint8Array).length;
        if (page.length > 0 && size > bytes) break;
        page.push(candidateOf(row, names));
      }
    };
    take(statement.iterate(...parameters));
    // `iterate()` ends without an error at a page of the file that can't be read (Deno 2.6 to 2.9), `all()` throws there.
    if (page.length === 0) take(statement.all(...parameters));
    return page;
  });
}

function candidateOf(row: EventRow, names: NameCache): Candidate {
  return {
    seq: row.seq as number,
    id: row.id as Uint8Array,
    route: { agent: row.agent as number, workspace: row.workspace as number, type: row.type as number },
    event: eventOfRow(row, names),
    isComplete: ((row.flags as number) & (FLAG.complete | FLAG.superseded)) !== 0,
    sourceWrittenAt: (row.written_at ?? 0) as number,
  };
}
