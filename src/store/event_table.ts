/**
 * Writes events: new ones by the batch, and those that are there already by merging what the source now says.
 *
 * One event can be held by several sources. Its row in `events` is the state of one of them, the one that comes first by
 * `compareStandings()`; `copies` keeps what the others say. Whatever the order in which sources are read, the same rows
 * result. The revision that a reader sees is the sum over row and copies, so it goes up whenever any of them grows.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { EVENT_TYPES, METRIC_NAMES } from "../events/event.ts";
import { type Batch, COLUMN, COLUMNS, FLAG } from "./batch.ts";
import type { NameTable } from "./names.ts";
import { pack } from "./pack.ts";
import { decodeState, encodeState, type EventRow, type EventState, METRIC_COLUMNS } from "./record.ts";
import { stateOfBatch, stateOfRow } from "./record.ts";
import { compareStandings, fold, raise, type Standing, standingOf } from "./standing.ts";

/** Rows in one INSERT; more gains nothing. */
const CHUNK = 64;

const EVENT_COLUMNS = [
  "seq",
  "id",
  "revision",
  "type",
  "timestamp",
  "flags",
  "hash",
  "agent",
  "agent_version",
  "session",
  "parent_session",
  "workspace",
  "repository",
  "branch",
  "model",
  ...METRIC_COLUMNS,
  "source",
  "position",
  "data",
];

type Parameter = number | string | null | Uint8Array;

/** What the table must know of the source whose events it takes. */
export interface EventSource {
  readonly id: number;
  readonly rank: number;
  /** It is being read again: what it says of its known events is held back until it has been read whole. */
  readonly rereading: boolean;
}

/** The writer's numbers, kept in the one row of `counters`. */
export interface Counters {
  seq: number;
  events: number;
}

interface CopyRow {
  readonly source: number;
  readonly position: number;
  readonly revision: number;
  readonly flags: number;
  readonly hash: number;
  readonly body: Uint8Array | null;
}

/** What a source other than the one that is shown says of an event. */
interface Copy {
  readonly source: number;
  readonly state: EventState;
  readonly standing: Standing;
}

/** The tables `events`, `copies`, `rereads` and `source_sessions`. All methods want an open write transaction. */
export class EventTable {
  readonly #names: NameTable;
  readonly #counters: Counters;
  readonly #insertMany: StatementSync;
  readonly #insertOne: StatementSync;
  readonly #row: StatementSync;
  readonly #update: StatementSync;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #parameters: Parameter[] = new Array(CHUNK * EVENT_COLUMNS.length);
  /** Pairs of source and session that are known to be stored. */
  #sessions = new Set<string>();
  #lastSource = 0;
  #lastSession = 0;
  /** By source: how many events more or fewer it holds since `takeHeld()`. */
  #held = new Map<number, number>();

  /**
   * @param counters shared with the caller, who stores them before each commit
   * @param rankOf the rank of a source
   */
  constructor(database: DatabaseSync, names: NameTable, counters: Counters, readonly rankOf: (source: number) => number) {
    this.#names = names;
    this.#counters = counters;
    const values = `(${EVENT_COLUMNS.map(() => "?").join(",")})`;
    const insert = (rows: number) =>
      database.prepare(
        `insert into events (${EVENT_COLUMNS.join(",")}) values ${new Array(rows).fill(values).join(",")} ` +
          `on conflict (id) do nothing`,
      );
    this.#insertMany = insert(CHUNK);
    this.#insertOne = insert(1);
    this.#row = database.prepare("select * from events where id = ?");
    this.#update = database.prepare(
      `update events set ${EVENT_COLUMNS.map((column) => `${column} = ?`).join(", ")} where id = ?`,
    );
    this.#statements = prepareStatements(database);
  }

  /** Forgets what it remembers of the tables: a transaction was rolled back. */
  forget(): void {
    this.#sessions = new Set();
    this.#lastSource = 0;
    this.#held = new Map();
  }

  /** By source: how many events more or fewer it holds since this was last called. */
  takeHeld(): Map<number, number> {
    const held = this.#held;
    this.#held = new Map();
    return held;
  }

  /**
   * Takes rows of a batch in their order.
   *
   * @param rows the numbers of the rows
   * @param sourceOf the source of a row of the batch
   */
  take(batch: Batch, rows: readonly number[], sourceOf: (row: number) => EventSource): void {
    let pending: number[] = [];
    const insertPending = () => {
      this.#insert(batch, pending, sourceOf);
      pending = [];
    };
    for (const row of rows) {
      if (!sourceOf(row).rereading) {
        if (pending.push(row) === CHUNK) insertPending();
        continue;
      }
      insertPending();
      this.#reread(batch, row, sourceOf(row));
    }
    insertPending();
  }

  /**
   * Ends the reading again of a source: what it says now of its events takes effect at once.
   *
   * @param supersede mark those events that it no longer has; not for a source that was cut or is damaged
   */
  finishReread(source: EventSource, supersede: boolean): void {
    const statements = this.#statements;
    for (const changed of statements.changedRereads.all(source.id)) {
      const id = changed.event as Uint8Array;
      this.#apply(id, decodeState(changed.body as Uint8Array), source, true);
    }
    if (supersede) {
      const lost = statements.lostRows.all(source.id, source.id, source.id);
      for (const { id } of lost) this.#lose(id as Uint8Array, source);
      for (const { event } of statements.lostCopies.all(source.id, source.id)) {
        const id = event as Uint8Array;
        const revision = statements.copy.get(id, source.id)!.revision as number;
        statements.deleteCopy.run(id, source.id);
        // The sum over row and copies must not fall.
        statements.addRevision.run(revision, id);
        this.#hold(source.id, -1);
      }
    }
    statements.deleteRereads.run(source.id);
  }

  /** Starts the reading again of a source, also of one that is being read again already. */
  startReread(source: number): void {
    this.#statements.deleteRereads.run(source);
  }

  /** Inserts rows that are most likely new, and merges those that are not. */
  #insert(batch: Batch, rows: readonly number[], sourceOf: (row: number) => EventSource): void {
    if (rows.length === 0) return;
    const first = this.#counters.seq + 1;
    let changes = 0;
    const parameters = this.#parameters;
    const width = EVENT_COLUMNS.length;
    if (rows.length === CHUNK) {
      rows.forEach((row, index) => this.#bind(batch, row, sourceOf(row).id, first + index, index * width));
      changes = this.#insertMany.run(...parameters).changes as number;
    } else {
      rows.forEach((row, index) => {
        this.#bind(batch, row, sourceOf(row).id, first + index, 0);
        changes += this.#insertOne.run(...parameters.slice(0, width)).changes as number;
      });
    }
    this.#counters.seq += rows.length;
    this.#counters.events += changes;
    rows.forEach((row, index) => {
      const source = sourceOf(row);
      const isNew = changes === rows.length ||
        this.#statements.seq.get(batch.ids.subarray(row * 16, row * 16 + 16))!.seq === first + index;
      if (isNew) {
        this.#own(source.id, this.#names.idOfBatch(batch.columns[row * COLUMNS + COLUMN.session]!));
        this.#hold(source.id, 1);
      } else {
        this.#merge(batch, row, source);
      }
    });
  }

  /** Writes the parameters of one row of a batch. */
  #bind(batch: Batch, row: number, source: number, seq: number, at: number): void {
    const { columns } = batch;
    const base = row * COLUMNS;
    const parameters = this.#parameters;
    const start = columns[base + COLUMN.payloadStart]!;
    const { bytes, packed } = pack(batch.payload.subarray(start, start + columns[base + COLUMN.payloadLength]!));
    parameters[at++] = seq;
    parameters[at++] = batch.ids.subarray(row * 16, row * 16 + 16);
    parameters[at++] = columns[base + COLUMN.revision]!;
    parameters[at++] = columns[base + COLUMN.type]!;
    parameters[at++] = columns[base + COLUMN.timestamp]!;
    parameters[at++] = columns[base + COLUMN.flags]! | (packed ? FLAG.packed : 0);
    parameters[at++] = columns[base + COLUMN.hash]!;
    for (let column = COLUMN.agent; column <= COLUMN.model; column++) {
      parameters[at++] = this.#names.idOfBatch(columns[base + column]!);
    }
    for (let index = 0; index < METRIC_NAMES.length; index++) {
      const value = columns[base + COLUMN.metrics + index]!;
      parameters[at++] = value === value ? value : null;
    }
    parameters[at++] = source;
    parameters[at++] = columns[base + COLUMN.position]!;
    parameters[at] = bytes;
  }

  /** Takes a row whose event is there already. */
  #merge(batch: Batch, row: number, source: EventSource): void {
    const id = batch.ids.slice(row * 16, row * 16 + 16);
    const base = row * COLUMNS;
    const { columns } = batch;
    const known = this.#statements.head.get(id)!;
    if (
      known.source === source.id && known.hash === columns[base + COLUMN.hash] &&
      known.revision === columns[base + COLUMN.revision] && ((known.flags as number) & FLAG.superseded) === 0
    ) return;
    this.#apply(id, stateOfBatch(batch, row, (name) => this.#names.textOfBatch(name)), source, false);
  }

  /**
   * Makes `state` what `source` says of an event that is there.
   *
   * @param isFinal it replaces what the source said before, wherever that stood; otherwise a state from another place of
   * the source (the event was written twice) counts only if it comes first by `compareStandings()`
   */
  #apply(id: Uint8Array, state: EventState, source: EventSource, isFinal: boolean): void {
    const shown = this.#row.get(id)!;
    const isSuperseded = ((shown.flags as number) & FLAG.superseded) !== 0;
    if (shown.source === source.id) {
      const known = this.#stateOf(shown);
      const next = isSuperseded ? raise(state, known) : fold(known, state, source.rank, isFinal);
      if (next === known) return;
      if (isSuperseded) this.#hold(source.id, 1);
      if (next.hash === known.hash && !isSuperseded) {
        this.#statements.setPlace.run(next.revision, next.position, id);
      } else {
        this.#show(id, next, source.id);
        this.#keepCopies(id, known, next.hash);
      }
      this.#elect(id);
      return;
    }
    const copy = this.#statements.copy.get(id, source.id) as CopyRow | undefined;
    if (isSuperseded) {
      // No source had it any more; now one has.
      this.#show(id, raise(state, this.#stateOf(shown)), source.id);
      this.#hold(source.id, 1);
      return;
    }
    const shownState = this.#stateOf(shown);
    const known = copy === undefined ? undefined : copy.body === null ? shownState : decodeState(copy.body);
    const before = known === undefined ? undefined : { ...known, revision: copy!.revision, position: copy!.position };
    const next = before === undefined ? state : fold(before, state, source.rank, isFinal);
    if (next === before) return;
    if (copy === undefined) this.#hold(source.id, 1);
    this.#putCopy(id, source.id, next, shownState.hash);
    this.#elect(id);
  }

  /** Holds back what a source that is read again says of an event that it had; others are taken at once. */
  #reread(batch: Batch, row: number, source: EventSource): void {
    const id = batch.ids.slice(row * 16, row * 16 + 16);
    const statements = this.#statements;
    const state = stateOfBatch(batch, row, (name) => this.#names.textOfBatch(name));
    const met = statements.reread.get(source.id, id) as CopyRow | undefined;
    const head = statements.head.get(id);
    const own = head === undefined
      ? undefined
      : head.source === source.id
      ? head
      : statements.copy.get(id, source.id) as EventRow | undefined;
    if (own === undefined) {
      if (head === undefined) this.#insert(batch, [row], () => source);
      else this.#apply(id, state, source, false);
      statements.putReread.run(source.id, id, state.position, state.revision, state.flags, state.hash, null);
      return;
    }
    let next = state;
    if (met !== undefined) {
      const before = met.body !== null ? decodeState(met.body) : {
        ...this.#ownState(id, source.id),
        revision: met.revision,
        position: met.position,
      };
      next = fold(before, state, source.rank, false);
      if (next === before) return;
    }
    const isAsBefore = next.hash === own.hash && next.revision === own.revision && next.position === own.position;
    const body = isAsBefore && ((own.flags as number) & FLAG.superseded) === 0 ? null : encodeState(next);
    statements.putReread.run(source.id, id, next.position, next.revision, next.flags, next.hash, body);
  }

  /** What a source says of an event that it holds. */
  #ownState(id: Uint8Array, source: number): EventState {
    const shown = this.#row.get(id)!;
    const copy = shown.source === source ? undefined : this.#statements.copy.get(id, source) as CopyRow | undefined;
    return copy === undefined || copy.body === null ? this.#stateOf(shown) : decodeState(copy.body);
  }

  /** The source that is shown no longer has the event: the best of the others takes over, or it is superseded. */
  #lose(id: Uint8Array, source: EventSource): void {
    const shown = this.#row.get(id)!;
    const state = this.#stateOf(shown);
    const copies = this.#copiesOf(id, state);
    const best = bestOf(copies);
    this.#hold(source.id, -1);
    if (best === undefined) {
      this.#statements.supersede.run(++this.#counters.seq, FLAG.superseded, id);
      return;
    }
    this.#statements.deleteCopy.run(id, best.source);
    const revision = best.state.revision + state.revision + 1;
    this.#show(id, { ...best.state, revision }, best.source);
    this.#keepCopies(id, state, best.state.hash);
  }

  /** Shows the state that comes first, if it is not the one that is shown. */
  #elect(id: Uint8Array): void {
    if (this.#statements.copies.get(id) === undefined) return;
    const shown = this.#row.get(id)!;
    const state = this.#stateOf(shown);
    const source = shown.source as number;
    const standing = standingOf(state, this.rankOf(source));
    const best = bestOf(this.#copiesOf(id, state));
    if (best === undefined || compareStandings(best.standing, standing) <= 0) return;
    this.#statements.deleteCopy.run(id, best.source);
    this.#putCopy(id, source, state, best.state.hash);
    if (best.state.hash === state.hash) {
      // The same content from another place: nothing that a reader sees has changed.
      this.#statements.setSource.run(best.source, best.state.revision, best.state.position, id);
      this.#own(best.source, shown.session as number);
    } else {
      this.#show(id, best.state, best.source);
      this.#keepCopies(id, state, best.state.hash);
    }
  }

  #copiesOf(id: Uint8Array, shown: EventState): Copy[] {
    return (this.#statements.copies.all(id) as unknown as CopyRow[]).map((row) => {
      const body = row.body === null ? shown : decodeState(row.body);
      const state: EventState = { ...body, revision: row.revision, position: row.position };
      return { source: row.source, state, standing: standingOf(state, this.rankOf(row.source)) };
    });
  }

  /** Writes the row of an event anew, at the end of the order of export. */
  #show(id: Uint8Array, state: EventState, source: number): void {
    const { bytes, packed } = pack(new TextEncoder().encode(state.data));
    const names = this.#names;
    const session = names.id(state.session);
    this.#update.run(
      ++this.#counters.seq,
      id,
      state.revision,
      EVENT_TYPES.indexOf(state.type),
      state.timestamp,
      state.flags | (packed ? FLAG.packed : 0),
      state.hash,
      names.id(state.agent),
      names.id(state.agentVersion),
      session,
      names.id(state.parentSession),
      names.id(state.workspace),
      names.id(state.repository),
      names.id(state.branch),
      names.id(state.model),
      ...METRIC_NAMES.map((metric) => state.metrics[metric] ?? null),
      source,
      state.position,
      bytes,
      id,
    );
    this.#own(source, session);
  }

  /** After the row of an event changed from `before`: each copy has its body if, and only if, it differs from the row. */
  #keepCopies(id: Uint8Array, before: EventState, hash: number): void {
    for (const copy of this.#statements.copies.all(id) as unknown as CopyRow[]) {
      if (copy.hash === hash && copy.body !== null) this.#statements.setBody.run(null, id, copy.source);
      else if (copy.hash !== hash && copy.body === null) {
        this.#statements.setBody.run(encodeState(before), id, copy.source);
      }
    }
  }

  #putCopy(id: Uint8Array, source: number, state: EventState, shownHash: number): void {
    this.#statements.putCopy.run(
      id,
      source,
      this.#names.id(state.session),
      state.position,
      state.revision,
      state.flags,
      state.hash,
      state.hash === shownHash ? null : encodeState(state),
    );
  }

  #stateOf(row: EventRow): EventState {
    return stateOfRow(row, (name) => this.#names.text(name));
  }

  /** Notes that a source has events of a session. */
  #own(source: number, session: number): void {
    if (source === this.#lastSource && session === this.#lastSession) return;
    this.#lastSource = source;
    this.#lastSession = session;
    const pair = `${source}:${session}`;
    if (this.#sessions.has(pair)) return;
    this.#statements.putSession.run(source, session);
    if (this.#sessions.size > 50_000) this.#sessions.clear();
    this.#sessions.add(pair);
  }

  #hold(source: number, difference: number): void {
    this.#held.set(source, (this.#held.get(source) ?? 0) + difference);
  }
}

/** The copy that comes first. */
function bestOf(copies: readonly Copy[]): Copy | undefined {
  let best: Copy | undefined;
  for (const copy of copies) {
    if (best === undefined || compareStandings(copy.standing, best.standing) > 0) best = copy;
  }
  return best;
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    seq: prepare("select seq from events where id = ?"),
    head: prepare("select source, position, revision, flags, hash from events where id = ?"),
    setPlace: prepare("update events set revision = ?, position = ? where id = ?"),
    setSource: prepare("update events set source = ?, revision = ?, position = ? where id = ?"),
    addRevision: prepare("update events set revision = revision + ? where id = ?"),
    supersede: prepare("update events set seq = ?, revision = revision + 1, flags = flags | ? where id = ?"),
    copy: prepare("select source, position, revision, flags, hash, body from copies where event = ? and source = ?"),
    copies: prepare("select source, position, revision, flags, hash, body from copies where event = ?"),
    putCopy: prepare("insert or replace into copies values (?, ?, ?, ?, ?, ?, ?, ?)"),
    setBody: prepare("update copies set body = ? where event = ? and source = ?"),
    deleteCopy: prepare("delete from copies where event = ? and source = ?"),
    reread: prepare("select source, position, revision, flags, hash, body from rereads where source = ? and event = ?"),
    putReread: prepare("insert or replace into rereads values (?, ?, ?, ?, ?, ?, ?)"),
    changedRereads: prepare("select event, body from rereads where source = ? and body is not null"),
    deleteRereads: prepare("delete from rereads where source = ?"),
    lostRows: prepare(
      `select id from events where session in (select session from source_sessions where source = ?)
       and source = ? and flags & ${FLAG.superseded} = 0
       and id not in (select event from rereads where source = ?)`,
    ),
    lostCopies: prepare(
      "select event from copies where source = ? and event not in (select event from rereads where source = ?)",
    ),
    putSession: prepare("insert or ignore into source_sessions values (?, ?)"),
  };
}
