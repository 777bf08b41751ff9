/**
 * What the store takes in: a batch of encoded events with the cursors of the sources they came from, committed together.
 *
 * A batch is a few flat buffers, so that a reader thread can hand it to the writer thread without a copy. Strings that
 * repeat (sessions, folders, models) travel once, as *names*, and are small integers in the rows.
 *
 * @module
 */

import { METRIC_NAMES } from "../events/event.ts";
import type { FileStamp } from "../sources/stamp.ts";
import type { SourceCursor } from "../sources/cursor.ts";

/** The columns of a row in `Batch.columns`. A name column holds a name's number, 0 for none. */
export const COLUMN = {
  type: 0,
  timestamp: 1,
  revision: 2,
  position: 3,
  flags: 4,
  hash: 5,
  agent: 6,
  agentVersion: 7,
  session: 8,
  parentSession: 9,
  workspace: 10,
  repository: 11,
  branch: 12,
  model: 13,
  /** The first of the metrics, in the order of `METRIC_NAMES`; NaN where there is none. */
  metrics: 14,
  payloadStart: 14 + METRIC_NAMES.length,
  payloadLength: 15 + METRIC_NAMES.length,
  /** 1: the filter in force does not want it; it is told so that what is stored of it is not taken for lost. */
  unwanted: 16 + METRIC_NAMES.length,
} as const;

/** How many columns a row has. */
export const COLUMNS = 17 + METRIC_NAMES.length;

/** The bits of a row's flags. */
export const FLAG = {
  /** Nothing more is expected. */
  complete: 1,
  /** Known to be copied from another session. */
  copied: 2,
  /** Its source no longer has it. */
  superseded: 4,
  /** The payload is compressed (zstd). */
  packed: 8,
} as const;

/** A record that could not be read, kept for a later version that can. */
export interface UnreadRecord {
  readonly position: number;
  /** Bytes of the record in its source. */
  readonly length: number;
  /** `damaged:not_json`, `type:foo`, `failed:…`. */
  readonly reason: string;
  /** The record, or its first 64 KiB, compressed (zstd). */
  readonly bytes: Uint8Array;
}

/** What a batch holds of one source. */
export interface Segment {
  readonly source: number;
  /** Rows of the batch that belong to it: from this one … */
  readonly firstRow: number;
  /** … up to, not including, this one. */
  readonly endRow: number;
  /** Where the segment's first record starts; must be what the store has committed. */
  readonly from: number;
  /** The source did not fit its cursor and is read again from its start. */
  readonly restarted?: { readonly shrunk: boolean };
  readonly cursor: SourceCursor;
  /** The file as it was when it was opened. */
  readonly stamp: FileStamp;
  /** When it was opened, ms since the epoch. */
  readonly readAt: number;
  /** What the parser must remember, JSON; compressed (zstd) if it is bytes. */
  readonly parserState: string | Uint8Array;
  /** Nothing more could be read at that time. */
  readonly atEnd: boolean;
  readonly unread: readonly UnreadRecord[];
  /** Nothing that was read is of a conversation: in a database of which something else has changed. */
  readonly isAside?: true;
  /** The source drops what is old: what is missing in it is not superseded. */
  readonly forgets?: true;
  /** Events that were not stored because they are older than asked for, or of a workspace that is not wanted. */
  readonly leftOut: number;
  /** Which workspaces were wanted (`filterText()`). */
  readonly filter: string;
  /** It belongs to a reading from the start of a source whose events are stored. */
  readonly isRereading: boolean;
  /** It is of records that were kept, and of the adapter of this version: what it could not read takes their place. */
  readonly recalledBy?: number;
}

/** A source that could not be read. */
export interface Failure {
  readonly source: number;
  readonly kind: "gone" | "busy" | "refused" | "unfinished" | "damaged" | "failed" | "set-aside";
  readonly message: string;
  /** How the file looked before it was opened: what changed since then may be read after all. */
  readonly stamp?: FileStamp;
}

/** Rows and cursors that are committed in one transaction. */
export interface Batch {
  readonly rows: number;
  readonly columns: Float64Array<ArrayBuffer>;
  /** 16 bytes a row; `sealBatch()` fills them in, and the columns `hash`, `payloadStart` and `payloadLength`. */
  readonly ids: Uint8Array<ArrayBuffer>;
  /** For each row a line with the JSON of its data and a line with `nameOfEvent()`. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The number of the first of `names`; names of earlier batches of the same builder keep theirs. */
  readonly firstName: number;
  readonly names: readonly string[];
  readonly segments: readonly Segment[];
  readonly failures: readonly Failure[];
}
