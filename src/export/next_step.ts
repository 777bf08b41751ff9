/**
 * Finds what a remote is to have next: what is due, then what its filter no longer keeps back, then what is new.
 *
 * @module
 */

import type { StoreReader } from "../store/reader.ts";
import {
  type Candidate,
  candidatesAfter,
  dueCandidates,
  heldRoutes,
  lostDeferred,
  nextDue,
} from "../store/remotes.ts";
import type { ExportStep, Route } from "../store/remote_table.ts";
import { routeKey, type Routing } from "./routing.ts";
import { dueTime } from "./settled.ts";

/** What is decided at once, and the events that are to be sent by it. */
export interface NextStep {
  readonly send: readonly Candidate[];
  readonly decided: Pick<ExportStep, "cursor" | "held" | "caughtUp" | "deferred" | "undeferred">;
}

/** Data that is looked at in one step, bytes as stored. */
const PAGE_BYTES = 1 << 20;
/** Rows, where most are not wanted. */
const MOST_ROWS = 2_000;

/** Where a remote stands. */
export interface Position {
  readonly remote: number;
  readonly cursor: number;
}

/** Finds the steps of one remote. */
export class StepFinder {
  readonly #routing: Routing;
  readonly #batchSize: number;
  #rows: number;
  /** Routes in `held_routes` that are not wanted, so that each is noted once. */
  readonly #held = new Set<string>();
  #isLoaded = false;

  constructor(routing: Routing, batchSize: number) {
    this.#routing = routing;
    this.#batchSize = this.#rows = batchSize;
  }

  /** The next step; `undefined` if there is nothing to decide now. */
  find(reader: StoreReader, position: Position, now: number): NextStep | undefined {
    return reader.read(() =>
      this.#due(reader, position, now) ?? this.#catchUp(reader, position, now) ??
        this.#walk(reader, position, now)
    );
  }

  #due(reader: StoreReader, { remote, cursor }: Position, now: number): NextStep | undefined {
    const due = nextDue(reader, remote);
    if (due === undefined || due > now) return undefined;
    const found = dueCandidates(reader, remote, now, { rows: this.#batchSize, bytes: PAGE_BYTES });
    if (found.length === 0) return { send: [], decided: { undeferred: lostDeferred(reader, remote) } };
    // What has changed since then is met by the walk.
    const still = found.filter(({ seq }) => seq <= cursor);
    const send = still.filter(({ route }) => this.#routing.wants(route));
    const held = still.filter(({ route }) => !this.#routing.wants(route)).map(({ route, seq }) => ({
      ...route,
      cursor: seq - 1,
    }));
    return { send, decided: { undeferred: found.map(({ id }) => id), held } };
  }

  /** What the filter kept back and keeps back no more. */
  #catchUp(reader: StoreReader, { remote, cursor }: Position, now: number): NextStep | undefined {
    if (this.#isLoaded) return undefined;
    const held = heldRoutes(reader, remote);
    const wanted = held.filter((route) => this.#routing.wants(route));
    for (const route of held) {
      if (!this.#routing.wants(route)) this.#held.add(routeKey(route));
    }
    if (wanted.length === 0) {
      this.#isLoaded = true;
      return undefined;
    }
    const from = Math.min(...wanted.map(({ cursor }) => cursor));
    const since = new Map(wanted.map((route) => [routeKey(route), route.cursor]));
    const page = candidatesAfter(reader, from, cursor, { rows: this.#rows, bytes: PAGE_BYTES });
    const taken = this.#take(page, now, ({ route, seq }) => seq > (since.get(routeKey(route)) ?? Infinity));
    const { send, deferred, last } = taken;
    const isDone = page.length === 0;
    const routes: readonly Route[] = isDone ? wanted : wanted.filter((route) => route.cursor < last!);
    const caughtUp = { routes, cursor: isDone ? undefined : last };
    return { send, decided: { deferred, undeferred: send.map(({ id }) => id), caughtUp } };
  }

  #walk(reader: StoreReader, { cursor }: Position, now: number): NextStep | undefined {
    const limits = { rows: this.#rows, bytes: PAGE_BYTES };
    const page = candidatesAfter(reader, cursor, Number.MAX_SAFE_INTEGER, limits);
    if (page.length === 0) return undefined;
    const held: (Route & { cursor: number })[] = [];
    const taken = this.#take(page, now, ({ route, seq }) => {
      if (this.#routing.wants(route)) return true;
      const key = routeKey(route);
      if (!this.#held.has(key)) {
        this.#held.add(key);
        held.push({ ...route, cursor: seq - 1 });
      }
      return false;
    });
    const { send, deferred, last } = taken;
    // One that was deferred and has changed meanwhile is sent now, and not once more when it would have been due.
    return { send, decided: { deferred, undeferred: send.map(({ id }) => id), held, cursor: last! } };
  }

  /** Goes through a page until a batch is full; `last` is the number of the last event that was looked at. */
  #take(page: readonly Candidate[], now: number, wants: (candidate: Candidate) => boolean) {
    const send: Candidate[] = [];
    const deferred: { event: Uint8Array; dueAt: number }[] = [];
    let last: number | undefined;
    for (const candidate of page) {
      last = candidate.seq;
      if (!wants(candidate)) continue;
      const dueAt = dueTime(candidate, now);
      if (dueAt !== undefined) deferred.push({ event: candidate.id, dueAt });
      else if (send.push(candidate) === this.#batchSize) break;
    }
    this.#rows = send.length === this.#batchSize ? this.#batchSize : Math.min(MOST_ROWS, 2 * this.#rows);
    return { send, deferred, last };
  }
}
