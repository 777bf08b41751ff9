/**
 * Reads the rows of sources: what there is to read and how far it has been read.
 *
 * @module
 */

import type { SQLOutputValue } from "node:sqlite";
import { formatId } from "../events/id.ts";
import type { SourceCursor } from "../sources/cursor.ts";
import type { FileStamp } from "../sources/stamp.ts";
import { unpack } from "./pack.ts";
import type { StoreReader } from "./reader.ts";

/** How a source stands. */
export type SourceStatus = "pending" | "syncing" | "synced" | "error";

/** A source that is stored. Times are ms since the epoch. */
export interface KnownSource {
  readonly id: number;
  readonly agent: string;
  readonly root: string;
  readonly twin: string;
  readonly path: string;
  readonly relativePath: string;
  readonly format: string;
  readonly rank: number;
  /** The file as it was when it was last opened, or found if it never was. */
  readonly stamp: FileStamp;
  /** When it was last opened; 0 if never. */
  readonly readAt: number;
  readonly cursor: SourceCursor;
  readonly adapterVersion: number;
  /** One of `READING`. */
  readonly rereading: number;
  /** Events before this time are not stored. */
  readonly collectedFrom: number;
  /** Events that were left out for that. */
  readonly leftOut: number;
  readonly lastSyncedAt?: number;
  readonly lastEventId?: string;
  /** Events that it holds. */
  readonly events: number;
  /** Records that could not be read. */
  readonly unread: number;
  /** How often it was opened since something of it was committed. */
  readonly attempts: number;
  readonly status: SourceStatus;
  /** Why it could not be read. */
  readonly error?: string;
  readonly nextTry?: number;
  /** Its file is no longer there. */
  readonly gone: boolean;
}

// Numbers that don't fit 2^53 can't be read as integers; they were stored from a number, which `real` gives back as it was.
const SELECT =
  `select id, agent, root, twin, path, relative_path, format, rank, cast(device as real) as device,
  cast(inode as real) as inode, birth, size, mtime, ctime, read_at, byte_offset, head_length, head_hash, tail_hash,
  adapter_version, rereading, collected_from, left_out, last_synced_at, last_event_id, events, unread, attempts, status,
  error, next_try, gone from sources order by id`;

/** All sources, in the order in which they were found. */
export function listSources(reader: StoreReader): readonly KnownSource[] {
  return reader.read((database) => database.prepare(SELECT).all()).map(sourceOfRow);
}

/** What the parser of a source must remember at its cursor, JSON; `undefined` if it has not been read. */
export function parserState(reader: StoreReader, source: number): string | undefined {
  const row = reader.read((database) =>
    database.prepare("select parser_state from sources where id = ?").get(source)
  );
  const state = row?.parser_state ?? undefined;
  return state instanceof Uint8Array
    ? new TextDecoder().decode(unpack(state, true))
    : state as string | undefined;
}

function sourceOfRow(row: Record<string, SQLOutputValue>): KnownSource {
  return {
    id: row.id as number,
    agent: row.agent as string,
    root: row.root as string,
    twin: row.twin as string,
    path: row.path as string,
    relativePath: row.relative_path as string,
    format: row.format as string,
    rank: row.rank as number,
    stamp: {
      device: row.device as number,
      inode: row.inode as number,
      birth: row.birth as number | null,
      size: row.size as number,
      mtime: row.mtime as number,
      ctime: row.ctime as number | null,
    },
    readAt: row.read_at as number,
    cursor: {
      offset: row.byte_offset as number,
      headLength: row.head_length as number,
      headHash: row.head_hash as number,
      tailHash: row.tail_hash as number,
    },
    adapterVersion: row.adapter_version as number,
    rereading: row.rereading as number,
    collectedFrom: row.collected_from as number,
    leftOut: row.left_out as number,
    lastSyncedAt: (row.last_synced_at ?? undefined) as number | undefined,
    lastEventId: row.last_event_id === null ? undefined : formatId(row.last_event_id as Uint8Array),
    events: row.events as number,
    unread: row.unread as number,
    attempts: row.attempts as number,
    status: row.status as SourceStatus,
    error: (row.error ?? undefined) as string | undefined,
    nextTry: (row.next_try ?? undefined) as number | undefined,
    gone: row.gone === 1,
  };
}
