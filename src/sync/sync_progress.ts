/**
 * How far the collector is.
 *
 * @module
 */

import { LINE_FORMATS } from "../agents/agent.ts";
import type { CatalogSource } from "./catalog.ts";

/** How far the sources in scope are committed, in bytes. */
export interface SyncProgress {
  readonly committedBytes: number;
  readonly totalBytes: number;
  readonly sources: number;
  /** Sources that were left out because all of them is older than asked for. */
  readonly leftOutSources: number;
  readonly leftOutBytes: number;
  /** Events of other sources that were left out for the same reason. */
  readonly leftOutEvents: number;
}

/** Sums up all sources; those that are gone count for nothing. */
export function sumProgress(
  sources: Iterable<CatalogSource>,
): SyncProgress {
  let committedBytes = 0,
    totalBytes = 0,
    count = 0,
    leftOutSources = 0,
    leftOutBytes = 0,
    leftOutEvents = 0;
  for (const source of sources) {
    if (source.gone) continue;
    const { size, mtime } = source.stamp;
    if (source.readAt === 0 && mtime < source.collectedFrom) {
      leftOutSources++;
      leftOutBytes += size;
      continue;
    }
    count++;
    totalBytes += size;
    leftOutEvents += source.leftOut;
    if (source.status === "synced") committedBytes += size;
    else if (LINE_FORMATS.has(source.format)) committedBytes += Math.min(size, source.cursor.offset);
  }
  return { committedBytes, totalBytes, sources: count, leftOutSources, leftOutBytes, leftOutEvents };
}
