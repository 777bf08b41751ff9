/**
 * What became of the sources that were under way: committed, undone, failed. Keeps the catalog as the store is.
 *
 * @module
 */

import type { Failure } from "../store/batch.ts";
import { nextTry, restOf } from "../store/next_try.ts";
import { MAX_ATTEMPTS, READING } from "../store/source_table.ts";
import type { Catalog, CatalogSource } from "./catalog.ts";
import type { AppliedMessage, LostSegment } from "./messages.ts";
import { ThreadError, WriteError, type WriterNews } from "./pipeline.ts";
import type { UnderWay } from "./under_way.ts";

/** Who hears of outcomes. */
export interface OutcomeListener {
  catalog(): Catalog;
  /** It changed, or was not committed whole, while it was under way. */
  recheck(source: CatalogSource, isLive: boolean): void;
  /** Another program holds it: read it again in a moment. */
  onBusy(source: CatalogSource): void;
  /** Stores that a source failed. */
  fail(failure: Failure): Promise<void>;
  /** Something ended that no news of the writer tells of. */
  onProgress(): void;
}

/** Follows what is under way to its end. */
export class Outcomes {
  readonly #underWay: UnderWay;
  readonly #listener: OutcomeListener;
  /** Those that became suspects since the collector started. */
  readonly #suspected = new Set<number>();

  constructor(underWay: UnderWay, listener: OutcomeListener) {
    this.#underWay = underWay;
    this.#listener = listener;
  }

  /** Whether reading a source once ended the process or a thread, or undid a transaction: it is read alone. */
  isSuspect(source: CatalogSource): boolean {
    return source.attempts > 0 || this.#suspected.has(source.id);
  }

  /** A thread ended by a fault: one of those under way is to blame. */
  suspectAll(): void {
    for (const { id } of this.#underWay.sources) this.#suspected.add(id);
  }

  /** Nobody is suspected any more. */
  forgetSuspects(): void {
    this.#suspected.clear();
  }

  /** Takes what was committed. */
  applied({ progress, stale, failures }: AppliedMessage): void {
    for (const step of progress) {
      noteProgress(this.#listener.catalog(), step);
      if (!step.atEnd) continue;
      this.#suspected.delete(step.source);
      this.#finish(step.source);
    }
    this.#giveUp(stale);
    this.#fail(failures);
  }

  /** Takes what was undone. */
  undone({ trouble, message, lost, failures }: Extract<WriterNews, { kind: "undone" }>): void {
    if (trouble === "other") this.#suspect(lost, message);
    this.#giveUp(lost);
    this.#fail(failures);
  }

  /** Notes that a source can't be read, by no word of the reader; whatever is read of it meanwhile, it is let be. */
  async giveUpOn(failure: Failure): Promise<void> {
    const reading = this.#underWay.get(failure.source);
    if (reading !== undefined) reading.again = false;
    try {
      await this.#listener.fail(failure);
    } catch (error) {
      if (!(error instanceof WriteError) && !(error instanceof ThreadError)) throw error;
    }
    this.#fail([failure]);
    this.#listener.onProgress();
  }

  /** A source was read to its end, or given up. */
  #finish(id: number): void {
    const reading = this.#underWay.finish(id);
    if (reading?.again) this.#listener.recheck(reading.source, reading.changedNow);
  }

  /** Segments that were not committed: their sources are read again from where the store stands. */
  #giveUp(lost: readonly LostSegment[]): void {
    for (const { source: id, atEnd } of lost) {
      const reading = this.#underWay.get(id);
      if (reading !== undefined) {
        reading.again = true;
        reading.source.status = "pending";
      }
      if (atEnd) this.#finish(id);
    }
  }

  #fail(failures: readonly Failure[]): void {
    const now = Date.now();
    for (const failure of failures) {
      const catalog = this.#listener.catalog();
      const source = catalog.get(failure.source)!;
      noteFailure(catalog, source, failure, now);
      if (failure.kind === "busy") this.#listener.onBusy(source);
      this.#finish(source.id);
    }
  }

  /** Sources of a transaction that could not be written, by no fault of the disk: one of them is to blame. */
  #suspect(lost: readonly LostSegment[], message: string): void {
    for (const [source, stamp] of new Map(lost.map(({ source, stamp }) => [source, stamp]))) {
      const wasAlone = this.#suspected.has(source) && this.#underWay.size === 1;
      this.#suspected.add(source);
      if (wasAlone) void this.giveUpOn({ source, kind: "failed", message, stamp });
    }
  }
}

/** What was committed of a source. */
function noteProgress(catalog: Catalog, progress: AppliedMessage["progress"][number]): void {
  const source = catalog.get(progress.source)!;
  catalog.setStamp(source, progress.stamp);
  source.cursor = progress.cursor;
  source.readAt = progress.readAt;
  source.leftOut += progress.leftOut;
  source.collectedFilter = progress.filter;
  source.rereading = progress.isRereading && !progress.atEnd ? READING.again : READING.onward;
  source.attempts = 0;
  source.gone = false;
  source.status = progress.atEnd ? "synced" : "syncing";
  source.error = source.nextTry = source.restsUntil = undefined;
}

/** A source could not be read; the sweep tries it again when its time has come, or its file has changed. */
function noteFailure(catalog: Catalog, source: CatalogSource, failure: Failure, now: number): void {
  const { kind, message, stamp } = failure;
  source.attempts = kind === "set-aside" ? MAX_ATTEMPTS - 1 : 0;
  source.gone = kind === "gone";
  if (source.gone) return;
  if (stamp !== undefined) catalog.setStamp(source, stamp);
  source.status = "error";
  source.error = message;
  source.nextTry = nextTry(failure, now) ?? undefined;
  source.restsUntil = now + restOf(source.stamp.size);
}
