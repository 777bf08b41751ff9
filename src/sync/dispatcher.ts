/**
 * Has sources read: decides when each is handed to the reader, and follows what the writer commits.
 *
 * A source is under way from then until its end is committed (or given up), and never twice at a time. What goes wrong
 * in the store undoes a transaction; its sources are read again from the cursors that are committed.
 *
 * @module
 */

import type { SourceFormat } from "../agents/agent.ts";
import type { Failure } from "../store/batch.ts";
import type { StoreTrouble } from "../store/errors.ts";
import { collectGarbage } from "../platform/garbage.ts";
import { nextTry } from "../store/next_try.ts";
import type { Catalog, CatalogSource } from "./catalog.ts";
import type { ReadJob, WriterCalls } from "./messages.ts";
import { isOvertaken, Pipeline, ThreadError, WriteError, type WriterNews } from "./pipeline.ts";
import { MAX_ATTEMPTS } from "../store/source_table.ts";
import { compareUrgency, maxLineOf } from "./plan.ts";

/** A source with more than this to read is no live event: its attempt is counted first, bytes. */
const LIVE_BYTES = 1 << 20;
/** A source that changes all the time is read at most this often, ms. */
const LIVE_EVERY = 100;
/** How much of history is with the reader at a time, in sources … */
const HISTORY_SOURCES = 96;
/** … and bytes. */
const HISTORY_BYTES = 32 << 20;
/** The threads end when there was nothing to do for so long, ms. */
const IDLE_TIME = 30_000;
/** How long to wait before the store is tried again, ms: at first, and at the most. */
const PAUSE = { first: 1_000, last: 60_000 } as const;
/** Why a source is set aside. */
const SET_ASIDE =
  "reading it ended the program three times; it is left alone for a day, or until a newer version is there";
/** What keeps the store from being written and passes by itself. */
const PASSING: ReadonlySet<StoreTrouble> = new Set<StoreTrouble>(["busy", "full", "io"]);
/** So many ends of a thread by a fault, and the collector gives up. */
const MAX_FAULTS = 5;

/** What the dispatcher needs of the collector. */
export interface DispatcherContext {
  readonly storePath: string;
  catalog(): Catalog;
  /** The root of a source with links resolved, `undefined` if it is not there now. */
  realRootOf(source: CatalogSource): string | undefined;
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

interface UnderWay {
  readonly source: CatalogSource;
  readonly isLive: boolean;
  readonly bytes: number;
  /** It changed, or a part of it was not committed: read it once more. */
  again: boolean;
}

/** Has sources read. */
export class Dispatcher {
  readonly #context: DispatcherContext;
  #pipeline: Pipeline | undefined;
  /** Ended pipelines that are still committing. */
  #ending: Promise<unknown> = Promise.resolve();
  readonly #underWay = new Map<number, UnderWay>();
  /** What waits, most urgent last. */
  #history: CatalogSource[] = [];
  #isSorted = true;
  /** Sources whose reading once ended the process or broke a transaction: each is read alone. */
  #suspects: CatalogSource[] = [];
  /** Those of them that became it since the collector started. */
  readonly #suspected = new Set<number>();
  readonly #queued = new Set<number>();
  /** Those whose attempts are being counted: they no longer wait and are not under way yet. */
  #beginning: readonly CatalogSource[] = [];
  readonly #lastRead = new Map<number, number>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #historyBytes = 0;
  #isPumping = false;
  #calls = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #writes = 0;
  #pause = 0;
  #isPaused = false;
  /** Resolves when the pause ends. */
  #resumed = Promise.withResolvers<void>();
  #heldBy: string | undefined;
  #isStopping = false;
  #faults = 0;

  constructor(context: DispatcherContext) {
    this.#context = context;
  }

  /**
   * Opens the store, or makes it.
   *
   * @throws {StoreRefusedError}
   */
  async open(): Promise<void> {
    await (await this.#connect()).opened;
  }

  /** Whether nothing waits and nothing is under way. */
  get isDone(): boolean {
    return this.#underWay.size + this.#beginning.length + this.#history.length + this.#suspects.length === 0;
  }

  /** Whether history waits or is under way. */
  get isReadingHistory(): boolean {
    if (this.#beginning.length + this.#history.length + this.#suspects.length > 0) return true;
    for (const { isLive } of this.#underWay.values()) if (!isLive) return true;
    return false;
  }

  /** Whether a source waits or is under way. */
  isUnderWay(source: CatalogSource): boolean {
    return this.#queued.has(source.id) || this.#underWay.has(source.id);
  }

  /** Whether the store can't be written now. */
  get isPaused(): boolean {
    return this.#isPaused;
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
  async call<M extends keyof WriterCalls>(
    method: M,
    ...parameters: Parameters<WriterCalls[M]>
  ): Promise<ReturnType<WriterCalls[M]>> {
    this.#calls++;
    try {
      for (;;) {
        try {
          const result = await (await this.#connect()).call(method, ...parameters);
          this.#onWritten();
          return result;
        } catch (error) {
          const isPassing = error instanceof WriteError && PASSING.has(error.trouble);
          if (!isPassing || this.#isStopping) throw error;
          this.#onTrouble(error.trouble, error.message);
          await this.#resumed.promise;
          if (this.#isStopping) throw error;
        }
      }
    } finally {
      this.#calls--;
      this.#endWhenIdle();
    }
  }

  /** Has a source read when its turn comes. */
  readLater(source: CatalogSource): void {
    if (this.#isStopping || this.#queued.has(source.id)) return;
    const underWay = this.#underWay.get(source.id);
    if (underWay !== undefined) {
      underWay.again = true;
      return;
    }
    this.#queued.add(source.id);
    if (this.#isSuspect(source)) this.#suspects.push(source);
    else {
      this.#history.push(source);
      this.#isSorted = false;
    }
    // Those that come together are dispatched together.
    queueMicrotask(() => void this.#pump());
  }

  /** Has a source read at once, ahead of history. */
  readNow(source: CatalogSource, size: number): void {
    if (this.#isStopping) return;
    const underWay = this.#underWay.get(source.id);
    if (underWay !== undefined) {
      underWay.again = true;
      return;
    }
    if (this.#queued.has(source.id)) {
      this.#hurry(source);
      return;
    }
    const unread = source.format === "jsonl" ? size - source.cursor.offset : size;
    if (
      this.#isSuspect(source) || this.#isPaused || this.#heldBy !== undefined || unread > LIVE_BYTES ||
      unread < 0
    ) {
      this.readLater(source);
      return;
    }
    const wait = (this.#lastRead.get(source.id) ?? 0) + LIVE_EVERY - performance.now();
    if (wait > 0) {
      if (!this.#queued.has(-source.id)) {
        this.#queued.add(-source.id);
        this.#after(wait, () => {
          this.#queued.delete(-source.id);
          this.readNow(source, size);
        });
      }
      return;
    }
    if (this.#lastRead.size > 10_000) this.#lastRead.clear();
    this.#lastRead.set(source.id, performance.now());
    this.#dispatch([source], true);
  }

  /** Leaves a source alone whose reading ended the program too often. */
  setAside(source: CatalogSource): Promise<void> {
    return this.#giveUpOn({ source: source.id, kind: "set-aside", message: SET_ASIDE });
  }

  /** Ends it: what has been read is committed. Returns `false` if a thread did not end in time. */
  async stop(): Promise<boolean> {
    this.#isStopping = true;
    this.#history = [];
    this.#suspects = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    clearTimeout(this.#idleTimer);
    this.#resumed.resolve();
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    await this.#ending;
    // What was begun and not reached did not fail.
    const begun = [...this.#beginning.map(({ id }) => id), ...this.#underWay.keys()];
    return await pipeline?.stop(() => pipeline.call("endAttempts", begun)) ?? true;
  }

  /** The pipeline; a new one is started only after the last one has ended: a process has one writer. */
  async #connect(): Promise<Pipeline> {
    clearTimeout(this.#idleTimer);
    await this.#ending;
    return this.#pipeline ??= new Pipeline(
      this.#context.storePath,
      (news) => this.#hear(news),
      (error) => this.#onFault(error),
    );
  }

  async #pump(): Promise<void> {
    if (this.#isPumping || this.#isPaused || this.#isStopping) return;
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
      this.#waitAgain();
      // A thread that ended is started anew, and a damaged store replaced.
      if (!(error instanceof ThreadError) && !isOvertaken(error)) this.#context.onFatal(error);
    } finally {
      this.#isPumping = false;
    }
  }

  /** The attempts could not be counted: their sources wait as before. */
  #waitAgain(): void {
    const sources = this.#beginning;
    this.#beginning = [];
    for (const source of sources) {
      this.#queued.delete(source.id);
      this.readLater(source);
    }
  }

  #isSuspect(source: CatalogSource): boolean {
    return source.attempts > 0 || this.#suspected.has(source.id);
  }

  /** A source that waits for its turn changed just now: it is the next. */
  #hurry(source: CatalogSource): void {
    const index = this.#history.indexOf(source);
    if (index === -1 || !this.#isSorted) return;
    this.#history.splice(index, 1);
    this.#history.push(source);
  }

  /** Takes what the reader should have next from what waits; nothing if it has enough. */
  #nextGroup(): CatalogSource[] {
    const group: CatalogSource[] = [];
    if (this.#isPaused || this.#heldBy !== undefined) return group;
    const now = Date.now();
    if (!this.#isSorted) {
      const daysOf = (source: CatalogSource) => this.#context.deletesAfterDaysOf(source);
      const candidates = this.#history.map((source) => ({
        source,
        mtime: source.stamp.mtime,
        deletesAfterDays: daysOf(source),
      }));
      candidates.sort((a, b) => compareUrgency(b, a, now));
      this.#history = candidates.map(({ source }) => source);
      this.#isSorted = true;
    }
    let count = this.#underWay.size;
    let bytes = this.#historyBytes;
    while (this.#history.length > 0 && count < HISTORY_SOURCES && bytes < HISTORY_BYTES) {
      const source = this.#history.pop()!;
      group.push(source);
      count++;
      bytes += unreadBytes(source);
    }
    while (group.length === 0 && this.#underWay.size === 0 && this.#suspects.length > 0) {
      const source = this.#suspects.shift()!;
      if (source.attempts < MAX_ATTEMPTS) group.push(source);
      else void this.setAside(source);
    }
    return group;
  }

  #dispatch(sources: readonly CatalogSource[], isLive: boolean): void {
    const jobs: ReadJob[] = [];
    for (const source of sources) {
      const realRoot = this.#context.realRootOf(source);
      if (realRoot === undefined) {
        // The root is gone; the sweep finds it when it is back.
        this.#queued.delete(source.id);
        continue;
      }
      let parserState: ReadJob["parserState"];
      try {
        if (source.cursor.offset > 0) parserState = this.#context.parserStateOf(source);
      } catch (error) {
        // Without it the source can't be read on; all is looked at again when the store is mended.
        this.#context.onUnreadable(error);
        break;
      }
      const bytes = unreadBytes(source);
      this.#queued.delete(source.id);
      this.#underWay.set(source.id, { source, isLive, bytes, again: false });
      if (!isLive) this.#historyBytes += bytes;
      jobs.push({
        source: source.id,
        agent: source.agent,
        path: source.path,
        realRoot,
        relativePath: source.relativePath,
        format: source.format as SourceFormat,
        cursor: source.cursor,
        parserState,
        collectedFrom: source.collectedFrom,
        maxLine: maxLineOf(source),
        isLive,
      });
    }
    if (jobs.length > 0) void this.#connect().then((pipeline) => pipeline.read(jobs));
  }

  #hear(news: WriterNews): void {
    switch (news.kind) {
      case "applied":
        this.#writes++;
        this.#onWritten();
        for (const progress of news.progress) {
          const source = this.#context.catalog().get(progress.source)!;
          this.#context.catalog().setStamp(source, progress.stamp);
          source.cursor = progress.cursor;
          source.readAt = progress.readAt;
          source.leftOut += progress.leftOut;
          source.attempts = 0;
          source.gone = false;
          source.status = progress.atEnd ? "synced" : "syncing";
          source.error = source.nextTry = undefined;
          if (!progress.atEnd) continue;
          this.#suspected.delete(source.id);
          this.#finish(source.id);
        }
        this.#giveUp(news.stale);
        this.#fail(news.failures);
        break;
      case "undone":
        if (news.trouble === "other") this.#suspect(news.lost.map(({ source }) => source), news.message);
        this.#giveUp(news.lost);
        this.#fail(news.failures);
        this.#onTrouble(news.trouble, news.message);
        break;
      case "recovered":
        this.#endPipeline();
        this.#forget();
        this.#context.onRecovered(news.message);
    }
    this.#context.onProgress();
    void this.#pump();
    this.#endWhenIdle();
  }

  /** A source was read to its end, or given up. */
  #finish(id: number): void {
    const underWay = this.#underWay.get(id);
    if (underWay === undefined) return;
    this.#underWay.delete(id);
    if (!underWay.isLive) this.#historyBytes -= underWay.bytes;
    if (underWay.again) this.#context.recheck(underWay.source, underWay.isLive);
  }

  /** Segments that were not committed: their sources are read again from where the store stands. */
  #giveUp(lost: readonly { readonly source: number; readonly atEnd: boolean }[]): void {
    for (const { source, atEnd } of lost) {
      const underWay = this.#underWay.get(source);
      if (underWay !== undefined) {
        underWay.again = true;
        underWay.source.status = "pending";
      }
      if (atEnd) this.#finish(source);
    }
  }

  #fail(failures: readonly Failure[]): void {
    const now = Date.now();
    for (const { source: id, kind, message } of failures) {
      const source = this.#context.catalog().get(id)!;
      source.attempts = kind === "set-aside" ? MAX_ATTEMPTS - 1 : 0;
      if (kind === "gone") source.gone = true;
      else {
        source.status = "error";
        source.error = message;
        // The sweep tries again.
        source.nextTry = nextTry(kind, now) ?? undefined;
        if (kind === "busy") this.#after(1_000, () => this.readLater(source));
      }
      this.#finish(id);
    }
  }

  /** Sources of a transaction that could not be written, by no fault of the disk: one of them is to blame. */
  #suspect(ids: readonly number[], message: string): void {
    for (const id of new Set(ids)) {
      const wasAlone = this.#suspected.has(id) && this.#underWay.size === 1;
      this.#suspected.add(id);
      if (wasAlone) void this.#giveUpOn({ source: id, kind: "failed", message });
    }
  }

  /** Notes that a source can't be read, by no word of the reader. */
  async #giveUpOn(failure: Failure): Promise<void> {
    this.#queued.delete(failure.source);
    const underWay = this.#underWay.get(failure.source);
    if (underWay !== undefined) underWay.again = false;
    try {
      await this.call("fail", [failure]);
    } catch (error) {
      if (!(error instanceof WriteError) && !(error instanceof ThreadError)) throw error;
    }
    this.#fail([failure]);
    this.#context.onProgress();
  }

  #onTrouble(trouble: StoreTrouble, message: string): void {
    if (!PASSING.has(trouble) || this.#isStopping || this.#isPaused) return;
    this.#isPaused = true;
    this.#resumed = Promise.withResolvers();
    this.#context.onPause(message);
    this.#pause = Math.min(PAUSE.last, this.#pause === 0 ? PAUSE.first : 2 * this.#pause);
    this.#after(this.#pause, () => {
      this.#isPaused = false;
      this.#resumed.resolve();
      void this.#pump();
    });
  }

  #onWritten(): void {
    if (this.#pause === 0) return;
    this.#pause = 0;
    this.#context.onPause(undefined);
  }

  /** A thread ended by a fault: both are started anew, and what was under way is tried source by source. */
  #onFault(error: ThreadError): void {
    if (++this.#faults > MAX_FAULTS) {
      this.#context.onFatal(error);
      return;
    }
    for (const id of this.#underWay.keys()) this.#suspected.add(id);
    this.#restart();
    void this.#pump();
  }

  #restart(): void {
    const sources = [...this.#underWay.values()].map(({ source }) => source);
    this.#endPipeline();
    for (const source of sources) this.readLater(source);
  }

  #endPipeline(): void {
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    this.#ending = Promise.all([this.#ending, pipeline?.stop()]);
    this.#underWay.clear();
    this.#historyBytes = 0;
  }

  /** Forgets all that waits: it belongs to a store that was replaced, and its cursors with it. */
  #forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#queued.clear();
    this.#suspected.clear();
    this.#history = [];
    this.#suspects = [];
    this.#beginning = [];
    this.#isPaused = false;
    this.#resumed.resolve();
    this.#onWritten();
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#isStopping || !this.isDone || this.#calls > 0 || this.#pipeline === undefined) return;
    this.#idleTimer = setTimeout(() => {
      const pipeline = this.#pipeline;
      if (!this.isDone || this.#calls > 0 || pipeline === undefined) return;
      this.#pipeline = undefined;
      // A log that could not be folded in now is folded in later.
      this.#ending = pipeline.call("checkpoint").catch(() => {}).then(() => pipeline.stop()).then(
        collectGarbage,
      );
    }, IDLE_TIME);
  }

  #after(delay: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delay);
    this.#timers.add(timer);
  }
}

function unreadBytes(source: CatalogSource): number {
  const { size } = source.stamp;
  return source.format === "jsonl" ? Math.max(0, size - source.cursor.offset) : size;
}
