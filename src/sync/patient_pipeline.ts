/**
 * The pipeline as the collector uses it: there when it is needed, and patient with a store that can't be written.
 *
 * @module
 */

import type { StoreTrouble } from "../store/errors.ts";
import type { ReadJob, WriterCalls } from "./messages.ts";
import { OnDemand } from "./on_demand.ts";
import { Pipeline, type ThreadError, WriteError, type WriterNews } from "./pipeline.ts";
import { type PauseListener, StorePause } from "./store_pause.ts";

/** What keeps the store from being written and passes by itself. */
const PASSING: ReadonlySet<StoreTrouble> = new Set<StoreTrouble>(["busy", "full", "io"]);

/** Who hears of the pipeline. */
export interface PipelineListener extends PauseListener {
  onNews(news: WriterNews): void;
  /** A thread ended by a fault. */
  onFault(error: ThreadError): void;
  /** Whether nothing waits and nothing is under way. */
  isDone(): boolean;
}

/** Reads, and asks the writer. */
export class PatientPipeline {
  readonly #threads: OnDemand<Pipeline>;
  readonly #pause: StorePause;
  /** How many calls are not answered. */
  #calls = 0;
  #isStopping = false;

  /** @param storePath path of the store; the lock must be held */
  constructor(storePath: string, listener: PipelineListener) {
    this.#pause = new StorePause(listener);
    this.#threads = new OnDemand({
      start: () =>
        new Pipeline(storePath, (news) => listener.onNews(news), (error) => listener.onFault(error)),
      isIdle: () => this.#calls === 0 && listener.isDone(),
      // A log that can't be folded in now is folded in later.
      beforeEnd: (pipeline) => pipeline.call("checkpoint"),
    });
  }

  /** Whether the store can't be written now. */
  get isPaused(): boolean {
    return this.#pause.isOn;
  }

  /**
   * Opens the store, or makes it.
   *
   * @throws {StoreRefusedError}
   */
  async open(): Promise<void> {
    await (await this.#threads.connect()).opened;
  }

  /** Has sources read. */
  async read(jobs: readonly ReadJob[]): Promise<void> {
    (await this.#threads.connect()).read(jobs);
  }

  /** Has a source read next that was handed over and is not begun. */
  async hurry(source: number): Promise<void> {
    (await this.#threads.connect()).hurry(source);
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
          const result = await (await this.#threads.connect()).call(method, ...parameters);
          this.#pause.noteWritten();
          return result;
        } catch (error) {
          const isPassing = error instanceof WriteError && PASSING.has(error.trouble);
          if (!isPassing || this.#isStopping) throw error;
          this.#pause.begin(error.message);
          await this.#pause.over;
          if (this.#isStopping) throw error;
        }
      }
    } finally {
      this.#calls--;
      this.#threads.endWhenIdle();
    }
  }

  /** A batch was committed. */
  noteWritten(): void {
    this.#pause.noteWritten();
  }

  /** A batch could not be committed. */
  noteTrouble(trouble: StoreTrouble, message: string): void {
    if (PASSING.has(trouble) && !this.#isStopping) this.#pause.begin(message);
  }

  /** Ends the threads if there is nothing to do from now on for a while. */
  endWhenIdle(): void {
    this.#threads.endWhenIdle();
  }

  /** Ends the threads now; new ones are started when they are needed. */
  endThreads(): void {
    this.#threads.end();
  }

  /** The store was replaced: what kept the old one from being written is over. */
  forgetPause(): void {
    this.#pause.end();
    this.#pause.noteWritten();
  }

  /**
   * Ends it for good: what has been read is committed.
   *
   * @param begun the ids of sources whose attempts are counted though they were not reached
   * @returns `false` if a thread did not end in time
   */
  stop(begun: readonly number[]): Promise<boolean> {
    this.#isStopping = true;
    this.#pause.end();
    return this.#threads.stop((pipeline) => pipeline.call("endAttempts", begun));
  }
}
