/**
 * Which events are wanted, and the conditions and the index that find them.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { EVENT_TYPES, type EventType } from "../events/event.ts";
import { FLAG } from "./batch.ts";

/** Which events are wanted: those to which all that is given applies. An empty list is as good as none. */
export interface EventFilter {
  readonly agents?: readonly string[];
  /** Absolute paths: events of that folder, or of one below it. */
  readonly workspaces?: readonly string[];
  /** Ids of sessions, or how they begin where there is none of exactly that id. */
  readonly sessions?: readonly string[];
  readonly types?: readonly EventType[];
  /** Ms since the epoch: from this time on. */
  readonly since?: number;
  /** Ms since the epoch: before this time. */
  readonly until?: number;
  /** Stands in any text of an event's data, whatever its case. */
  readonly search?: string;
  /**
   * So many of the newest; 0 is all.
   *
   * @default {0}
   */
  readonly limit?: number;
  /**
   * Also events that their source no longer has.
   *
   * @default {false}
   */
  readonly includeSuperseded?: boolean;
}

/** A filter in terms of the table `events e`. */
export interface EventConditions {
  /** The index to use; both give events in the order of time, the first only within a session. */
  readonly index: "events_by_session" | "events_by_time";
  /** Conditions but that on time, without parameters. */
  readonly where: readonly string[];
  readonly since: number;
  readonly until: number;
}

/** Looks up the names in a filter; `undefined` if one of them is unknown in such a way that nothing can match. */
export function resolveFilter(database: DatabaseSync, filter: EventFilter): EventConditions | undefined {
  const { agents = [], workspaces = [], sessions = [], types = [], since, until, includeSuperseded } = filter;
  const names = { agent: agents, workspace: workspaces, session: sessions };
  const where: string[] = [];
  for (const column of ["agent", "workspace", "session"] as const) {
    if (names[column].length === 0) continue;
    const ids = names[column].flatMap((name) => LOOK_UP[column](database, name));
    if (ids.length === 0) return undefined;
    where.push(`e.${column} in (${ids.join(",")})`);
  }
  if (types.length > 0) where.push(`e.type in (${types.map((type) => EVENT_TYPES.indexOf(type)).join(",")})`);
  if (!includeSuperseded) where.push(`e.flags & ${FLAG.superseded} = 0`);
  return {
    index: sessions.length > 0 ? "events_by_session" : "events_by_time",
    where,
    since: Math.ceil(since ?? Number.MIN_SAFE_INTEGER),
    until: Math.ceil(until ?? Number.MAX_SAFE_INTEGER),
  };
}

/** The ids of the names that a value of a filter stands for. That some are names of something else does no harm. */
const LOOK_UP = { agent: findExact, workspace: findFolder, session: findStart } as const;

function findExact(database: DatabaseSync, text: string): readonly number[] {
  return ids(database, "text = ?", text);
}

/** The folder and all below it: those between `folder/` and the next text that is not. */
function findFolder(database: DatabaseSync, path: string): readonly number[] {
  const folder = path.replace(/[/\\]+$/, "");
  const below = "text >= ? and text < ?";
  return ids(
    database,
    `text = ? or (${below}) or (${below})`,
    folder,
    `${folder}/`,
    `${folder}0`,
    `${folder}\\`,
    `${folder}]`,
  );
}

function findStart(database: DatabaseSync, text: string): readonly number[] {
  const exact = findExact(database, text);
  if (exact.length > 0) return exact;
  return ids(database, "text >= ? and text < ?", text, `${text}\u{10ffff}`);
}

function ids(database: DatabaseSync, where: string, ...texts: readonly string[]): readonly number[] {
  return database.prepare(`select id from names where ${where}`).all(...texts).map(({ id }) => id as number);
}
