/**
 * Has sources read: decides when each is handed to the reader, and follows what the writer commits.
 *
 * A source is under way from then until its end is committed (or given up), and never twice at a time. What goes wrong
 * in the store undoes a transaction; its sources are read again from the cursors that are committed.
 *
 * @module
 */

import { collectGarbage } from "../platform/garbage.ts";
import { LINE_FORMATS } from "../agents/agent.ts";
import type { CustomAgentConfig, WorkspaceFilter } from "../config/config.ts";
import type { NeighbourFolder } from "../sources/neighbours.ts";
import { MAX_ATTEMPTS } from "../store/source_table.ts";
import type { Catalog, CatalogSource } from "./catalog.ts";
import { LivePace } from "./live_pace.ts";
import { makeJob } from "./make_job.ts";
import type { ReadJob, RecalledRecords, WriterCalls } from "./messages.ts";
import { Outcomes } from "./outcomes.ts";
import { PatientPipeline } from "./patient_pipeline.ts";
import { isOvertaken, ThreadError, type WriterNews } from "./pipeline.ts";
import { SourceQueue, unreadBytes } from "./source_queue.ts";
import { Timers } from "./timers.ts";
import { UnderWay } from "./under_way.ts";

/** Garbage is collected after so many commits. */
const GARBAGE_EVERY = 32;
/** A source with more than this to read is no live event: its attempt is counted first, bytes. */
const LIVE_BYTES = 1 << 20;
/** How much of history is with the reader at a time, in sources … */
const HISTORY_SOURCES = 96;
/** … and bytes. */
const HISTORY_BYTES = 32 << 20;
/** When a source that another program holds is tried again, ms. */
const BUSY_TIME = 1_000;
/** Why a source is set aside. */
const SET_ASIDE =
  "reading it ended the program three times; it is left alone for a day, or until a newer version is there";
/** So many ends of a thread by a fault, and the collector gives up. */
const MAX_FAULTS = 5;

/** What the dispatcher needs of the collector. */
export interface DispatcherContext {
  readonly storePath: string;
  /** The user's home folder. */
  readonly home?: string;
  catalog(): Catalog;
  /** The root of a source with links resolved, `undefined` if it is not there now. */
  realRootOf(source: CatalogSource): string | undefined;
  /** Which workspaces are wanted now. */
  workspaces(): WorkspaceFilter;
  /** What the configuration says of an agent that the user describes, `undefined` of any other. */
  ownConfig?(id: string): CustomAgentConfig | undefined;
  /** Whether nothing of a source is to be stored, because another one tells the same. */
  isSilent?(source: CatalogSource): boolean;
  /** Where it is said of what projects the sessions in a source are; `undefined` if nowhere else. */
  neighboursOf?(source: CatalogSource): NeighbourFolder | undefined;
  /** What was kept of a source whose file is gone and that is read once more; `undefined` of any other. */
  recalled?(source: CatalogSource): RecalledRecords | undefined;
  /** What the parser remembered at the committed cursor. */
  parserStateOf(source: CatalogSource): string | Uint8Array | undefined;
  /** The store could not be read; nothing is lost by it that is not tried again. */
  onUnreadable(error: unknown): void;
  deletesAfterDaysOf(source: CatalogSource): number | undefined;
  /** A source was reported as changed, or not committed whole, while it was under way: read it again if need be. */
  recheck(source: CatalogSource, isLive: boolean): void;
  /** Something was committed, or ended otherwise. */
  onProgress(): void;
  /** Nothing can be stored now; it is tried again by itself. `undefined`: it works again. */
  onPause(reason: string | undefined): void;
  /** The damaged store was replaced: all that is known of it must be loaded anew. */
  onRecovered(message: string): void;
  /** The collector can't go on, unless the error is of a damaged store that the writer can replace. */
  onFatal(error: unknown): void;
}

/** Has sources read. */
export class Dispatcher {
  readonly #context: DispatcherContext;
  readonly #pipeline: PatientPipeline;
  readonly #queue: SourceQueue;
  /** Those whose attempts are being counted: they no longer wait and are not under way yet. */
  #beginning: readonly CatalogSource[] = [];
  readonly #underWay = new UnderWay();
  readonly #outcomes: Outcomes;
  readonly #pace = new LivePace();
  /** Sources that failed and are tried again in a moment. */
  readonly #retries = new Timers();
  #heldBy: string | undefined;
  #isPumping = false;
  #isStopping = false;
  #writes = 0;
  #faults = 0;

  constructor(context: DispatcherContext) {
    this.#context = context;
    this.#queue = new SourceQueue((source) => context.deletesAfterDaysOf(source));
    this.#pipeline = new PatientPipeline(context.storePath, {
      onNews: (news) => this.#hear(news),
      onFault: (error) => this.#onFault(error),
      onPause: (reason) => context.onPause(reason),
      onRetry: () => void this.#pump(),
      isDone: () => this.isDone,
    });
    this.#outcomes = new Outcomes(this.#underWay, {
      catalog: () => context.catalog(),
      recheck: (source, isLive) => context.recheck(source, isLive),
      onBusy: (source) => this.#retries.after(BUSY_TIME, () => this.readLater(source), source.id),
      fail: (failure) => this.call("fail", [failure]),
      onProgress: () => context.onProgress(),
    });
  }

  /**
   * Opens the store, or makes it.
   *
   * @throws {StoreRefusedError}
   */
  open(): Promise<void> {
    return this.#pipeline.open();
  }

  /** Whether nothing waits and nothing is under way. */
  get isDone(): boolean {
    return this.#underWay.size + this.#beginning.length + this.#queue.size === 0;
  }

  /** Whether a source waits or is under way. */
  isUnderWay(source: CatalogSource): boolean {
    return this.#isWaiting(source) || this.#underWay.get(source.id) !== undefined;
  }

  /** Whether the store can't be written now. */
  get isPaused(): boolean {
    return this.#pipeline.isPaused;
  }

  /** How often something was committed. */
  get writes(): number {
    return this.#writes;
  }

  /** Why nothing is read now. */
  get heldBy(): string | undefined {
    return this.#heldBy;
  }

  /** Has nothing read as long as there is a reason. */
  hold(reason: string | undefined): void {
    this.#heldBy = reason;
    if (reason === undefined) void this.#pump();
  }

  /**
   * Asks the writer for something. While the store can't be written, it waits; so a full disk ends nothing.
   *
   * @throws {WriteError} if it can't be done for another reason, or the collector ends before it could
   */
  call<M extends keyof WriterCalls>(
    method: M,
    ...parameters: Parameters<WriterCalls[M]>
  ): Promise<ReturnType<WriterCalls[M]>> {
    return this.#pipeline.call(method, ...parameters);
  }

  /** Has a source read when its turn comes. */
  readLater(source: CatalogSource): void {
    if (this.#isStopping || this.#isWaiting(source) || this.#underWay.noteAgain(source.id)) return;
    this.#queue.add(source, this.#outcomes.isSuspect(source));
    // Those that come together are dispatched together.
    queueMicrotask(() => void this.#pump());
  }

  /** Has a source read at once, ahead of history. */
  readNow(source: CatalogSource, size: number): void {
    if (this.#isStopping) return;
    const known = this.#underWay.noteChange(source.id);
    // The reader may have much to read before it.
    if (known === "history") void this.#pipeline.hurry(source.id);
    if (known !== undefined) return;
    if (this.#isWaiting(source)) {
      this.#queue.hurry(source);
      return;
    }
    const isCut = LINE_FORMATS.has(source.format) && size < source.cursor.offset;
    const mustWait = this.#outcomes.isSuspect(source) || this.isPaused || this.#heldBy !== undefined;
    if (mustWait || isCut || unreadBytes(source, size) > LIVE_BYTES) {
      this.readLater(source);
      return;
    }
    if (this.#pace.admits(source.id, performance.now(), () => this.readNow(source, size))) {
      this.#dispatch([source], true);
    }
  }

  /** Asks for another look at a source after `delay` ms. */
  recheckIn(source: CatalogSource, delay: number): void {
    if (this.#isStopping) return;
    this.#retries.after(delay, () => this.#context.recheck(source, true), source.id);
  }

  /** Leaves a source alone whose reading ended the program too often. */
  setAside(source: CatalogSource): Promise<void> {
    this.#queue.remove(source.id);
    return this.#outcomes.giveUpOn({ source: source.id, kind: "set-aside", message: SET_ASIDE });
  }

  /** Ends it: what has been read is committed. Returns `false` if a thread did not end in time. */
  stop(): Promise<boolean> {
    this.#isStopping = true;
    this.#clearWaiting();
    // What was begun and not reached did not fail.
    return this.#pipeline.stop([...this.#beginning, ...this.#underWay.sources].map(({ id }) => id));
  }

  #isWaiting({ id }: CatalogSource): boolean {
    return this.#queue.has(id) || this.#beginning.some((source) => source.id === id);
  }

  /** Nothing waits any more, neither to be read nor for a time. */
  #clearWaiting(): void {
    this.#queue.clear();
    this.#retries.clear();
    this.#pace.clear();
  }

  /** Hands over what waits, as long as the reader has not enough. */
  async #pump(): Promise<void> {
    if (this.#isPumping || this.isPaused || this.#isStopping) return;
    this.#isPumping = true;
    try {
      for (let group = this.#nextGroup(); group.length > 0; group = this.#nextGroup()) {
        this.#beginning = group;
        await this.call("beginAttempts", group.map(({ id }) => id));
        if (this.#isStopping) return;
        this.#beginning = [];
        for (const source of group) source.attempts++;
        this.#dispatch(group, false);
      }
    } catch (error) {
      // The attempts could not be counted: their sources wait as before.
      const sources = this.#beginning;
      this.#beginning = [];
      for (const source of sources) this.readLater(source);
      // A thread that ended is started anew, and a damaged store replaced.
      if (!(error instanceof ThreadError) && !isOvertaken(error)) this.#context.onFatal(error);
    } finally {
      this.#isPumping = false;
    }
  }

  /** Takes what the reader should have next from what waits; nothing if it has enough. */
  #nextGroup(): readonly CatalogSource[] {
    if (this.isPaused || this.#heldBy !== undefined) return [];
    const room = {
      sources: HISTORY_SOURCES - this.#underWay.size,
      bytes: HISTORY_BYTES - this.#underWay.historyBytes,
    };
    const group = this.#queue.takeHistory(room, Date.now());
    if (group.length > 0 || this.#underWay.size > 0) return group;
    for (let suspect = this.#queue.takeSuspect(); suspect; suspect = this.#queue.takeSuspect()) {
      if (suspect.attempts < MAX_ATTEMPTS) return [suspect];
      void this.setAside(suspect);
    }
    return [];
  }

  #dispatch(sources: readonly CatalogSource[], isLive: boolean): void {
    const jobs: ReadJob[] = [];
    for (const source of sources) {
      try {
        const recalled = source.gone ? this.#context.recalled?.(source) : undefined;
        const realRoot = this.#context.realRootOf(source) ?? (recalled && "");
        // The root is gone; the sweep finds it when it is back.
        if (realRoot === undefined) continue;
        const parserState = source.cursor.offset > 0 ? this.#context.parserStateOf(source) : undefined;
        const workspaces = this.#context.workspaces();
        const own = this.#context.ownConfig?.(source.agent);
        const isSilent = this.#context.isSilent?.(source);
        const { home } = this.#context;
        const neighbours = this.#context.neighboursOf?.(source);
        const context = { realRoot, parserState, workspaces, home, own, isSilent, neighbours, recalled };
        jobs.push(makeJob(source, context, isLive));
        if (recalled !== undefined) source.adapterVersion = recalled.adapterVersion;
      } catch (error) {
        // Without it the source can't be read on; all is looked at again when the store is mended.
        this.#context.onUnreadable(error);
        break;
      }
      this.#underWay.add(source, isLive, unreadBytes(source));
    }
    if (jobs.length > 0) void this.#pipeline.read(jobs);
  }

  #hear(news: WriterNews): void {
    switch (news.kind) {
      case "applied":
        this.#writes++;
        this.#pipeline.noteWritten();
        this.#outcomes.applied(news);
        // Of a long history each commit leaves a little here.
        if (this.#writes % GARBAGE_EVERY === 0) collectGarbage();
        break;
      case "undone":
        this.#outcomes.undone(news);
        this.#pipeline.noteTrouble(news.trouble, news.message);
        break;
      case "recovered":
        this.#endThreads();
        this.#forget();
        this.#context.onRecovered(news.message);
    }
    this.#context.onProgress();
    void this.#pump();
    this.#pipeline.endWhenIdle();
  }

  /** A thread ended by a fault: both are started anew, and what was under way is tried source by source. */
  #onFault(error: ThreadError): void {
    if (++this.#faults > MAX_FAULTS) {
      this.#context.onFatal(error);
      return;
    }
    const { sources } = this.#underWay;
    this.#outcomes.suspectAll();
    this.#endThreads();
    for (const source of sources) this.readLater(source);
    void this.#pump();
  }

  #endThreads(): void {
    this.#pipeline.endThreads();
    this.#underWay.clear();
  }

  /** Forgets all that waits: it belongs to a store that was replaced, and its cursors with it. */
  #forget(): void {
    this.#clearWaiting();
    this.#beginning = [];
    this.#outcomes.forgetSuspects();
    this.#pipeline.forgetPause();
  }
}
