/**
 * Reads one source from its cursor to its end: records go through the agent's parser into a batch, and each time a batch
 * is taken the source's cursor and parser state go with it.
 *
 * @module
 */

import {
  type JsonObject,
  LINE_FORMATS,
  type ReadableAgent,
  type RecordOutcome,
  type RecordParser,
  type SourceFormat,
  type SourceInfo,
  WHOLE_FORMATS,
} from "../agents/agent.ts";
import type { EventDraft } from "../events/event.ts";
import { isTooDeep } from "../events/nesting.ts";
import { type Companions, companionsOf, NO_COMPANIONS } from "../sources/companion.ts";
import { NeighbourReader } from "../sources/neighbours.ts";
import { DAMAGE_LENGTH } from "../sources/record_sink.ts";
import { type DamageReason, type RecordSink, SourceReader } from "../sources/source_reader.ts";
import { type SourceCursor, START } from "../sources/cursor.ts";
import type { Segment, UnreadRecord } from "../store/batch.ts";
import { type BatchBuilder, isTime } from "../store/batch_builder.ts";
import { filterText, SILENT } from "../platform/workspace_filter.ts";
import { collectGarbage } from "../platform/garbage.ts";
import { THIS_OS } from "../platform/environment.ts";
import { folderOf } from "../platform/paths.ts";
import { pack, unpack } from "../platform/pack.ts";
import { keptText, readKept } from "./kept_state.ts";
import type { ReadJob } from "./messages.ts";
import { RecalledReader } from "./recalled_reader.ts";

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

/** A record of so many bytes takes a multiple of them in memory while it is read. */
const HUGE_RECORD = 2 << 20;

/** Whether events of a workspace are wanted; some have none. */
export type WantsWorkspace = (workspace: string | undefined) => boolean;

/** One reading of one source. Make it, `step()` until it says `false`, `finish()`. */
export class JobRun implements RecordSink {
  readonly #job: ReadJob;
  readonly #agent: ReadableAgent;
  readonly #builder: BatchBuilder;
  readonly #reader: SourceReader | RecalledReader;
  readonly #readAt: number;
  readonly #isCareful: boolean;
  /** Not there before it is known whether the source fits its cursor. */
  #parser: RecordParser | undefined;
  readonly #emit: (draft: EventDraft) => void;
  /** What the parser remembered when that was last made a text: at the last segment, or after the last record. */
  #state: string | undefined;
  /** Where the last segment ended. */
  #cursor: SourceCursor;
  #firstRow: number;
  #from = 0;
  #restarted: Segment["restarted"];
  #unread: UnreadRecord[] = [];
  #unreadBytes = 0;
  #leftOut = 0;
  /** How many records there were since the last segment. */
  #records = 0;
  readonly #filter: string;
  #isRereading: boolean;
  readonly #companions: Companions;
  /** The companions that were missing when its first records were parsed. */
  #without: readonly string[];
  /** One of those is there now: what it says is told from the first record on. */
  readonly #isLate: boolean;
  readonly #workspaceOf: SourceInfo["workspaceOf"];
  /** Why an event was not taken since this was last asked. */
  #fault: string | undefined;
  /** The bytes of a document, as long as they are needed. */
  #document: Uint8Array | undefined;

  /**
   * @param wants tells which workspaces `job` wants
   * @param isCareful refuse a record after which the parser's state can't be kept (it is nested too deeply); slow
   * @param neighbours remembers what neighbours of sources say
   * @throws what `SourceReader.open()` throws
   */
  constructor(
    agent: ReadableAgent,
    job: ReadJob,
    builder: BatchBuilder,
    wants: WantsWorkspace,
    now: number,
    isCareful = false,
    neighbours = new NeighbourReader(),
  ) {
    this.#job = job;
    this.#agent = agent;
    this.#builder = builder;
    this.#readAt = now;
    this.#isCareful = isCareful;
    this.#cursor = job.cursor;
    this.#isRereading = job.isRereading;
    this.#companions = job.recalled === undefined ? companionsOf(agent, job) : NO_COMPANIONS;
    // A source of another format is told anew each time, with what is there then.
    const hasFirst = agent.companions !== undefined && LINE_FORMATS.has(job.format);
    this.#without = hasFirst ? readKept(textOf(job.parserState)).without : [];
    this.#isLate = this.#without.some((name) => Object.hasOwn(this.#companions.held, name));
    const beside = job.neighbours;
    this.#workspaceOf = beside && ((session) => neighbours.workspaceOf(session, agent, beside));
    const { database: layout, listName, pickNeeded } = agent;
    const database = layout &&
      { layout, collectedFrom: job.collectedFrom, state: readKept(textOf(job.parserState)).state };
    this.#reader = job.recalled === undefined
      ? SourceReader.open({
        ...job,
        ...this.#isLate && { cursor: START },
        listName,
        pickNeeded,
        ...database && { database },
      })
      : new RecalledReader(job.recalled, job.cursor);
    this.#firstRow = builder.rows;
    this.#filter = job.isSilent ? SILENT : filterText(job.workspaces);
    this.#emit = (draft) => {
      if (job.isSilent) return;
      // It may be emitted where the source ends: it is no reason to lose the others.
      if (!isTime(draft.timestamp)) this.#fault = "failed:the event has no usable timestamp";
      else if (isTooDeep(draft)) this.#fault = "failed:the event is nested too deeply";
      else if (draft.timestamp < job.collectedFrom) this.#leftOut++;
      else if (wants(draft.workspace)) builder.add(agent.id, draft);
      else {
        this.#leftOut++;
        if (this.#isRereading) builder.add(agent.id, draft, true);
      }
    };
    // Whether a compressed source still fits its cursor shows only in its first step, which hands over nothing.
    if (job.format !== "jsonl.zst" || job.cursor.offset === 0 || job.recalled !== undefined) this.#begin();
  }

  /** What is left of the job behind the last segment. */
  rest(): ReadJob {
    return {
      ...this.#job,
      cursor: this.#cursor,
      parserState: this.#state ?? this.#job.parserState,
      isRereading: this.#isRereading,
    };
  }

  /** Bytes of unread records that wait for the batch. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** Reads the next block; `false` when there is no more. */
  step(): boolean | Promise<boolean> {
    return this.#parser === undefined ? this.#firstStep() : this.#reader.step(this);
  }

  record(record: JsonObject, position: number, length: number, raw: () => Uint8Array): void {
    let reason: string | undefined;
    this.#records++;
    const row = this.#builder.rows;
    // What it made may be emitted by a later record.
    if (length >= HUGE_RECORD) this.#builder.mayBeHuge = true;
    try {
      reason = this.#reasonOf(this.#parser!.record(record, position));
      if (this.#isCareful) this.#state = this.#stateText();
    } catch (error) {
      // A fault of the adapter costs one record, which is kept, not the source.
      reason = `failed:${error instanceof Error ? error.message : error}`;
      this.#fault = undefined;
      if (this.#isCareful) {
        this.#builder.dropRows(row);
        this.#parser = this.#makeParser();
      }
    }
    if (reason !== undefined) {
      const bytes = length > 0 ? raw() : encoder.encode(JSON.stringify(record)).subarray(0, DAMAGE_LENGTH);
      this.#keep(position, bytes.length, reason, bytes);
    }
    if (this.#job.format === "document" || this.#job.format === "page") this.#document = raw();
    // Its text, and what it was parsed into, would stay until the next one has come.
    if (length >= HUGE_RECORD) collectGarbage();
  }

  /** A conversation of a database is told by a parser of its own. */
  begin(): void {
    this.#parser = this.#makeParser();
  }

  end(): void {
    const unknown = this.#reasonOf(this.#parser!.flush());
    if (unknown !== undefined) this.#keep(0, 0, unknown, EMPTY);
  }

  leaveOut(count: number): void {
    this.#leftOut += count;
  }

  damaged(position: number, length: number, reason: DamageReason, raw: Uint8Array): void {
    this.#keep(position, length, `damaged:${reason}`, raw);
  }

  /** Emits a part of what had to wait for the end of the source; says whether there is more. */
  emitMore(): boolean {
    if (this.#parser === undefined || this.#reader.stamp.size === 0) return false;
    return this.#parser.emitMore?.() ?? false;
  }

  /** Ends a segment after the last record that was read. The batch must be taken before the next step. */
  cut(): void {
    this.#addSegment(this.#reader.cursor(), false);
    this.#firstRow = 0;
  }

  /** The source has been read to its end: emits what may still grow, and ends the last segment. */
  finish(): void {
    if (this.#parser === undefined) this.#begin();
    // What was made empty says nothing, also not that it is empty.
    const unknown = this.#reader.stamp.size === 0 ? undefined : this.#reasonOf(this.#parser!.flush());
    if (unknown !== undefined) this.#keep(0, this.#document?.length ?? 0, unknown, this.#document ?? EMPTY);
    this.#addSegment(this.#reader.cursor(), true);
  }

  /** Closes the file. What is in the batch and not in a segment is dropped. */
  close(): void {
    this.#builder.mayBeHuge = false;
    this.#reader.close();
    this.#builder.dropRows(this.#firstRow);
  }

  async #firstStep(): Promise<boolean> {
    const more = await this.#reader.step(this);
    this.#begin();
    return more;
  }

  /** Goes on from the cursor, or from the start if the source no longer fits it. */
  #begin(): void {
    const { cursor, format, parserState } = this.#job;
    const { stamp } = this.#reader;
    const resumed = this.#reader.resumed && !this.#isLate;
    this.#from = resumed ? cursor.offset : 0;
    if (this.#from === 0 && LINE_FORMATS.has(format)) this.#without = this.#companions.missing;
    if (resumed) this.#state = textOf(parserState);
    else {
      this.#restarted = { shrunk: isCut(format, stamp.size, cursor.offset) };
      this.#isRereading = true;
    }
    this.#parser = this.#makeParser();
  }

  /** A parser that goes on from the last state. */
  #makeParser(): RecordParser {
    const { relativePath, format, path } = this.#job;
    const state = format === "database" ? undefined : readKept(this.#state).state;
    const { birth, mtime } = this.#reader.stamp;
    const source = {
      relativePath,
      folder: folderOf(path, THIS_OS),
      madeAt: birth ?? mtime,
      home: this.#job.home,
      companions: this.#companions.held,
      ...this.#workspaceOf && { workspaceOf: this.#workspaceOf },
    };
    return this.#agent.parser(source, this.#emit, state);
  }

  #stateText(): string {
    const state = this.#reader.state() ?? this.#parser!.state?.();
    return keptText({ state, without: this.#without });
  }

  #addSegment(cursor: SourceCursor, atEnd: boolean): void {
    const state = this.#stateText();
    const { bytes, packed } = pack(encoder.encode(state));
    this.#builder.addSegment({
      source: this.#job.source,
      firstRow: this.#firstRow,
      endRow: this.#builder.rows,
      from: this.#from,
      restarted: this.#restarted,
      cursor,
      stamp: this.#reader.stamp,
      readAt: this.#readAt,
      parserState: packed ? bytes : state,
      atEnd,
      unread: this.#unread,
      leftOut: this.#leftOut,
      ...this.#job.format === "database" && {
        ...this.#records === 0 && { isAside: true as const },
        ...this.#agent.database?.forgets && { forgets: true as const },
      },
      filter: this.#filter,
      isRereading: this.#isRereading,
      ...this.#job.recalled !== undefined && { recalledBy: this.#job.recalled.adapterVersion },
    });
    this.#records = 0;
    this.#firstRow = this.#builder.rows;
    this.#state = state;
    this.#cursor = cursor;
    this.#from = cursor.offset;
    this.#restarted = undefined;
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#leftOut = 0;
  }

  /** What was not understood, or which event could not be taken. */
  #reasonOf(outcome: RecordOutcome | void): string | undefined {
    const reason = outcome?.unknown ?? this.#fault;
    this.#fault = undefined;
    return reason;
  }

  #keep(position: number, length: number, reason: string, raw: Uint8Array): void {
    const { bytes } = pack(raw, 0);
    this.#unread.push({ position, length, reason, bytes });
    this.#unreadBytes += bytes.length;
  }
}

/** Whether a source that does not fit its cursor has lost something, rather than that it was written anew. */
function isCut(format: SourceFormat, size: number, offset: number): boolean {
  if (format === "page") return size < offset;
  if (WHOLE_FORMATS.has(format)) return size === 0;
  return !LINE_FORMATS.has(format) || size < offset;
}

/** What a parser remembered, as it is stored: a text, or packed. */
function textOf(state: string | Uint8Array | undefined): string | undefined {
  return state instanceof Uint8Array ? new TextDecoder().decode(unpack(state, true)) : state;
}
