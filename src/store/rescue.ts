/**
 * Takes what can be read of a damaged store over into a new one.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { EVENT_TYPES } from "../events/event.ts";
import { FLAG } from "./batch.ts";
import { mendNames, mendSources, recount } from "./mend.ts";
import { writeTransaction } from "./open.ts";
import { unpack } from "../platform/pack.ts";
import { decodeState } from "./record.ts";
import { rescueRemotes } from "./rescue_remotes.ts";
import { attempt, join, type KeyRange } from "./salvage.ts";
import { READING } from "./source_table.ts";
import { byNumber, COPIES, LAST_PREFIX, type Row, type TableWalk, walk } from "./table_walk.ts";

/** What was saved, and what was not. */
export interface Rescued {
  readonly events: number;
  readonly sources: number;
  /** Numbers (`events.seq`) at which events may have been lost. */
  readonly lost: readonly KeyRange[];
}

/** Rows in one transaction. */
const CHUNK = 1000;

/** Ids of names, sources and unread records are looked for up to this one where the last can't be told. */
const LAST_ID = 2 ** 24;

/** Numbers of events likewise; some may come from the time in milliseconds (see `recount()`). */
const LAST_SEQ = 2 ** 42;

/** Above all texts of names. */
const LAST_TEXT = "\u{10ffff}".repeat(8);

/**
 * Takes over what can be read; all sources are to be read again then, and supersede nothing by that.
 *
 * @param fresh an empty store
 * @param now ms since the epoch
 * @throws if `fresh` can't be written; never because of `damaged`
 */
export function rescue(damaged: DatabaseSync, fresh: DatabaseSync, now: number): Rescued {
  return new Rescue(damaged, fresh).run(now);
}

class Rescue {
  readonly #damaged: DatabaseSync;
  readonly #fresh: DatabaseSync;
  #written = 0;

  constructor(damaged: DatabaseSync, fresh: DatabaseSync) {
    this.#damaged = damaged;
    this.#fresh = fresh;
  }

  run(now: number): Rescued {
    this.#takeMeta();
    this.#takeNames();
    this.#take(byNumber("sources", "id"), this.#idsOf("sources"), (row) => ({ ...row, ...UNREAD_AGAIN }));
    const counters = this.#readOne("select seq from counters");
    const seq = counters?.seq as number | undefined;
    const last = this.#readOne("select max(seq) as last from events")?.last as number | null | undefined;
    const numbers = { from: 1, to: Math.max(seq ?? 0, last ?? (seq === undefined ? LAST_SEQ : 0)) };
    const lost = numbers.to === 0 ? [] : this.#take(byNumber("events", "seq"), numbers, soundEvent);
    this.#take(COPIES, { from: 0, to: LAST_PREFIX }, soundCopy);
    this.#take(byNumber("unread_records", "id"), this.#idsOf("unread_records"), (row) => row);
    this.#commit();
    const [events, sources] = [count(this.#fresh, "events"), count(this.#fresh, "sources")];
    writeTransaction(this.#fresh, () => {
      mendNames(this.#fresh);
      mendSources(this.#fresh);
      recount(this.#fresh, seq ?? now);
      rescueRemotes(this.#damaged, this.#fresh, lost.length > 0);
    });
    return { events, sources, lost };
  }

  #takeMeta(): void {
    const rows = attempt(() => this.#damaged.prepare("select key, value from meta").all()) ?? [];
    const insert = this.#fresh.prepare("insert or replace into meta (key, value) values (?, ?)");
    for (const row of rows) this.#write(() => insertRow(insert, ["key", "value"], row));
  }

  #takeNames(): void {
    const isName = (row: Row) => typeof row.text === "string" ? row : undefined;
    this.#take(byNumber("names", "id"), this.#idsOf("names"), isName);
    // The index on the text holds all names a second time, on other pages.
    const insert = this.#fresh.prepare("insert into names (id, text) values (?, ?) on conflict do nothing");
    for (const [comparison, direction, first] of [[">=", "asc", ""], ["<=", "desc", LAST_TEXT]] as const) {
      const sql = `select id, text from names where text ${comparison} ? order by text ${direction} limit 2`;
      const select = attempt(() => this.#damaged.prepare(sql));
      const nextTo = (text: string) => attempt(() => select!.all(text).find((row) => row.text !== text));
      const met = new Set<unknown>();
      for (let row = nextTo(first); row !== undefined && !met.has(row.id); row = nextTo(row.text as string)) {
        met.add(row.id);
        if (isName(row) === undefined) break;
        const name = row;
        this.#write(() => insertRow(insert, ["id", "text"], name));
      }
    }
  }

  /**
   * Takes rows over as `mend` returns them; `undefined` stands for one that is not sound.
   *
   * @returns the ranges that are lost
   */
  #take(plan: TableWalk, range: KeyRange, mend: (row: Row) => Row | undefined): KeyRange[] {
    const { table, keyOf } = plan;
    const rows = attempt(() => walk(this.#damaged, plan, range));
    if (rows === undefined) return [range];
    const columns = columnsOf(this.#fresh, table);
    const insert = this.#fresh.prepare(
      `insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})
       on conflict do nothing`,
    );
    const lost: KeyRange[] = [];
    let next = rows.next();
    for (; next.done !== true; next = rows.next()) {
      const found = next.value;
      const row = attempt(() => mend(found));
      const isTaken = row !== undefined && this.#write(() => insertRow(insert, columns, row));
      if (!isTaken) lost.push({ from: keyOf(found), to: keyOf(found) });
    }
    return join([...lost, ...next.value]);
  }

  #readOne(sql: string): Row | undefined {
    return attempt(() => this.#damaged.prepare(sql).get());
  }

  #idsOf(table: string): KeyRange {
    const last = this.#readOne(`select max(id) as last from ${table}`);
    return { from: 1, to: last === undefined ? LAST_ID : Math.max(1, last.last as number) };
  }

  /** Runs `write` in a transaction of many. */
  #write<T>(write: () => T): T {
    if (!this.#fresh.isTransaction) this.#fresh.exec("begin immediate");
    const result = write();
    if (++this.#written % CHUNK === 0) this.#commit();
    return result;
  }

  #commit(): void {
    if (this.#fresh.isTransaction) this.#fresh.exec("commit");
  }
}

/** What a source is set to so that all of it is read again. */
const UNREAD_AGAIN = {
  byte_offset: 0,
  head_length: 0,
  head_hash: 0,
  tail_hash: 0,
  parser_state: null,
  rereading: READING.againPartly,
  left_out: 0,
  read_at: 0,
  attempts: 0,
  status: "pending",
  error: null,
  next_try: null,
} as const;

/** The row of an event if it can be understood. */
function soundEvent(row: Row): Row | undefined {
  const { id, type, timestamp, flags, agent, session, data } = row;
  if (!(id instanceof Uint8Array && id.length === 16 && data instanceof Uint8Array)) return undefined;
  if (EVENT_TYPES[type as number] === undefined || agent === 0 || session === 0) return undefined;
  if (!Number.isSafeInteger(timestamp)) return undefined;
  JSON.parse(
    new TextDecoder("utf-8", { fatal: true }).decode(unpack(data, ((flags as number) & FLAG.packed) !== 0)),
  );
  return row;
}

/** The row of a copy if it can be understood. */
function soundCopy(row: Row): Row | undefined {
  if (row.body !== null) decodeState(row.body as Uint8Array);
  return (row.event as Uint8Array).length === 16 ? row : undefined;
}

/** Inserts a row; says whether it, or one with the same key, is there. A row that breaks a rule of the table is not. */
function insertRow(insert: StatementSync, columns: readonly string[], row: Row): boolean {
  try {
    insert.run(...columns.map((column) => row[column] ?? null));
    return true;
  } catch (error) {
    if (/constraint failed|cannot store|datatype mismatch/.test(String(error))) return false;
    throw error;
  }
}

function columnsOf(database: DatabaseSync, table: string): string[] {
  return database.prepare("select name from pragma_table_info(?)").all(table).map(({ name }) =>
    name as string
  );
}

function count(database: DatabaseSync, table: string): number {
  return database.prepare(`select count(*) as n from ${table}`).get()!.n as number;
}
