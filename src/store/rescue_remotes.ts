/**
 * Takes over from a damaged store how far each remote is.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { attempt } from "./salvage.ts";

/** What belongs to a remote; without all of it, it can't be told what it has. */
const TABLES = ["batches", "held_routes", "deferred", "dead_letters"] as const;

/**
 * Takes over what can be read; events keep their numbers, so cursors stay true. Where something is missing everything is
 * sent again: what a remote has twice it can tell by the id, what it never gets it can't.
 *
 * @param hasLostEvents events were lost that will be read again, and then count their revisions from 1: all that is sent
 * from now on must count as newer than what was sent
 */
export function rescueRemotes(damaged: DatabaseSync, fresh: DatabaseSync, hasLostEvents: boolean): void {
  if (!copyTable(damaged, fresh, "remotes")) return;
  const isWhole = TABLES.map((table) => copyTable(damaged, fresh, table)).every(Boolean);
  if (!isWhole || hasLostEvents) fresh.exec("update remotes set epoch = epoch + 1");
  if (isWhole) return;
  fresh.exec("update remotes set cursor = 0; update held_routes set cursor = 0; delete from deferred");
}

/** Copies the rows of a table; says whether all of it could be read. */
function copyTable(damaged: DatabaseSync, fresh: DatabaseSync, table: string): boolean {
  // `all()` throws at a page that can't be read.
  const rows = attempt(() => damaged.prepare(`select * from ${table}`).all());
  if (rows === undefined) return false;
  for (const row of rows) {
    const columns = Object.keys(row);
    const places = columns.map(() => "?").join(", ");
    const insert = fresh.prepare(
      `insert or replace into ${table} (${columns.join(", ")}) values (${places})`,
    );
    insert.run(...Object.values(row));
  }
  return true;
}
