/**
 * Writes the rows of sources: what there is to read, how far it has been read, and what came in the way.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { FileStamp } from "../sources/stamp.ts";
import type { Failure, Segment } from "./batch.ts";
import type { SourcePlace } from "./standing.ts";

/** A source as it was found. */
export interface SourceEntry {
  readonly agent: string;
  readonly root: string;
  readonly twin: string;
  readonly path: string;
  readonly relativePath: string;
  readonly format: string;
  readonly rank: number;
  readonly stamp: FileStamp;
  readonly adapterVersion: number;
  /** Events before this time are not stored, ms since the epoch; fixed when the source is first seen. */
  readonly collectedFrom: number;
  /** The source that this one is, found under another name: its file was moved. */
  readonly movedFrom?: number;
}

/** How a source is being read. */
export const READING = {
  onward: 0,
  /** From its start again, though events of it are stored. */
  again: 1,
  /** From its start again, and what is missing then is not superseded: it was cut or is damaged. */
  againPartly: 2,
} as const;

/** A source is set aside when it was opened so often and nothing of it was committed since. */
export const MAX_ATTEMPTS = 3;

/** What the writer keeps in mind of a source. */
export interface WriterSource extends SourcePlace {
  readonly id: number;
  readonly format: string;
  byteOffset: number;
  reading: number;
  adapterVersion: number;
  collectedFrom: number;
}

/** The table `sources`. All methods want an open write transaction. */
export class SourceTable {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #place: StatementSync;
  readonly #select: StatementSync;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #advance: StatementSync;
  readonly #restart: StatementSync;
  readonly #recount: StatementSync;
  readonly #recalled: StatementSync;
  readonly #fail: StatementSync;
  readonly #restamp: StatementSync;
  readonly #hold: StatementSync;
  readonly #known = new Map<number, WriterSource>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `insert into sources (agent, root, twin, path, relative_path, format, rank, device, inode, birth, size, mtime,
         ctime, adapter_version, collected_from) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#find = database.prepare("select id from sources where agent = ? and root = ? and twin = ?");
    this.#place = database.prepare(
      `update sources set root = ?, twin = ?, path = ?, relative_path = ?, format = ?, rank = ?, gone = 0,
         status = 'pending', error = null where id = ?`,
    );
    this.#select = database.prepare(
      "select root, twin, rank, format, byte_offset, rereading, adapter_version, collected_from from sources where id = ?",
    );
    this.#begin = database.prepare(
      "update sources set attempts = attempts + 1, status = 'syncing', error = null where id = ?",
    );
    this.#end = database.prepare(
      "update sources set attempts = attempts - 1, status = 'pending' where id = ? and attempts > 0",
    );
    this.#advance = database.prepare(
      `update sources set device = ?, inode = ?, birth = ?, size = ?, mtime = ?, ctime = ?, read_at = ?,
         byte_offset = ?, head_length = ?, head_hash = ?, tail_hash = ?, parser_state = ?, rereading = ?,
         left_out = left_out + ?, collected_filter = ?, last_synced_at = ?, last_event_id = coalesce(?, last_event_id), unread = unread + ?,
         last_event_at = coalesce(?, last_event_at), quiet_bytes = case when ? is null then quiet_bytes + ? else 0 end,
         attempts = 0, status = ?, error = null, next_try = null, gone = 0 where id = ?`,
    );
    this.#restart = database.prepare(
      `update sources set byte_offset = 0, head_length = 0, head_hash = 0, tail_hash = 0, parser_state = null,
         rereading = ?, left_out = 0, unread = 0, collected_from = ?, adapter_version = ?, attempts = 0,
         status = 'pending' where id = ?`,
    );
    this.#recount = database.prepare("update sources set left_out = 0, unread = unread * ? where id = ?");
    this.#recalled = database.prepare(
      "update sources set adapter_version = ?, unread = unread - ? where id = ?",
    );
    this.#fail = database.prepare(
      "update sources set attempts = ?, status = ?, error = ?, next_try = ?, gone = ? where id = ?",
    );
    this.#restamp = database.prepare(
      "update sources set device = ?, inode = ?, birth = ?, size = ?, mtime = ?, ctime = ? where id = ?",
    );
    this.#hold = database.prepare("update sources set events = events + ? where id = ?");
  }

  /** Forgets what it remembers of the table: a transaction was rolled back. */
  forget(): void {
    this.#known.clear();
  }

  /** Stores sources that were found, new ones or known ones at a new place, and returns their ids in the same order. */
  register(entries: readonly SourceEntry[]): number[] {
    return entries.map((entry) => {
      const { root, twin, path, relativePath, format, rank } = entry;
      // A source that was moved onto another one is read as that one: its file no longer fits its cursor.
      const known = this.#find.get(entry.agent, root, twin)?.id as number | undefined ?? entry.movedFrom;
      if (known !== undefined) {
        this.#place.run(root, twin, path, relativePath, format, rank, known);
        this.#known.delete(known);
        return known;
      }
      const { stamp } = entry;
      return Number(
        this.#insert.run(
          entry.agent,
          root,
          twin,
          path,
          relativePath,
          format,
          rank,
          stamp.device,
          stamp.inode,
          stamp.birth,
          stamp.size,
          Math.trunc(stamp.mtime),
          stamp.ctime,
          entry.adapterVersion,
          entry.collectedFrom,
        ).lastInsertRowid,
      );
    });
  }

  /** A source that is stored. */
  get(id: number): WriterSource {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = this.#select.get(id)!;
    const source = {
      id,
      rank: row.rank as number,
      format: row.format as string,
      name: `${row.root}/${row.twin}`,
      byteOffset: row.byte_offset as number,
      reading: row.rereading as number,
      adapterVersion: row.adapter_version as number,
      collectedFrom: row.collected_from as number,
    };
    this.#known.set(id, source);
    return source;
  }

  /** Counts an attempt to read each of the sources; a committed segment clears it. */
  begin(ids: readonly number[]): void {
    for (const id of ids) this.#begin.run(id);
  }

  /** Takes back the last attempt to read each of the sources. */
  end(ids: readonly number[]): void {
    for (const id of ids) this.#end.run(id);
  }

  /** Has a source read again from its start. */
  restart(id: number, reading: number, collectedFrom: number, adapterVersion: number): void {
    this.#restart.run(reading, collectedFrom, adapterVersion, id);
    this.#known.delete(id);
  }

  /** Starts the counts of a source anew: it is read from its start. */
  recount(id: number, keepsUnread: boolean): void {
    this.#recount.run(keepsUnread ? 1 : 0, id);
  }

  /** So many of its kept records are read again, by an adapter of this version. */
  recalled(id: number, adapterVersion: number, records: number): void {
    this.#recalled.run(adapterVersion, records, id);
    this.get(id).adapterVersion = adapterVersion;
  }

  /** Moves the cursor of a source to the end of a segment. */
  advance(
    segment: Segment,
    reading: number,
    lastEvent: Uint8Array | null,
    unread: number,
    now: number,
  ): void {
    const { stamp, cursor } = segment;
    this.#advance.run(
      stamp.device,
      stamp.inode,
      stamp.birth,
      stamp.size,
      Math.trunc(stamp.mtime),
      stamp.ctime,
      segment.readAt,
      cursor.offset,
      cursor.headLength,
      cursor.headHash,
      cursor.tailHash,
      segment.parserState,
      reading,
      segment.leftOut,
      segment.filter,
      now,
      lastEvent,
      unread,
      ...eventTimes(segment, now),
      segment.atEnd ? "synced" : "syncing",
      segment.source,
    );
    const known = this.get(segment.source);
    known.byteOffset = cursor.offset;
    known.reading = reading;
  }

  /** Notes why a source could not be read, and when it is tried again. */
  fail(failure: Failure, nextTry: number | null): void {
    const { stamp } = failure;
    const isGone = failure.kind === "gone";
    if (stamp !== undefined) {
      const { device, inode, birth, size, mtime, ctime } = stamp;
      this.#restamp.run(device, inode, birth, size, Math.trunc(mtime), ctime, failure.source);
    }
    this.#fail.run(
      // The next one, if it fails too, sets it aside again.
      failure.kind === "set-aside" ? MAX_ATTEMPTS - 1 : 0,
      isGone ? "synced" : "error",
      isGone ? null : failure.message,
      nextTry,
      isGone ? 1 : 0,
      failure.source,
    );
  }

  /** Adds to the number of events that a source holds. */
  hold(id: number, difference: number): void {
    this.#hold.run(difference, id);
  }
}

/** When events came of a segment, twice, and how much was read of it. */
function eventTimes(segment: Segment, now: number): readonly [number | null, number | null, number] {
  const at = segment.endRow > segment.firstRow ? now : null;
  return [at, at, segment.isAside ? 0 : Math.max(0, segment.cursor.offset - segment.from)];
}
