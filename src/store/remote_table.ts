/**
 * Writes how far each remote is.
 *
 * One step of a delivery is one transaction: what was acknowledged goes, what is sent next is frozen, and the cursor moves
 * past it. So whatever the moment of a crash, an event is behind the cursor, in a batch, deferred or a dead letter.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** What a remote is; another target is another remote. */
export interface RemoteKey {
  readonly name: string;
  readonly type: string;
  readonly target: string;
}

/** Events that are wanted or not wanted together, as numbers of the tables `names` and `events`. */
export interface Route {
  readonly agent: number;
  readonly workspace: number;
  readonly type: number;
}

/** A batch to freeze. */
export interface NewBatch {
  readonly key: string;
  /** 16 bytes an event. */
  readonly members: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How often what it was made of was sent in vain. */
  readonly tries: number;
}

/** An event that a remote would not have. */
export interface NewDeadLetter {
  readonly event: Uint8Array;
  readonly status?: number;
  readonly answer: string;
  readonly tries: number;
}

/** What happens to one remote at once. */
export interface ExportStep {
  readonly remote: number;
  /** Ms since the epoch. */
  readonly now: number;
  /** Batches that are done with. */
  readonly finished?: readonly number[];
  /** What they brought there. */
  readonly delivered?: { readonly events: number; readonly bytes: number };
  /** Events that the remote said it lost. */
  readonly rejected?: number;
  readonly deadLetters?: readonly NewDeadLetter[];
  readonly frozen?: readonly NewBatch[];
  /** Everything up to it has been decided about. */
  readonly cursor?: number;
  /** Routes that the filter keeps back, each from where on. */
  readonly held?: readonly (Route & { readonly cursor: number })[];
  /** Routes that are wanted again, and up to where they have been caught up with; `undefined` when wholly. */
  readonly caughtUp?: { readonly routes: readonly Route[]; readonly cursor: number | undefined };
  readonly deferred?: readonly { readonly event: Uint8Array; readonly dueAt: number }[];
  readonly undeferred?: readonly Uint8Array[];
  /** Nothing is left to send. */
  readonly isCaughtUp?: boolean;
  /** A batch did not get through, or nothing does. */
  readonly failure?: {
    readonly batch?: number;
    readonly message: string;
    readonly failures: number;
    readonly nextTry: number;
    readonly state: "open" | "down" | "paused";
  };
}

/** Deliveries that are further apart are not of one go, of which the rate is measured, ms. */
const RATE_GAP = 5_000;

const SQL = {
  open: "insert or ignore into remotes (name, type, target) values (?, ?, ?)",
  find: "select id from remotes where name = ? and type = ? and target = ?",
  finish: "delete from batches where id = ? and remote = ?",
  deliver: `update remotes set delivered = delivered + ?1, delivered_bytes = delivered_bytes + ?2,
      rate_from = iif(?3 - coalesce(last_delivered_at, 0) < ${RATE_GAP}, rate_from, ?3),
      rate_events = iif(?3 - coalesce(last_delivered_at, 0) < ${RATE_GAP}, rate_events + ?1, 0),
      last_delivered_at = ?3 where id = ?4`,
  reject: "update remotes set rejected = rejected + ? where id = ?",
  bury: `insert into dead_letters (remote, event, revision, status, answer, first_at, last_at, tries)
    select ?, ?, revision, ?, ?, ?, ?, ? from events where id = ?
    on conflict (remote, event) do update set revision = excluded.revision, status = excluded.status,
      answer = excluded.answer, last_at = excluded.last_at, tries = tries + excluded.tries`,
  freeze:
    "insert into batches (remote, key, members, headers, body, tries, created_at) values (?, ?, ?, ?, ?, ?, ?)",
  move: "update remotes set cursor = ? where id = ?",
  hold: `insert into held_routes values (?, ?, ?, ?, ?)
    on conflict do update set cursor = min(cursor, excluded.cursor)`,
  follow: "update held_routes set cursor = ? where remote = ? and agent = ? and workspace = ? and type = ?",
  release: "delete from held_routes where remote = ? and agent = ? and workspace = ? and type = ?",
  defer: `insert into deferred values (?, ?, ?)
    on conflict (remote, event) do update set due_at = excluded.due_at`,
  undefer: "delete from deferred where remote = ? and event = ?",
  catchUp: "update remotes set caught_up_at = ? where id = ?",
  fail:
    `update remotes set last_error = ?, last_error_at = ?, failures = ?, next_try = ?, state = ? where id = ?`,
  succeed:
    "update remotes set failures = 0, next_try = null, state = 'open' where id = ? and (failures > 0 or state <> 'open')",
  countTry: "update batches set tries = tries + 1 where id = ?",
} as const;

/** The tables `remotes`, `held_routes`, `deferred`, `batches` and `dead_letters`. All methods want an open transaction. */
export class RemoteTable {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<keyof typeof SQL, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The id of a remote, which is made if it is new. */
  open({ name, type, target }: RemoteKey): number {
    this.#sql("open").run(name, type, target);
    return this.#sql("find").get(name, type, target)!.id as number;
  }

  /** Takes one step. */
  step(step: ExportStep): void {
    const { remote, now } = step;
    for (const batch of step.finished ?? []) this.#sql("finish").run(batch, remote);
    if (step.delivered !== undefined) {
      this.#sql("deliver").run(step.delivered.events, step.delivered.bytes, now, remote);
      this.#sql("succeed").run(remote);
    }
    if (step.rejected !== undefined) this.#sql("reject").run(step.rejected, remote);
    for (const { event, status, answer, tries } of step.deadLetters ?? []) {
      this.#sql("bury").run(remote, event, status ?? null, answer, now, now, tries, event);
    }
    for (const { key, members, headers, body, tries } of step.frozen ?? []) {
      this.#sql("freeze").run(remote, key, members, JSON.stringify(headers), body, tries, now);
    }
    if (step.cursor !== undefined) this.#sql("move").run(step.cursor, remote);
    for (const { agent, workspace, type, cursor } of step.held ?? []) {
      this.#sql("hold").run(remote, agent, workspace, type, cursor);
    }
    for (const { agent, workspace, type } of step.caughtUp?.routes ?? []) {
      const { cursor } = step.caughtUp!;
      if (cursor === undefined) this.#sql("release").run(remote, agent, workspace, type);
      else this.#sql("follow").run(cursor, remote, agent, workspace, type);
    }
    for (const event of step.undeferred ?? []) this.#sql("undefer").run(remote, event);
    for (const { event, dueAt } of step.deferred ?? []) this.#sql("defer").run(remote, event, dueAt);
    if (step.isCaughtUp) this.#sql("catchUp").run(now, remote);
    if (step.failure !== undefined) {
      const { batch, message, failures, nextTry, state } = step.failure;
      if (batch !== undefined) this.#sql("countTry").run(batch);
      this.#sql("fail").run(message, now, failures, nextTry, state, remote);
    }
  }

  /**
   * Notes how much of each event the remote may have.
   *
   * @param isWider all that it has had must be sent anew
   */
  setContent(remote: number, content: string, isWider: boolean): void {
    this.#run("update remotes set content = ? where id = ?", content, remote);
    if (!isWider) return;
    this.#run("update remotes set epoch = epoch + 1 where id = ?", remote);
    this.sendAgain(remote);
  }

  /** Has everything sent again. */
  sendAgain(remote: number): void {
    this.#run("update remotes set cursor = 0 where id = ?", remote);
    this.#run("update held_routes set cursor = 0 where remote = ?", remote);
    this.#run("delete from deferred where remote = ?", remote);
  }

  /** The remote is tried at once: what kept it from that has changed. */
  retryNow(remote: number): void {
    this.#run("update remotes set failures = 0, next_try = null, state = 'open' where id = ?", remote);
  }

  /** Sends dead letters again, all of a remote or one; says how many. */
  retryDeadLetters(remote: number, event: Uint8Array | undefined, now: number): number {
    this.#run(
      `insert or replace into deferred select remote, event, ? from dead_letters
       where remote = ? and (? is null or event = ?)`,
      now,
      remote,
      event ?? null,
      event ?? null,
    );
    return this.dropDeadLetters(remote, event);
  }

  /** Gives dead letters up, all of a remote or one; says how many. */
  dropDeadLetters(remote: number, event: Uint8Array | undefined): number {
    return this.#run(
      "delete from dead_letters where remote = ? and (? is null or event = ?)",
      remote,
      event ?? null,
      event ?? null,
    );
  }

  /** Forgets a remote, and with it what is not delivered. */
  remove(remote: number): void {
    for (const table of ["held_routes", "deferred", "batches", "dead_letters"]) {
      this.#run(`delete from ${table} where remote = ?`, remote);
    }
    this.#run("delete from remotes where id = ?", remote);
  }

  #run(sql: string, ...parameters: (number | string | Uint8Array | null)[]): number {
    return Number(this.#database.prepare(sql).run(...parameters).changes);
  }

  #sql(name: keyof typeof SQL): StatementSync {
    const known = this.#prepared.get(name) ?? this.#database.prepare(SQL[name]);
    this.#prepared.set(name, known);
    return known;
  }
}
