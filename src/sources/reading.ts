/**
 * What all ways of reading a source share.
 *
 * @module
 */

import type { AgentReading } from "../agents/agent.ts";
import type { SourceCursor } from "./cursor.ts";
import type { RecordSink } from "./record_sink.ts";

/** One pass over a source, from its cursor to where it ends now. */
export interface Reading {
  /** Whether it goes on at the cursor; if not, it starts at 0. */
  readonly resumed: boolean;
  /** Hands over the next block; says whether there is more. */
  step(sink: RecordSink): boolean | Promise<boolean>;
  /** The place after the last record that was handed over. */
  cursor(): SourceCursor;
  /** What the next reading must know besides that, as plain JSON. */
  state?(): unknown;
  /** Gives back what it holds, but the file. */
  close(): void;
}

/** See {@link AgentReading.pickNeeded}. */
export type PickNeeded = NonNullable<AgentReading["pickNeeded"]>;

/** How much a reading takes at once, in bytes. */
export interface ReadingLimits {
  /** The longest line that is decoded. */
  readonly maxLine: number;
  /** A step takes at most so much, unless a line is longer. */
  readonly blockSize: number;
  /** The key of the long list in a document that is read in a stream. */
  readonly listName?: string;
  /** What is needed of a record (`AgentReading.pickNeeded`). */
  readonly pickNeeded?: PickNeeded;
  /** A document that is larger, or the first line of a log that is, is read in a stream if it has a long list. */
  readonly streamOver: number;
  /** It is no JSON: its lines are records `{ line }`, or, read whole, the record `{ text }`. */
  readonly isText: boolean;
}
