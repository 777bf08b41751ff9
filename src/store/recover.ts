/**
 * Puts a new store in the place of a damaged one.
 *
 * What can't be saved comes back from the sources: all of them are read again, and nothing that they no longer have is
 * superseded by that.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { openToWrite } from "./open.ts";
import { rescue, type Rescued } from "./rescue.ts";

/** What became of a damaged store; kept in `meta` under `recovery`, as JSON. */
export interface Recovery {
  /** Ms since the epoch. */
  readonly at: number;
  /** Where the damaged store is now. */
  readonly movedTo: string;
  readonly savedEvents: number;
  readonly savedSources: number;
  /** Numbers (`events.seq`) at which events may have been lost, both ends included; empty if none was. */
  readonly lostRanges: readonly (readonly [number, number])[];
}

/** The files beside a store. The log comes first: SQLite would take it for that of another store of the same name. */
const SIDES = ["-wal", "-shm"] as const;

/**
 * Without its defensive mode SQLite can be told to open a file that is shorter than its header says (`lockBtree()` in its
 * `btree.c`). Deno 2.9 knows the option, its types don't.
 */
const DAMAGED = { readOnly: true, defensive: false };

/**
 * Makes a new store of what can be read of a damaged one, which is moved aside, never deleted. Only the holder of the
 * collector's lock may call this, and only after `classifyTrouble()` has said "corrupt"; this process must have closed all
 * its connections to the store. The damaged one stays in place until the new one is complete, so that a kill costs nothing
 * but the time.
 *
 * @param now ms since the epoch
 * @throws if the new store can't be written
 */
export function recoverStore(path: string, now: number): Recovery {
  const movedTo = freeName(`${path}.corrupt-${new Date(now).toISOString().replaceAll(":", "")}`);
  const draft = `${path}.recovered`;
  // Of a recovery that was interrupted.
  for (const end of ["", ...SIDES]) ifFound(() => Deno.removeSync(draft + end));
  const fresh = openToWrite(draft);
  let recovery: Recovery;
  try {
    const saved = rescueFrom(path, fresh, now);
    recovery = {
      at: now,
      movedTo,
      savedEvents: saved.events,
      savedSources: saved.sources,
      lostRanges: saved.lost.map(({ from, to }) => [from, to]),
    };
    fresh.prepare("insert or replace into meta (key, value) values ('recovery', ?)").run(
      JSON.stringify(recovery),
    );
  } finally {
    fresh.close();
  }
  for (const side of SIDES) ifFound(() => Deno.renameSync(path + side, movedTo + side));
  Deno.renameSync(path, movedTo);
  Deno.renameSync(draft, path);
  return recovery;
}

function rescueFrom(path: string, fresh: DatabaseSync, now: number): Rescued {
  const damaged = new DatabaseSync(path, DAMAGED);
  try {
    damaged.exec("pragma writable_schema = on");
    return rescue(damaged, fresh, now);
  } finally {
    damaged.close();
  }
}

/** The path, or one beside it if there is something already. */
function freeName(path: string): string {
  for (let number = 1;; number++) {
    const name = number === 1 ? path : `${path}-${number}`;
    if (ifFound(() => Deno.lstatSync(name)) === undefined) return name;
  }
}

/** The result of `run`, or `undefined` if it finds no file. */
function ifFound<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
