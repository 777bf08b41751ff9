/**
 * Reads the conversations of a database: all of them at first, the newest first, and then those that something changed of.
 *
 * What changed is known exactly as long as the database's log goes on from where it was read. Where it does not (it began
 * anew, there is none, the collector was away), these are read again: conversations with rows that are new, those that say
 * that they changed since, and those that were busy in the last day. What is told again is the same event.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";
import type { DatabaseConversation, DatabaseLayout } from "../agents/database.ts";
import { hashBytes } from "../events/hash.ts";
import { collectGarbage } from "../platform/garbage.ts";
import type { SourceCursor } from "./cursor.ts";
import type { Reading } from "./reading.ts";
import { NO_BYTES, type RecordSink } from "./record_sink.ts";
import { SourceBusyError, SourceDamagedError } from "./source_errors.ts";
import type { DatabaseFile, DatabasePosition } from "./sqlite/database.ts";
import { DatabaseFormatError } from "./sqlite/format.ts";
import type { View } from "./sqlite/view.ts";

/** So often is a conversation begun again that changed while it was read; then it is tried again later. */
const MAX_TRIES = 8;
/** So much is read before it is checked and handed over: bytes of the database, and records. */
const ENOUGH = { bytes: 256 << 10, records: 256 } as const;
/** Garbage is collected when so much was read since the last time. */
const GARBAGE_BYTES = 16 << 20;
const DAY = 86_400_000;
/** A conversation that says that it ended so long before what is asked for has nothing of it, ms. */
const MARGIN = 7 * DAY;
/** So much later than its time a row may be committed, ms. */
const COMMIT_TIME = 60_000;
/** How many of the conversations that were busy last are remembered. */
const BUSY_ONES = 16;
/** How many of the newest rows of a table are looked at for them. */
const NEWEST_ROWS = 200;

/** What a database was like when it was looked at: what changes later is told by it. */
interface Base {
  /** The highest row of each table whose rows belong to conversations. */
  readonly rows: { readonly [table: string]: number };
  readonly position: DatabasePosition;
  /** The latest change that a conversation told of. */
  readonly newest: number;
}

/** What must be remembered from one reading to the next. */
interface State {
  /** What has been read whole belongs to this; not there before all conversations were read once. */
  readonly base?: Base;
  /** All conversations are being read: what the database was like then, and the last one that was told. */
  readonly all?: { readonly base: Base; readonly last?: DatabaseConversation };
  /** The conversations that changed last, and when that was seen. */
  readonly busy: readonly (readonly [key: string, at: number])[];
}

/** What is to be told, and what is known once it is. */
interface Plan {
  readonly conversations: readonly DatabaseConversation[];
  readonly base: Base;
  readonly isAll: boolean;
  /** Conversations that ended before what is asked for. */
  readonly leftOut: number;
  /** Where all are read: those that something was added to last. */
  readonly busy?: State["busy"];
}

/** A step of a conversation, not handed over yet. */
type Told =
  | { readonly begins: DatabaseConversation }
  | { readonly ends: DatabaseConversation }
  | { readonly key: string; readonly record: JsonObject };

/** What a reading of a database must know besides where it is. */
export interface DatabaseLimits {
  readonly layout: DatabaseLayout;
  /** What `state()` of an earlier reading said. */
  readonly state?: unknown;
  /** Ms since the epoch. */
  readonly collectedFrom: number;
}

/** One pass over a database. */
export class DatabaseReading implements Reading {
  readonly resumed = true;
  readonly #path: string;
  readonly #file: DatabaseFile;
  readonly #layout: DatabaseLayout;
  readonly #collectedFrom: number;
  readonly #offset: number;
  #state: State;
  #tidiedAt = 0;
  #steps: Generator<void> | undefined;

  constructor(path: string, file: DatabaseFile, cursor: SourceCursor, limits: DatabaseLimits) {
    this.#path = path;
    this.#file = file;
    this.#layout = limits.layout;
    this.#collectedFrom = limits.collectedFrom;
    this.#offset = cursor.offset;
    const known = cursor.offset === 0 ? undefined : limits.state as State | null | undefined;
    this.#state = known ?? { busy: [] };
  }

  /**
   * Tells the next conversations.
   *
   * @throws {SourceBusyError} if the database changes faster than it is read
   * @throws {SourceDamagedError} if it is no database, or a damaged one
   */
  step(sink: RecordSink): boolean {
    this.#steps ??= this.#tellAll(sink);
    return !this.#steps.next().done;
  }

  /** It counts what was read of the database; the place in it is in the state. */
  cursor(): SourceCursor {
    return { offset: this.#offset + this.#file.bytesRead, headLength: 0, headHash: 0, tailHash: 0 };
  }

  /** What the next reading must know, as plain JSON. */
  state(): unknown {
    return this.#state;
  }

  close(): void {}

  *#tellAll(sink: RecordSink): Generator<void> {
    const plan = this.#checked(() => this.#plan());
    if (plan === undefined) return;
    const { conversations, base, isAll, leftOut } = plan;
    sink.leaveOut?.(leftOut);
    if (isAll) {
      this.#state = { busy: plan.busy ?? this.#state.busy, all: { base, last: this.#state.all?.last } };
    }
    let done = 0;
    for (let tries = 0; done < conversations.length; tries++) {
      if (tries === MAX_TRIES) throw this.#tooBusy();
      for (const told of this.#tellOn(conversations.slice(done))) {
        this.#handOver(told, sink);
        const ended = told.filter((step) => "ends" in step).length;
        if (ended > 0) tries = 0;
        done += ended;
        const last = conversations[done - 1];
        if (isAll && last !== undefined) this.#state = { ...this.#state, all: { base, last } };
        yield;
      }
    }
    const now = Date.now();
    const busy = isAll ? this.#state.busy : [
      ...conversations.map(({ key }) => [key, now] as const),
      ...this.#state.busy.filter(([key, at]) =>
        at > now - DAY && !conversations.some((conversation) => conversation.key === key)
      ),
    ];
    this.#state = { base, busy: busy.slice(0, BUSY_ONES) };
    // It may have been begun long ago.
    if (isAll) yield* this.#tellAll(sink);
  }

  /** Tells conversations as far as they do not change meanwhile; what it yields was there at one time. */
  *#tellOn(conversations: readonly DatabaseConversation[]): Generator<readonly Told[]> {
    let told: Told[] = [];
    let from = this.#file.bytesRead;
    try {
      const view = this.#file.view();
      for (const conversation of conversations) {
        told.push({ begins: conversation });
        for (const [key, record] of view === undefined ? [] : this.#layout.records(view, conversation.key)) {
          told.push({ key, record });
          if (this.#file.bytesRead - from < ENOUGH.bytes && told.length < ENOUGH.records) continue;
          if (!this.#file.isUnchanged()) return;
          yield told;
          told = [];
          from = this.#file.bytesRead;
          this.#tidyUp();
        }
        told.push({ ends: conversation });
      }
    } catch (error) {
      // What was changed in the middle may look like anything.
      if (!this.#file.isUnchanged()) return;
      throw this.#explained(error);
    }
    if (this.#file.isUnchanged()) yield told;
  }

  /** Pages are buffers, which V8 counts late. */
  #tidyUp(): void {
    if (this.#file.bytesRead - this.#tidiedAt < GARBAGE_BYTES) return;
    this.#tidiedAt = this.#file.bytesRead;
    collectGarbage();
  }

  #handOver(told: readonly Told[], sink: RecordSink): void {
    for (const step of told) {
      if ("begins" in step) sink.begin?.();
      else if ("ends" in step) sink.end?.();
      else sink.record(step.record, positionOf(step.key), 0, NO_BYTES);
    }
  }

  /** What is to be told now; `undefined` if nothing is there. */
  #plan(): Plan | undefined {
    const view = this.#file.view();
    if (view === undefined) return undefined;
    const { base } = this.#state;
    return base === undefined ? this.#planAll(view) : this.#planChanged(view, base) ?? this.#planAll(view);
  }

  #planAll(view: View): Plan {
    const all = [...this.#layout.conversations(view)].toSorted(compareConversations);
    const { base = this.#baseOf(view, all[0]?.changedAt ?? 0), last } = this.#state.all ?? {};
    const rest = last === undefined ? all : all.filter((one) => compareConversations(one, last) > 0);
    const wanted = rest.filter(({ changedAt }) =>
      changedAt === undefined || changedAt >= this.#collectedFrom - MARGIN
    );
    const busy = last === undefined ? this.#lastOnes(view) : undefined;
    return { conversations: wanted, base, isAll: true, leftOut: rest.length - wanted.length, busy };
  }

  /** What changed since; `undefined` if so much is different that all must be read again. */
  #planChanged(view: View, base: Base): Plan | undefined {
    const { members } = this.#layout;
    const keys = new Set<string>();
    const pages = this.#file.changedSince(base.position);
    let newest = base.newest;
    for (const { table, conversationOf, changedAt } of members) {
      // Its rows were numbered anew.
      if (view.highestRow(table) < (base.rows[table] ?? 0)) return undefined;
      const rows = pages === undefined
        ? view.rowsAfter(table, base.rows[table] ?? 0)
        : view.rowsOn(table, pages);
      for (const row of rows) {
        const time = changedAt?.(row);
        const isNew = row.rowid > (base.rows[table] ?? 0);
        // It stands on a page with one that changed. A new one may be of long ago: it was brought in from elsewhere.
        if (!isNew && time !== undefined && time < base.newest - COMMIT_TIME) continue;
        newest = Math.max(newest, time ?? 0);
        const key = conversationOf(row);
        if (key !== undefined) keys.add(key);
      }
    }
    if (pages === undefined) {
      for (const { key, changedAt } of this.#layout.conversations(view)) {
        if (changedAt === undefined) continue;
        if (changedAt > base.newest - DAY) keys.add(key);
        newest = Math.max(newest, changedAt);
      }
      for (const [key, at] of this.#state.busy) if (at > Date.now() - DAY) keys.add(key);
    }
    const conversations = Array.from(keys, (key) => ({ key }));
    return { conversations, base: this.#baseOf(view, newest), isAll: false, leftOut: 0 };
  }

  /** The conversations with the newest rows: what still grows is among them, as a rule. */
  #lastOnes(view: View): State["busy"] {
    const now = Date.now();
    const keys = this.#layout.members.flatMap(({ table, conversationOf }) =>
      Array.from(view.rowsAfter(table, view.highestRow(table) - NEWEST_ROWS), conversationOf).toReversed()
    );
    const known = keys.filter((key) => key !== undefined);
    return Array.from(new Set(known), (key) => [key, now] as const).slice(0, BUSY_ONES);
  }

  #baseOf(view: View, newest: number): Base {
    const tables = new Set(this.#layout.members.map(({ table }) => table));
    const rows = Object.fromEntries(Array.from(tables, (table) => [table, view.highestRow(table)]));
    // A clock that is ahead may have written a time to come: what changes until then has earlier ones.
    return { rows, position: this.#file.position, newest: Math.min(newest, Date.now()) };
  }

  /** Reads something until it did not change meanwhile. */
  #checked<T>(read: () => T): T {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        const value = read();
        if (this.#file.isUnchanged()) return value;
      } catch (error) {
        if (this.#file.isUnchanged()) throw this.#explained(error);
      }
    }
    throw this.#tooBusy();
  }

  #tooBusy(): SourceBusyError {
    return new SourceBusyError(this.#path, { cause: new Error("it changes faster than it is read") });
  }

  #explained(error: unknown): unknown {
    return error instanceof DatabaseFormatError
      ? new SourceDamagedError(this.#path, { cause: error })
      : error;
  }
}

const encoder = new TextEncoder();

/** A record has no place in a file; what it is found by stands for it. */
function positionOf(key: string): number {
  return hashBytes(encoder.encode(key));
}

/** The newest first. */
function compareConversations(a: DatabaseConversation, b: DatabaseConversation): number {
  return (b.changedAt ?? 0) - (a.changedAt ?? 0) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
