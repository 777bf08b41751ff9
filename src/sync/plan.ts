/**
 * Decides what is to be done with a source, and what comes first. Pure.
 *
 * @module
 */

import type { Agent } from "../agents/agent.ts";
import { covers, SILENT } from "../platform/workspace_filter.ts";
import { type FileStamp, isUnchanged, looksAlike } from "../sources/stamp.ts";
import { IN_A_MOMENT } from "../store/next_try.ts";
import { MAX_ATTEMPTS } from "../store/source_table.ts";
import type { KnownSource } from "../store/source_list.ts";
import type { CatalogSource } from "./catalog.ts";

/** A line longer than this is not decoded, bytes: 60 MiB decoded and parsed peak at over 400 MB. */
const MAX_LINE = 16 << 20;
/** The same for a source whose reading ended the process twice without any progress: the line is to blame. */
const MAX_LINE_CAREFUL = 1 << 20;

const DAY = 86_400_000;
/** What its agent deletes within this time is read before all else. */
const SOON = 7 * DAY;

/** What is to be done with a source. */
export type Decision =
  /** Nothing: it has not changed. */
  | "unchanged"
  /** Nothing: all of it is older than asked for, or older than it was when it was first seen. */
  | "left-out"
  /** Nothing: it failed too often. */
  | "set-aside"
  /** Nothing yet: it failed, and its time has not come. */
  | "waiting"
  /** Read it from its cursor. */
  | "read"
  /** Read it from its start, though its events are stored. */
  | "read-again";

/**
 * Decides what is to be done with a source whose file looks like `stamp` now.
 *
 * @param filter which workspaces are wanted now (`filterText()`), or {@link SILENT}
 */
export function decide(
  source: Readonly<CatalogSource>,
  agent: Agent,
  stamp: FileStamp,
  collectFrom: number,
  now: number,
  filter = "",
): Decision {
  const isUnread = source.readAt === 0;
  const wanted = Math.min(collectFrom, source.collectedFrom);
  if (isUnread && stamp.mtime < wanted) return "left-out";
  if (isOfOtherAdapter(source, agent)) return "read-again";
  // Another source tells the same now, or does no longer.
  const isTurned = !isUnread && (source.collectedFilter === SILENT) !== (filter === SILENT);
  if (source.attempts >= MAX_ATTEMPTS) return "set-aside";
  if (wanted < source.collectedFrom && (isUnread || source.leftOut > 0)) return "read-again";
  if (!isUnread && source.leftOut > 0 && filter !== SILENT && !covers(source.collectedFilter, filter)) {
    return "read-again";
  }
  // One that is not "synced" was left in its middle; one that was gone is back.
  const isWhole = source.status === "synced" && !source.gone;
  if (isWhole && !isTurned && isUnchanged(source.stamp, source.readAt, stamp)) return "unchanged";
  if (nextTryOf(source, stamp) > now) return "waiting";
  return isTurned ? "read-again" : "read";
}

/**
 * When a source whose file looks like `stamp` now is tried again, ms since the epoch; 0 if it did not fail. A change of the
 * file ends the pause behind a failure: what could not be read may be whole now. Not of one that was set aside, for what
 * ended the process three times is still in it.
 */
export function nextTryOf(source: Readonly<CatalogSource>, stamp: FileStamp): number {
  if (source.status !== "error" || source.gone) return 0;
  const { nextTry = 0, restsUntil } = source;
  const isSetAside = source.attempts >= MAX_ATTEMPTS - 1;
  if (!isSetAside && !looksAlike(source.stamp, stamp)) return Math.min(nextTry, restsUntil ?? 0);
  // What failed before the collector was started has no moment to wait: a `sync` would end before it.
  return restsUntil === undefined ? nextTry - IN_A_MOMENT : nextTry;
}

/** Whether a source was read by another adapter than there is now: an older one, or by another map of the user's. */
export function isOfOtherAdapter(
  { adapterVersion }: Pick<KnownSource, "adapterVersion">,
  agent: Agent,
): boolean {
  return agent.isOwn ? agent.adapterVersion !== adapterVersion : agent.adapterVersion > adapterVersion;
}

/** How long a line of the source may be; the attempt that is about to be made is counted already. */
export function maxLineOf(source: KnownSource): number {
  return source.attempts >= MAX_ATTEMPTS ? MAX_LINE_CAREFUL : MAX_LINE;
}

/** What the order of history depends on. */
export interface Candidate {
  /** When the file was last written, ms since the epoch. */
  readonly mtime: number;
  readonly deletesAfterDays?: number;
}

/** Orders history: what an agent will delete soonest first, then newest first. */
export function compareUrgency(a: Candidate, b: Candidate, now: number): number {
  const [deletedA, deletedB] = [deletionOf(a), deletionOf(b)];
  const [isSoonA, isSoonB] = [deletedA - now < SOON, deletedB - now < SOON];
  if (isSoonA && isSoonB) return deletedA - deletedB;
  if (isSoonA !== isSoonB) return isSoonA ? -1 : 1;
  return b.mtime - a.mtime;
}

function deletionOf({ mtime, deletesAfterDays }: Candidate): number {
  return deletesAfterDays === undefined ? Infinity : mtime + deletesAfterDays * DAY;
}
