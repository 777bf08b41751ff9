/**
 * Writes events: new ones by the batch, and those that are there already by merging what the source now says.
 *
 * One event can be held by several sources. Its row in `events` is the state of one of them, the one that comes first by
 * `compareHoldings()`; `copies` keeps what the others say. Whatever the order in which sources are read, the same rows
 * result. The revision that a reader sees is the sum over row and copies, so it goes up whenever any of them grows.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { EVENT_TYPES, METRIC_NAMES } from "../events/event.ts";
import { type Batch, COLUMN, COLUMNS, FLAG } from "./batch.ts";
import {
  CHUNK,
  type CopyRow,
  EVENT_COLUMNS,
  type EventStatements,
  prepareEventStatements,
} from "./event_statements.ts";
import type { NameTable } from "./names.ts";
import { pack } from "../platform/pack.ts";
import {
  decodeState,
  encodeState,
  type EventRow,
  type EventState,
  stateOfBatch,
  stateOfRow,
} from "./record.ts";
import { SourceLedger } from "./source_ledger.ts";
import { compareHoldings, fold, raise, replace, replaceInDatabase, type SourcePlace } from "./standing.ts";

type Parameter = number | string | null | Uint8Array;

/** What the table must know of the source whose events it takes. */
export interface EventSource {
  readonly id: number;
  /** It is being read again: what it says of its known events is held back until it has been read whole. */
  readonly rereading: boolean;
  /** What it says of an event takes the place of what it said before, wherever it stands: its records have keys, not places. */
  readonly isKeyed?: boolean;
}

/** The writer's numbers, kept in the one row of `counters`. */
export interface Counters {
  seq: number;
  events: number;
}

/** What a source says of an event. */
interface Holding {
  readonly source: number;
  readonly state: EventState;
}

/** The tables `events`, `copies`, `rereads` and `source_sessions`. All methods want an open write transaction. */
export class EventTable {
  readonly #names: NameTable;
  readonly #counters: Counters;
  readonly #statements: EventStatements;
  readonly #parameters: Parameter[] = new Array(CHUNK * EVENT_COLUMNS.length);
  readonly #ledger: SourceLedger;

  /**
   * @param counters shared with the caller, who stores them before each commit
   * @param placeOf the place of a source in the order between sources
   */
  constructor(
    database: DatabaseSync,
    names: NameTable,
    counters: Counters,
    readonly placeOf: (source: number) => SourcePlace,
  ) {
    this.#names = names;
    this.#counters = counters;
    this.#statements = prepareEventStatements(database);
    this.#ledger = new SourceLedger(this.#statements.putSession);
  }

  /** Forgets what it remembers of the tables: a transaction was rolled back. */
  forget(): void {
    this.#ledger.forget();
  }

  /** By source: how many events more or fewer it holds since this was last called. */
  takeHeld(): Map<number, number> {
    return this.#ledger.takeHeld();
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
      const isUnwanted = batch.columns[row * COLUMNS + COLUMN.unwanted] === 1;
      if (!sourceOf(row).rereading) {
        if (isUnwanted) continue;
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
   * @param lostFrom mark those events from this time on (ms) that it no longer has; `undefined` for none: a source that was
   * cut or is damaged
   */
  finishReread(source: number, lostFrom: number | undefined): void {
    const statements = this.#statements;
    for (const changed of statements.changedRereads.all(source)) {
      const id = changed.event as Uint8Array;
      const shown = this.#statements.row.get(id);
      // It may have been pruned in the meantime.
      if (shown !== undefined) {
        this.#apply(id, shown, decodeState(changed.body as Uint8Array), source, replace);
      }
    }
    if (lostFrom !== undefined) {
      const lost = statements.lostRows.all(source, source, lostFrom, source);
      for (const { id } of lost) this.#lose(id as Uint8Array, source);
      for (const { event, revision } of statements.lostCopies.all(source, source, lostFrom)) {
        const id = event as Uint8Array;
        statements.deleteCopy.run(id, source);
        // The sum over row and copies must not fall.
        statements.addRevision.run(revision as number, id);
        this.#ledger.hold(source, -1);
      }
    }
    statements.deleteRereads.run(source);
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
      changes = this.#statements.insertMany.run(...parameters).changes as number;
    } else {
      rows.forEach((row, index) => {
        this.#bind(batch, row, sourceOf(row).id, first + index, 0);
        changes += this.#statements.insertOne.run(...parameters.slice(0, width)).changes as number;
      });
    }
    this.#counters.seq += rows.length;
    this.#counters.events += changes;
    rows.forEach((row, index) => {
      const source = sourceOf(row);
      const isNew = changes === rows.length ||
        this.#statements.seq.get(batch.ids.subarray(row * 16, row * 16 + 16))!.seq === first + index;
      if (isNew) {
        this.#ledger.own(source.id, this.#names.idOfBatch(batch.columns[row * COLUMNS + COLUMN.session]!));
        this.#ledger.hold(source.id, 1);
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
    const { bytes, packed } = pack(
      batch.payload.subarray(start, start + columns[base + COLUMN.payloadLength]!),
    );
    parameters[at++] = seq;
    parameters[at++] = batch.ids.subarray(row * 16, row * 16 + 16);
    parameters[at++] = columns[base + COLUMN.revision]!;
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
      known.records === columns[base + COLUMN.revision] && ((known.flags as number) & FLAG.superseded) === 0
    ) return;
    this.#apply(
      id,
      this.#statements.row.get(id)!,
      this.#stateOfBatch(batch, row),
      source.id,
      source.isKeyed ? replaceInDatabase : fold,
    );
  }

  /**
   * Makes `state` what `source` says of an event that is there.
   *
   * @param shown its row
   * @param join makes one state of what the source said before and of what it says now
   */
  #apply(id: Uint8Array, shown: EventRow, state: EventState, source: number, join: typeof fold): void {
    const shownState = this.#stateOf(shown);
    if (((shown.flags as number) & FLAG.superseded) !== 0) {
      // No source had it any more; now one has.
      this.#show(id, raise(state, shownState), source);
      this.#ledger.hold(source, 1);
      return;
    }
    if (shown.source === source) {
      const next = join(shownState, state);
      if (next === shownState) return;
      if (next.hash === shownState.hash) {
        this.#statements.setPlace.run(source, next.revision, next.records, next.position, id);
      } else {
        this.#show(id, next, source);
        this.#keepCopies(id, shownState, next.hash);
      }
    } else {
      const copy = this.#statements.copy.get(id, source) as CopyRow | undefined;
      const known = copy === undefined ? undefined : stateOfCopy(copy, shownState);
      const next = known === undefined ? state : join(known, state);
      if (next === known) return;
      if (known === undefined) this.#ledger.hold(source, 1);
      this.#putCopy(id, source, next, shownState.hash);
    }
    this.#elect(id);
  }

  /** Holds back what a source that is read again says of an event that it had; others are taken at once. */
  #reread(batch: Batch, row: number, source: EventSource): void {
    const id = batch.ids.slice(row * 16, row * 16 + 16);
    const statements = this.#statements;
    const shown = this.#statements.row.get(id);
    const isUnwanted = batch.columns[row * COLUMNS + COLUMN.unwanted] === 1;
    if (shown === undefined) {
      if (isUnwanted) return;
      this.#insert(batch, [row], () => source);
      return this.#meet(id, source.id, this.#stateOfBatch(batch, row), false);
    }
    const state = this.#stateOfBatch(batch, row);
    const own = this.#ownState(id, shown, source.id);
    if (own === undefined) {
      if (isUnwanted) return;
      this.#apply(id, shown, state, source.id, fold);
      return this.#meet(id, source.id, state, false);
    }
    const met = statements.reread.get(source.id, id) as CopyRow | undefined;
    const before = met && stateOfCopy(met, own);
    const next = before === undefined ? state : fold(before, state);
    if (next === before) return;
    const isSuperseded = ((shown.flags as number) & FLAG.superseded) !== 0;
    this.#meet(id, source.id, next, isSuperseded || replace(own, next) !== own);
  }

  /** Notes that a source that is read again has an event, and how it is now if that is news. */
  #meet(id: Uint8Array, source: number, state: EventState, isNews: boolean): void {
    const { position, revision, records, flags, hash } = state;
    const body = isNews ? encodeState(state) : null;
    this.#statements.putReread.run(source, id, position, revision, records, flags, hash, body);
  }

  /** What a source says of an event with the row `shown`; `undefined` if it says nothing. */
  #ownState(id: Uint8Array, shown: EventRow, source: number): EventState | undefined {
    if (shown.source === source) return this.#stateOf(shown);
    const copy = this.#statements.copy.get(id, source) as CopyRow | undefined;
    return copy && stateOfCopy(copy, this.#stateOf(shown));
  }

  /** The source that is shown no longer has the event: the best of the others takes over, or it is superseded. */
  #lose(id: Uint8Array, source: number): void {
    const state = this.#stateOf(this.#statements.row.get(id)!);
    const best = this.#bestOf(this.#copiesOf(id, state));
    this.#ledger.hold(source, -1);
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
    const shown = this.#statements.row.get(id)!;
    const state = this.#stateOf(shown);
    const source = shown.source as number;
    const best = this.#bestOf([{ source, state }, ...this.#copiesOf(id, state)])!;
    if (best.source === source) return;
    this.#statements.deleteCopy.run(id, best.source);
    this.#putCopy(id, source, state, best.state.hash);
    if (best.state.hash === state.hash) {
      // The same content from another place: nothing that a reader sees has changed.
      const { revision, records, position } = best.state;
      this.#statements.setPlace.run(best.source, revision, records, position, id);
      this.#ledger.own(best.source, shown.session as number);
    } else {
      this.#show(id, best.state, best.source);
      this.#keepCopies(id, state, best.state.hash);
    }
  }

  #copiesOf(id: Uint8Array, shown: EventState): Holding[] {
    return (this.#statements.copies.all(id) as unknown as CopyRow[]).map((row) => {
      return { source: row.source, state: stateOfCopy(row, shown) };
    });
  }

  /** The holding that comes first. */
  #bestOf(holdings: readonly Holding[]): Holding | undefined {
    let best: Holding | undefined;
    for (const next of holdings) {
      const isBetter = best === undefined ||
        compareHoldings(next.state, this.placeOf(next.source), best.state, this.placeOf(best.source)) > 0;
      if (isBetter) best = next;
    }
    return best;
  }

  /** Writes the row of an event anew, at the end of the order of export. */
  #show(id: Uint8Array, state: EventState, source: number): void {
    const { bytes, packed } = pack(new TextEncoder().encode(state.data));
    const names = this.#names;
    const session = names.id(state.session);
    this.#statements.update.run(
      ++this.#counters.seq,
      id,
      state.revision,
      state.records,
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
    this.#ledger.own(source, session);
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
      state.records,
      state.flags,
      state.hash,
      state.hash === shownHash ? null : encodeState(state),
    );
  }

  #stateOfBatch(batch: Batch, row: number): EventState {
    return stateOfBatch(batch, row, (name) => this.#names.textOfBatch(name));
  }

  #stateOf(row: EventRow): EventState {
    return stateOfRow(row, (name) => this.#names.text(name));
  }
}

/** The state in a row that has a body only where its content is not that of `same`. */
function stateOfCopy(row: CopyRow, same: EventState): EventState {
  const { revision, records, position } = row;
  return { ...row.body === null ? same : decodeState(row.body), revision, records, position };
}
