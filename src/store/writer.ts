/**
 * The one writer of the store: events and the cursors of their sources, committed together.
 *
 * @module
 */

import { statfsSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { dirname } from "node:path";
import type { DiskSpace } from "../platform/disk.ts";
import { THIS_OS } from "../platform/environment.ts";
import { networkFileSystem } from "../platform/network_mount.ts";
import { type Batch, COLUMN, COLUMNS, type Failure, FLAG, type Segment } from "./batch.ts";
import { type EventSource, EventTable } from "./event_table.ts";
import { NameTable } from "./names.ts";
import { nextTry } from "./next_try.ts";
import { NetworkFolderError } from "./errors.ts";
import { openToWrite } from "./open.ts";
import { RemoteTable } from "./remote_table.ts";
import { sealBatch } from "./seal.ts";
import { READING, type SourceEntry, SourceTable } from "./source_table.ts";
import { UnreadTable } from "./unread_table.ts";

/** What became of a batch. */
export interface Applied {
  /** Segments that are in the open transaction now. */
  readonly accepted: readonly Segment[];
  /** Segments that did not continue what is committed; their sources must be read again from there. */
  readonly stale: readonly Segment[];
  readonly failures: readonly Failure[];
}

/** A problem that `status` shows until it is solved. */
export interface Problem {
  /** Names the kind of problem; a later one of the same key replaces it. */
  readonly key: string;
  readonly message: string;
  /** What the user can do. */
  readonly hint: string;
}

/** Writes the store. Only the holder of the collector's lock may have one, and a process has one at the most. */
export class StoreWriter {
  readonly database: DatabaseSync;
  readonly remotes: RemoteTable;
  readonly #counters = { seq: 0, events: 0, unreadBytes: 0 };
  readonly #names: NameTable;
  readonly #sources: SourceTable;
  readonly #events: EventTable;
  readonly #unread: UnreadTable;
  readonly #saveCounters: StatementSync;
  /** Events before this time were pruned and are not stored again. */
  #horizon = 0;

  /**
   * @throws see `openToWrite()`
   * @throws {NetworkFolderError} where SQLite's locks and shared memory can't be trusted
   */
  constructor(readonly path: string) {
    const folder = dirname(path);
    const network = networkFileSystem(folder, statfsSync(folder).type, THIS_OS);
    if (network !== undefined) throw new NetworkFolderError(folder, network);
    const database = this.database = openToWrite(path);
    this.remotes = new RemoteTable(database);
    this.#names = new NameTable(database);
    this.#sources = new SourceTable(database);
    this.#events = new EventTable(database, this.#names, this.#counters, (id) => this.#sources.get(id));
    this.#unread = new UnreadTable(database, this.#counters);
    this.#saveCounters = database.prepare("update counters set seq = ?, events = ?, unread_bytes = ?");
    this.#load();
  }

  /** Starts a transaction, unless one is open. */
  begin(): void {
    if (!this.database.isTransaction) this.database.exec("begin immediate");
  }

  /** Whether a transaction is open. */
  get isOpen(): boolean {
    return this.database.isTransaction;
  }

  /** Makes durable all that was done since `begin()`. */
  commit(): void {
    if (!this.database.isTransaction) return;
    const { seq, events, unreadBytes } = this.#counters;
    this.#saveCounters.run(seq, events, unreadBytes);
    this.database.exec("commit");
  }

  /** Undoes all that was done since `begin()`. */
  rollback(): void {
    // After a full disk or an I/O error SQLite may have rolled back by itself.
    if (this.database.isTransaction) this.database.exec("rollback");
    this.#names.forget();
    this.#sources.forget();
    this.#events.forget();
    this.#load();
  }

  /** Runs `write` in a transaction of its own. */
  transaction<T>(write: () => T): T {
    this.begin();
    try {
      const result = write();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Learns the names of a batch. Every batch must be learned in the order of its making, whenever it is applied. */
  learn(batch: Batch): void {
    this.#names.learn(batch);
  }

  /** Stores sources that were found and returns their ids. */
  register(entries: readonly SourceEntry[]): number[] {
    return this.#sources.register(entries);
  }

  /** Counts an attempt to read each of the sources. */
  beginAttempts(sources: readonly number[]): void {
    this.#sources.begin(sources);
  }

  /** The collector ends before it came to these sources: the attempts don't count. */
  endAttempts(sources: readonly number[]): void {
    this.#sources.end(sources);
  }

  /**
   * Has a source read again from its start.
   *
   * @param collectedFrom events from this time on are wanted
   */
  readAgain(source: number, collectedFrom: number, adapterVersion: number): void {
    this.#events.startReread(source);
    this.#unread.clear(source);
    this.#sources.restart(source, READING.again, collectedFrom, adapterVersion);
  }

  /**
   * Applies a batch in the open transaction.
   *
   * @param now ms since the epoch
   */
  apply(batch: Batch, now: number): Applied {
    sealBatch(batch, (name) => this.#names.hashOfBatch(name));
    const accepted: Segment[] = [];
    const stale: Segment[] = [];
    for (const segments of readsOf(batch.segments)) {
      const continued = segments.filter((segment) =>
        this.#continues(segment) || (stale.push(segment), false)
      );
      this.#take(batch, continued, now);
      accepted.push(...continued);
    }
    for (const failure of batch.failures) this.fail(failure, now);
    return { accepted, stale, failures: batch.failures };
  }

  /** Notes why a source could not be read. */
  fail(failure: Failure, now: number): void {
    this.#sources.fail(failure, nextTry(failure, now));
  }

  /** Shows a problem in `status`, from now on. */
  raise(problem: Problem, now: number): void {
    this.database.prepare(
      `insert into problems values (?, ?, ?, ?)
       on conflict (key) do update set message = excluded.message, hint = excluded.hint`,
    ).run(problem.key, problem.message, problem.hint, now);
  }

  /** A problem is solved. */
  solve(key: string): void {
    this.database.prepare("delete from problems where key = ?").run(key);
  }

  /** Answers a request of another process. */
  answer(request: number, state: "working" | "done" | "failed", answer: string): void {
    this.database.prepare("update requests set state = ?, answer = ? where id = ?").run(
      state,
      answer,
      request,
    );
  }

  /** Removes requests that were made before a time: nobody waits for them any more. */
  forgetRequests(before: number): void {
    this.database.prepare("delete from requests where created_at < ?").run(before);
  }

  /**
   * Removes up to `limit` events that are older than `horizon` and returns how many there were; nothing older is stored
   * again. Call it until it returns 0.
   *
   * @param decidedUpTo events with a higher number are still to be delivered, and stay; so do those that wait for a remote
   */
  prune(horizon: number, limit: number, decidedUpTo = Number.MAX_SAFE_INTEGER): number {
    if (horizon > this.#horizon) {
      this.#horizon = horizon;
      this.database.prepare("insert or replace into meta values ('horizon', ?)").run(String(horizon));
    }
    const old = this.database.prepare(
      `select id, source, flags from events
       where timestamp < ? and seq <= ? and id not in (select event from deferred) limit ?`,
    ).all(horizon, decidedUpTo, limit);
    const remove = this.database.prepare("delete from events where id = ?");
    const copies = this.database.prepare("select source from copies where event = ?");
    const removeCopies = this.database.prepare("delete from copies where event = ?");
    for (const { id, source, flags } of old) {
      // What is superseded, no source holds.
      if (((flags as number) & FLAG.superseded) === 0) this.#sources.hold(source as number, -1);
      for (const copy of copies.all(id as Uint8Array)) this.#sources.hold(copy.source as number, -1);
      removeCopies.run(id as Uint8Array);
      remove.run(id as Uint8Array);
    }
    this.#counters.events -= old.length;
    return old.length;
  }

  /** The space of the disk that the store is on. */
  diskSpace(): DiskSpace {
    const { bavail, blocks, bsize } = statfsSync(this.path);
    return { free: bavail * bsize, total: blocks * bsize };
  }

  /** Folds the write-ahead log into the file. */
  checkpoint(): void {
    this.database.exec("pragma wal_checkpoint(truncate)");
  }

  close(): void {
    this.database.close();
  }

  /** Whether a segment starts where its source is committed; if so, the next may start at its end. */
  #continues(segment: Segment): boolean {
    const source = this.#sources.get(segment.source);
    if (segment.restarted !== undefined) this.#startAgain(segment);
    if (source.byteOffset !== segment.from) return false;
    source.byteOffset = segment.cursor.offset;
    return true;
  }

  /** Takes segments that continue what is committed. */
  #take(batch: Batch, segments: readonly Segment[], now: number): void {
    const sourceOfRow: EventSource[] = new Array(batch.rows);
    const rows: number[] = [];
    for (const segment of segments) {
      const source = this.#sources.get(segment.source);
      const isDamaged = segment.unread.some(({ reason }) =>
        reason.startsWith("damaged") || reason.startsWith("failed")
      );
      if (source.reading === READING.again && isDamaged) source.reading = READING.againPartly;
      const eventSource = {
        id: source.id,
        rereading: source.reading !== READING.onward,
        isKeyed: source.format === "database",
      };
      for (let row = segment.firstRow; row < segment.endRow; row++) {
        sourceOfRow[row] = eventSource;
        rows.push(row);
      }
    }
    this.#events.take(batch, this.#afterHorizon(batch, rows), (row) => sourceOfRow[row]!);
    for (const segment of segments) {
      const source = this.#sources.get(segment.source);
      if (segment.recalledBy !== undefined && source.adapterVersion !== segment.recalledBy) {
        this.#sources.recalled(source.id, segment.recalledBy, this.#unread.recall(source.id));
      }
      if (segment.atEnd && source.reading !== READING.onward) {
        // What is not wanted any more, or not stored again, is not missing.
        const lostFrom = Math.max(source.collectedFrom, this.#horizon);
        const supersedes = source.reading === READING.again && !segment.forgets;
        this.#events.finishReread(source.id, supersedes ? lostFrom : undefined);
        source.reading = READING.onward;
      }
      const unread = this.#unread.take(segment, source.adapterVersion);
      const last = segment.endRow - 1;
      const lastEvent = last >= segment.firstRow ? batch.ids.slice(last * 16, last * 16 + 16) : null;
      this.#sources.advance(segment, source.reading, lastEvent, unread, now);
    }
    for (const [source, difference] of this.#events.takeHeld()) this.#sources.hold(source, difference);
  }

  /** The source of a segment is read from its start: what was committed of it stays, and is compared. */
  #startAgain(segment: Segment): void {
    const source = this.#sources.get(segment.source);
    const shrunk = segment.restarted!.shrunk || source.reading === READING.againPartly;
    this.#events.startReread(segment.source);
    if (!shrunk) this.#unread.clear(segment.source);
    this.#sources.recount(segment.source, shrunk);
    source.reading = shrunk ? READING.againPartly : READING.again;
    source.byteOffset = 0;
  }

  #afterHorizon(batch: Batch, rows: number[]): readonly number[] {
    if (this.#horizon === 0) return rows;
    return rows.filter((row) => batch.columns[row * COLUMNS + COLUMN.timestamp]! >= this.#horizon);
  }

  #load(): void {
    const row = this.database.prepare("select seq, events, unread_bytes from counters").get()!;
    this.#counters.seq = row.seq as number;
    this.#counters.events = row.events as number;
    this.#counters.unreadBytes = row.unread_bytes as number;
    const horizon = this.database.prepare("select value from meta where key = 'horizon'").get()?.value;
    this.#horizon = Number(horizon ?? 0);
  }
}

/** The segments in their order, cut wherever a source is started again that has segments before: those come to their end first. */
function readsOf(segments: readonly Segment[]): Segment[][] {
  const reads: Segment[][] = [];
  let met = new Set<number>();
  let read: Segment[] = [];
  for (const segment of segments) {
    if (segment.restarted !== undefined && met.has(segment.source)) {
      reads.push(read);
      read = [];
      met = new Set();
    }
    read.push(segment);
    met.add(segment.source);
  }
  return [...reads, read];
}
