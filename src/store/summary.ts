/**
 * Reads what `status` shows of the store, from a few small tables: no row of an event is counted.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { StoreReader } from "./reader.ts";
import type { SourceStatus } from "./source_list.ts";
import type { Problem } from "./writer.ts";

/** So many failures are named; the others are counted. */
const NAMED_FAILURES = 20;

/** The kinds of unread records are told from so many of the newest: there can be a million. */
const SAMPLED_UNREAD = 10_000;

/** How many sources stand how. Each is counted once. */
export type SourceCounts = Readonly<Record<SourceStatus | "gone" | "leftOut", number>>;

/** The sources of one agent that are there and wanted. Times are ms since the epoch. */
export interface AgentSummary {
  readonly agent: string;
  readonly sources: number;
  readonly bytes: number;
  readonly committedBytes: number;
  readonly lastSyncedAt?: number;
}

/** A source that could not be read. */
export interface SourceFailure {
  readonly agent: string;
  readonly path: string;
  readonly error: string;
  /** Ms since the epoch; without it only a change of the source calls for another try. */
  readonly nextTry?: number;
}

/** How often records of one kind could not be read. */
export interface UnreadKind {
  readonly agent: string;
  /** The version that wrote them, as far as it is known. */
  readonly agentVersion?: string;
  /** `damaged:not_json`, `type:foo`, … */
  readonly kind: string;
  readonly records: number;
}

/** An agent whose files have grown for a day without an event: its format may have changed. */
export interface SilentAgent {
  readonly agent: string;
  /** When its last event came, ms since the epoch. */
  readonly since: number;
  /** What was read of its files since then. */
  readonly bytes: number;
}

/** A problem and since when there is one, ms since the epoch. */
export interface KnownProblem extends Problem {
  readonly since: number;
}

/** What was saved when the store was found damaged, as the recovery noted it. */
export interface RecoveryNote {
  /** Ms since the epoch, or an ISO time. */
  readonly at: number | string;
  /** Where the damaged store lies now. */
  readonly movedTo: string;
  readonly savedEvents: number;
  readonly savedSources: number;
  readonly lostRanges: readonly unknown[];
}

/** What `status` shows of the store. */
export interface StoreSummary {
  readonly path: string;
  /** On disk, with what is not yet folded into the file. */
  readonly bytes: number;
  readonly events: number;
  /** By name. */
  readonly agents: readonly AgentSummary[];
  readonly sources: SourceCounts;
  /** Events that were left out because they are older than asked for. */
  readonly leftOutEvents: number;
  /** The first of those counted under `sources.error`. */
  readonly failures: readonly SourceFailure[];
  readonly unreadRecords: number;
  /** Most frequent first, of the newest records alone where there are very many. */
  readonly unreadKinds: readonly UnreadKind[];
  /** Agents that write and of which no event comes any more. */
  readonly silent: readonly SilentAgent[];
  readonly problems: readonly KnownProblem[];
  /** Remotes that were ever delivered to. */
  readonly remotes: number;
  readonly recovery?: RecoveryNote;
}

/** Reads the summary, all of it of one moment. */
export function readSummary(reader: StoreReader, now: number = Date.now()): StoreSummary {
  return reader.read((database) => {
    const recovery = database.prepare("select value from meta where key = 'recovery'").get()?.value;
    return {
      path: reader.path,
      bytes: sizeOf(reader.path) + sizeOf(`${reader.path}-wal`),
      events: database.prepare("select events from counters").get()!.events as number,
      ...readSources(database),
      failures: readFailures(database),
      ...readUnread(database),
      silent: readSilent(database, now),
      problems: database.prepare("select key, message, hint, since from problems order by since, key").all()
        .map((row) => ({ ...row }) as unknown as KnownProblem),
      remotes: database.prepare("select count(*) as n from remotes").get()!.n as number,
      ...(recovery !== undefined && { recovery: JSON.parse(recovery as string) as RecoveryNote }),
    };
  });
}

/**
 * How many sources, of which something was left out, their agents will delete soon.
 *
 * @param soon by agent: a source that was last written before this time (ms since the epoch) will be deleted soon
 */
export function countExpiring(reader: StoreReader, soon: ReadonlyMap<string, number>): number {
  return reader.read((database) => {
    const count = database.prepare(
      `select count(*) as n from sources where agent = ? and gone = 0 and mtime < ?
         and (left_out > 0 or (status = 'pending' and read_at = 0 and mtime < collected_from))`,
    );
    return [...soon].reduce((sum, [agent, before]) => sum + (count.get(agent, before)!.n as number), 0);
  });
}

/**
 * Groups of sources that stand alike. Left out is what was never opened because it was last written before the time from
 * which its events are wanted. A source is committed up to its cursor; once synced it is so whole, also where half a line
 * waits for its end; of a compressed one nothing is known before that, as the cursor counts decompressed bytes.
 */
const SOURCE_GROUPS = `select agent, standing, count(*) as sources, sum(size) as bytes,
    sum(case when status = 'synced' then size when format like '%.zst' then 0 else min(byte_offset, size) end) as committed,
    sum(left_out) as left_out, max(last_synced_at) as last_synced_at
  from (
    select agent, status, format, size, byte_offset, left_out, last_synced_at,
      case when gone = 1 then 'gone'
        when status = 'pending' and read_at = 0 and mtime < collected_from then 'leftOut'
        else status end as standing
    from sources
  ) group by agent, standing order by agent`;

function readSources(database: DatabaseSync): Pick<StoreSummary, "agents" | "sources" | "leftOutEvents"> {
  const counts = { pending: 0, syncing: 0, synced: 0, error: 0, gone: 0, leftOut: 0 };
  const agents = new Map<string, AgentSummary>();
  let leftOutEvents = 0;
  for (const row of database.prepare(SOURCE_GROUPS).all()) {
    const agent = row.agent as string;
    const standing = row.standing as keyof SourceCounts;
    const known = agents.get(agent) ?? { agent, sources: 0, bytes: 0, committedBytes: 0 };
    const lastSyncedAt = Math.max(known.lastSyncedAt ?? 0, (row.last_synced_at ?? 0) as number);
    const isInScope = standing !== "gone" && standing !== "leftOut";
    counts[standing] += row.sources as number;
    leftOutEvents += row.left_out as number;
    agents.set(agent, {
      agent,
      sources: known.sources + (isInScope ? row.sources as number : 0),
      bytes: known.bytes + (isInScope ? row.bytes as number : 0),
      committedBytes: known.committedBytes + (isInScope ? row.committed as number : 0),
      ...(lastSyncedAt > 0 && { lastSyncedAt }),
    });
  }
  return { agents: [...agents.values()], sources: counts, leftOutEvents };
}

/** For so long no event must have come of files that grow, ms. */
const SILENCE = 86_400_000;

/** An agent of which nothing ever came may just not be used; one that was heard of may have changed its format. */
function readSilent(database: DatabaseSync, now: number): readonly SilentAgent[] {
  const rows = database.prepare(
    `select agent, max(last_event_at) as since, sum(quiet_bytes) filter (where last_synced_at > ?) as bytes
     from sources where gone = 0 group by agent having since < ? and bytes > 0 order by agent`,
  ).all(now - SILENCE, now - SILENCE);
  return rows.map(({ agent, since, bytes }) => ({
    agent: agent as string,
    since: since as number,
    bytes: bytes as number,
  }));
}

function readFailures(database: DatabaseSync): readonly SourceFailure[] {
  const rows = database.prepare(
    `select agent, path, error, next_try from sources where status = 'error' and gone = 0 order by id limit ?`,
  ).all(NAMED_FAILURES);
  return rows.map(({ agent, path, error, next_try }) => ({
    agent: agent as string,
    path: path as string,
    error: (error ?? "") as string,
    ...(next_try !== null && { nextTry: next_try as number }),
  }));
}

function readUnread(database: DatabaseSync): Pick<StoreSummary, "unreadRecords" | "unreadKinds"> {
  const kinds = database.prepare(
    `select s.agent, n.text as version, u.reason as kind, count(*) as records
     from (select source, reason from unread_records order by id desc limit ?) u
       join sources s on s.id = u.source
       left join events e on e.id = s.last_event_id
       left join names n on n.id = e.agent_version
     group by s.agent, n.text, u.reason order by records desc, u.reason, s.agent, n.text`,
  ).all(SAMPLED_UNREAD);
  return {
    unreadRecords: database.prepare("select count(*) as records from unread_records").get()!
      .records as number,
    unreadKinds: kinds.map(({ agent, version, kind, records }) => ({
      agent: agent as string,
      ...(version !== null && { agentVersion: version as string }),
      kind: kind as string,
      records: records as number,
    })),
  };
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
