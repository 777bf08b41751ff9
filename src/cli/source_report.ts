/**
 * `sync --status`: how far each source is.
 *
 * @module
 */

import type { StoreReader } from "../store/reader.ts";
import { type KnownSource, listSources, type SourceStatus } from "../store/source_list.ts";
import type { Invocation } from "./command.ts";
import { EXIT } from "./errors.ts";
import { formatAge, formatBytes, formatCount } from "./format.ts";
import { jsonText } from "./json_text.ts";
import { table } from "./table.ts";

/** How a source stands, for people and scripts. */
export type SourceState = SourceStatus | "left-out" | "gone";

function stateOf(source: KnownSource): SourceState {
  if (source.gone) return "gone";
  const isLeftOut = source.readAt === 0 && source.status === "pending" &&
    source.stamp.mtime < source.collectedFrom;
  return isLeftOut ? "left-out" : source.status;
}

/** Prints all sources: as a table, those that are not synced with the reason; or as JSON. */
export function showSources(reader: StoreReader, { options, terminal }: Invocation): number {
  const sources = listSources(reader);
  if (options.text("format") === "json") {
    terminal.out(`${jsonText(sources.map(describeSource), 2)}\n`);
    return EXIT.done;
  }
  if (sources.length === 0) {
    terminal.out("no source of any agent was found yet\n");
    return EXIT.done;
  }
  const now = Date.now();
  const rows = sources.map((source) => [
    stateOf(source),
    source.agent,
    source.stamp.size === 0 ? "0 B" : formatBytes(source.stamp.size),
    formatCount(source.events),
    source.lastSyncedAt === undefined ? "never" : formatAge(source.lastSyncedAt, now),
    source.error === undefined ? source.path : `${source.path}: ${source.error}`,
  ]);
  const columns = [
    { header: "State" },
    { header: "Agent" },
    { header: "Size", align: "right" },
    { header: "Events", align: "right" },
    { header: "Last synced" },
    { header: "Source" },
  ] as const;
  // Nothing is cut: the name of a file is at the end of its path, and the reason why it failed behind that.
  terminal.out(table(rows, columns, { paintHeader: terminal.colour.dim }));
  return EXIT.done;
}

/** A source as scripts see it; `docs/commands.md` explains each key. Times are ms since the epoch. */
export interface SourceFacts {
  readonly id: number;
  readonly agent: string;
  readonly path: string;
  readonly state: SourceState;
  readonly bytes: number;
  readonly byteOffset: number;
  readonly events: number;
  readonly unreadRecords: number;
  readonly leftOutEvents: number;
  readonly collectedFrom?: number;
  readonly lastSyncedAt?: number;
  readonly lastEventId?: string;
  readonly error?: string;
  readonly nextTry?: number;
}

/** Says of a source what scripts see. Exported for its test. */
export function describeSource(source: KnownSource): SourceFacts {
  return {
    id: source.id,
    agent: source.agent,
    path: source.path,
    state: stateOf(source),
    bytes: source.stamp.size,
    byteOffset: source.cursor.offset,
    events: source.events,
    unreadRecords: source.unread,
    leftOutEvents: source.leftOut,
    collectedFrom: source.collectedFrom === 0 ? undefined : source.collectedFrom,
    lastSyncedAt: source.lastSyncedAt,
    lastEventId: source.lastEventId,
    error: source.error,
    nextTry: source.nextTry,
  };
}
