/**
 * What the threads of the collector say to each other.
 *
 * @module
 */

import type { SourceFormat } from "../agents/agent.ts";
import type { CustomAgentConfig, WorkspaceFilter } from "../config/config.ts";
import type { DiskSpace } from "../platform/disk.ts";
import type { SourceCursor } from "../sources/cursor.ts";
import type { NeighbourFolder } from "../sources/neighbours.ts";
import type { Problem } from "../store/writer.ts";
import type { FileStamp } from "../sources/stamp.ts";
import type { Batch, Failure } from "../store/batch.ts";
import type { SourceEntry } from "../store/source_table.ts";
import type { ExportStep, RemoteKey } from "../store/remote_table.ts";
import type { StoreTrouble } from "../store/errors.ts";

/** A source to read from its cursor to its end. */
export interface ReadJob {
  readonly source: number;
  readonly agent: string;
  readonly path: string;
  readonly realRoot: string;
  readonly relativePath: string;
  readonly format: SourceFormat;
  readonly cursor: SourceCursor;
  /** What the parser remembered at the cursor, JSON; packed if it is bytes. */
  readonly parserState?: string | Uint8Array;
  /** Events before this time are not stored, ms since the epoch. */
  readonly collectedFrom: number;
  /** Events of other workspaces are not stored. */
  readonly workspaces: WorkspaceFilter;
  /** It is being read again: what is stored of it must not be taken for lost. */
  readonly isRereading: boolean;
  /** A longer line is not decoded, bytes. */
  readonly maxLine: number;
  /** Ahead of all that is not: it changed just now. */
  readonly isLive: boolean;
  /** The user's home folder. */
  readonly home?: string;
  /** What the agent is, where the user describes it. */
  readonly own?: CustomAgentConfig;
  /** Another source tells the same: nothing of it is stored. */
  readonly isSilent?: true;
  /** Where it is said of what projects its sessions are. */
  readonly neighbours?: NeighbourFolder;
  /** Its file is gone; these records of it were kept, because an earlier adapter could not read them. */
  readonly recalled?: RecalledRecords;
}

/** Records that were kept of a source. */
export interface RecalledRecords {
  readonly stamp: FileStamp;
  /** Of the adapter that is to read them. */
  readonly adapterVersion: number;
  readonly records: readonly { readonly position: number; readonly bytes: Uint8Array }[];
}

/** From the main thread to the reader. */
export type ToReader =
  | { readonly kind: "connect"; readonly port: MessagePort }
  | { readonly kind: "read"; readonly jobs: readonly ReadJob[] }
  /** The source is the next one of history. */
  | { readonly kind: "hurry"; readonly source: number }
  /** Give up all jobs; what is read is handed over first. */
  | { readonly kind: "stop" };

/** From the reader to the main thread. */
export type FromReader = /** It has handed over all that it read. */
  { readonly kind: "stopped" };

/** From the reader to the writer, on their own channel. */
export interface BatchMessage {
  readonly batch: Batch;
  readonly isLive: boolean;
}

/** From the writer back to the reader: a batch that is done with, whose buffers can be used again. */
export type ReturnedBatch = BatchMessage;

/** A source to be read again from its start. */
export interface RereadWish {
  readonly source: number;
  /** Events from this time on are wanted, ms since the epoch. */
  readonly collectedFrom: number;
  readonly adapterVersion: number;
}

/** What the main thread may ask of the writer; each is a transaction of its own. */
export interface WriterCalls {
  register(entries: readonly SourceEntry[]): number[];
  beginAttempts(sources: readonly number[]): void;
  endAttempts(sources: readonly number[]): void;
  readAgain(wishes: readonly RereadWish[]): void;
  fail(failures: readonly Failure[]): void;
  raise(problem: Problem): void;
  solve(key: string): void;
  answer(request: number, state: "working" | "done" | "failed", answer: string): void;
  forgetRequests(before: number): void;
  prune(horizon: number, limit: number, decidedUpTo: number): number;
  /** The id of a remote, which is made if it is new. */
  openRemote(key: RemoteKey): number;
  exportStep(step: ExportStep): void;
  setRemoteContent(remote: number, content: string, isWider: boolean): void;
  sendAgain(remote: number): void;
  retryNow(remote: number): void;
  retryDeadLetters(remote: number, event: Uint8Array | undefined, now: number): number;
  dropDeadLetters(remote: number, event: Uint8Array | undefined): number;
  removeRemote(remote: number): void;
  diskSpace(): DiskSpace;
  checkpoint(): void;
  /** The store was found damaged, for that reason, by a read: it is replaced, which is told as news. */
  recover(reason: string): void;
}

/** From the main thread to the writer. */
export type ToWriter =
  | { readonly kind: "open"; readonly path: string; readonly port: MessagePort }
  | {
    readonly kind: "call";
    readonly id: number;
    readonly method: keyof WriterCalls;
    readonly arguments: readonly unknown[];
  }
  /** Commit what there is and close the store. */
  | { readonly kind: "close" };

/** A segment that was not committed. */
export interface LostSegment {
  readonly source: number;
  readonly atEnd: boolean;
  /** How the file looked when it was opened. */
  readonly stamp: FileStamp;
}

/** What the writer tells of a batch: without its rows. */
export interface AppliedMessage {
  readonly kind: "applied";
  readonly progress: readonly {
    readonly source: number;
    readonly cursor: SourceCursor;
    readonly stamp: FileStamp;
    readonly readAt: number;
    readonly atEnd: boolean;
    readonly events: number;
    readonly leftOut: number;
    readonly filter: string;
    readonly isRereading: boolean;
  }[];
  /** Not committed: they did not continue what is committed. */
  readonly stale: readonly LostSegment[];
  readonly failures: readonly Failure[];
}

/** From the writer to the main thread. */
export type FromWriter =
  | { readonly kind: "opened" }
  /** The store can't be opened. */
  | { readonly kind: "refused"; readonly name: string; readonly message: string }
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly trouble: StoreTrouble; readonly message: string }
  | AppliedMessage
  /** A transaction was undone. */
  | {
    readonly kind: "undone";
    readonly trouble: StoreTrouble;
    readonly message: string;
    readonly lost: readonly LostSegment[];
    readonly failures: readonly Failure[];
  }
  /** The store was damaged; what could be read of it is in a new one. */
  | { readonly kind: "recovered"; readonly message: string }
  | { readonly kind: "closed" };
