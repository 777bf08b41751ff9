/**
 * One collector at a time: `collector.lock` says whether one runs, `collector.json` says who.
 *
 * The lock is SQLite's own exclusive lock on an empty database file: it works alike on all systems and is freed by the
 * system when the process dies. The file is never written; on Windows it could not even be read.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { THIS_OS } from "../platform/environment.ts";

/** How long to wait for another process that only looks whether the lock is held, ms. */
const LOOKING_TIMEOUT = 300;

const STARTED_BY = ["start", "sync", "background", "service"] as const;
const WATCHING = ["events", "sweep", "none"] as const;
const PHASES = ["history", "live", "paused"] as const;

/** What `collector.json` says of the running collector. */
export interface CollectorInfo {
  readonly pid: number;
  readonly version: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** How it was started: by a command in a terminal, by `start --background`, or as a service. */
  readonly startedBy: typeof STARTED_BY[number];
  /** How it learns of changes: told by the system, or by looking. */
  readonly watching: typeof WATCHING[number];
  /** What it is at: history, new events alone, or waiting until something is put right. */
  readonly phase: typeof PHASES[number];
  /** Why it is paused. */
  readonly reason?: string;
  /** How many collectors before it, in a row, ended unexpectedly. */
  readonly crashes?: number;
}

/** The lock, held until it is released or the process ends. */
export class CollectorLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Takes the lock at `path`, or returns `undefined` if another collector holds it. */
  static acquire(path: string): CollectorLock | undefined {
    const database = new DatabaseSync(path);
    try {
      if (THIS_OS !== "windows") Deno.chmodSync(path, 0o600);
      database.exec(`pragma busy_timeout = ${LOOKING_TIMEOUT}; begin exclusive`);
      return new CollectorLock(database);
    } catch (error) {
      database.close();
      if (isLocked(error)) return undefined;
      throw error;
    }
  }

  /** Frees the lock. */
  release(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Whether a collector holds the lock at `path`. */
export function isCollectorRunning(path: string): boolean {
  let database: DatabaseSync;
  try {
    Deno.statSync(path);
    database = new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  try {
    database.exec("pragma busy_timeout = 0");
    database.prepare("select 1 from sqlite_master").get();
    return false;
  } catch (error) {
    if (isLocked(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

/** Writes `collector.json`, whole or not at all. */
export function writeCollectorInfo(path: string, info: CollectorInfo): void {
  const draft = `${path}.new`;
  Deno.writeTextFileSync(draft, JSON.stringify(info), { mode: 0o600 });
  Deno.renameSync(draft, path);
}

/**
 * What `collector.json` says, `undefined` if that is not known: it is not there, can't be read or holds something else. It
 * may be of a collector that died: ask the lock first.
 */
export function collectorInfo(path: string): CollectorInfo | undefined {
  try {
    const value: unknown = JSON.parse(Deno.readTextFileSync(path));
    return isCollectorInfo(value) ? value : undefined;
  } catch {
    // The file only says who holds the lock: whatever is wrong with it, `status` and `stop` go on without.
    return undefined;
  }
}

/** Written out, as the schema library would take half of the time that `status` has. */
function isCollectorInfo(value: unknown): value is CollectorInfo {
  if (typeof value !== "object" || value === null) return false;
  const { pid, version, startedAt, startedBy, watching, phase, reason, crashes } = value as Record<
    string,
    unknown
  >;
  const isOneOf = (names: readonly unknown[], name: unknown) => names.includes(name);
  return Number.isSafeInteger(pid) && typeof version === "string" && Number.isSafeInteger(startedAt) &&
    isOneOf(STARTED_BY, startedBy) && isOneOf(WATCHING, watching) && isOneOf(PHASES, phase) &&
    (reason === undefined || typeof reason === "string") &&
    (crashes === undefined || Number.isSafeInteger(crashes));
}

/** Removes `collector.json` at the end. */
export function removeCollectorInfo(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message.includes("database is locked");
}
