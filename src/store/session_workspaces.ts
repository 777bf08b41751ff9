/**
 * Says in which workspaces sessions took place.
 *
 * @module
 */

import type { StoreReader } from "./reader.ts";

/** A workspace, and when a session began there, ms since the epoch. */
export interface SessionWorkspace {
  readonly workspace: string;
  readonly beganAt: number;
}

/** What is known of the sessions up to one. */
export interface SessionWorkspaces {
  /** Where each session began; one workspace may be there several times. */
  readonly workspaces: readonly SessionWorkspace[];
  /** The last session that was looked at; those that begin later have higher numbers. */
  readonly upTo: number;
}

/**
 * The workspaces of all sessions after one. By session, as there is no index by workspace: one row of each is read.
 *
 * @param after what an earlier call returned as `upTo`, 0 for all
 */
export function readSessionWorkspaces(reader: StoreReader, after: number): SessionWorkspaces {
  const { rows, upTo } = reader.read((database) => ({
    // Most sessions may be of no workspace, and are not to be looked at again either.
    upTo: database.prepare("select max(session) as session from source_sessions").get()!.session,
    rows: database.prepare(
      `select n.text as workspace, e.timestamp
         from (select distinct session from source_sessions where session > ?) s
         join events e on e.seq = (select seq from events where session = s.session order by timestamp limit 1)
         join names n on n.id = e.workspace`,
    ).all(after),
  }));
  return {
    upTo: Math.max(after, Number(upTo ?? 0)),
    workspaces: rows.map(({ workspace, timestamp }) => ({
      workspace: workspace as string,
      beganAt: timestamp as number,
    })),
  };
}
