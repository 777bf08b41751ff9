/**
 * Threads that are there as long as there is work for them.
 *
 * @module
 */

import { collectGarbage } from "../platform/garbage.ts";

/** They end when there was nothing to do for so long, ms. */
const IDLE_TIME = 30_000;

/** What can be ended. */
export interface Stoppable {
  /** Ends it, after `beforeEnd`. Returns `false` if it did not end in time. */
  stop(beforeEnd?: () => Promise<unknown>): Promise<boolean>;
}

/** How to have threads. */
export interface OnDemandOptions<T> {
  /** Starts them. */
  readonly start: () => T;
  /** Whether there is nothing to do for them. */
  readonly isIdle: () => boolean;
  /** What they do before they end for want of work; it may fail. */
  readonly beforeEnd: (threads: T) => Promise<unknown>;
  /** @default {30_000} ms */
  readonly idleTime?: number;
}

/** Threads that are started when they are needed, and never while others still end: a process has one writer. */
export class OnDemand<T extends Stoppable> {
  readonly #options: OnDemandOptions<T>;
  #threads: T | undefined;
  /** Ended ones that are still committing. */
  #ending: Promise<unknown> = Promise.resolve();
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(options: OnDemandOptions<T>) {
    this.#options = options;
  }

  /** The threads, started if there are none. */
  async connect(): Promise<T> {
    clearTimeout(this.#idleTimer);
    await this.#ending;
    return this.#threads ??= this.#options.start();
  }

  /** Ends them now; the next `connect()` starts new ones. */
  end(): void {
    const threads = this.#threads;
    this.#threads = undefined;
    this.#ending = Promise.all([this.#ending, threads?.stop()]);
  }

  /** Ends them if there is nothing to do from now on for a while. */
  endWhenIdle(): void {
    clearTimeout(this.#idleTimer);
    const { isIdle, beforeEnd, idleTime = IDLE_TIME } = this.#options;
    if (this.#isStopped || this.#threads === undefined || !isIdle()) return;
    this.#idleTimer = setTimeout(() => {
      const threads = this.#threads;
      if (threads === undefined || !isIdle()) return;
      this.#threads = undefined;
      this.#ending = beforeEnd(threads).catch(() => {}).then(() => threads.stop()).then(collectGarbage);
    }, idleTime);
  }

  /** Ends them for good, after `beforeEnd`. Returns `false` if one did not end in time. */
  async stop(beforeEnd: (threads: T) => Promise<unknown>): Promise<boolean> {
    this.#isStopped = true;
    clearTimeout(this.#idleTimer);
    const threads = this.#threads;
    this.#threads = undefined;
    await this.#ending;
    return await threads?.stop(() => beforeEnd(threads)) ?? true;
  }
}
