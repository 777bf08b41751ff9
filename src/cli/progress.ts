/**
 * Shows how far a sync is, on stderr: one line that is renewed on a terminal, a line now and then in a pipe.
 *
 * @module
 */

import type { SyncProgress } from "../sync/collector.ts";
import { formatBytes, formatCount, formatDuration } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** How often the line is renewed on a terminal, and in a pipe, ms. */
const EVERY = { terminal: 100, pipe: 5_000 } as const;

/** How far a sync is, as a person reads it. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #startedAt: number;
  /** What was committed before: it says nothing of the rate. */
  #before: number | undefined;
  #shownAt = 0;
  #percent = 0;
  #isShown = false;

  /** @param now ms of a monotonic clock */
  constructor(terminal: Terminal, now: number) {
    this.#terminal = terminal;
    this.#startedAt = now;
  }

  /** Shows the progress, if it is time to. */
  show(progress: SyncProgress, now: number): void {
    const { isInteractive } = this.#terminal;
    this.#before ??= progress.committedBytes;
    if (now - this.#shownAt < (isInteractive ? EVERY.terminal : EVERY.pipe)) return;
    if (!isInteractive && this.#shownAt === 0) {
      this.#shownAt = now;
      return;
    }
    this.#shownAt = now;
    const line = this.#line(progress, now);
    if (isInteractive) {
      this.#terminal.announcer.show(`\r${line.slice(0, this.#terminal.errColumns - 1)}\x1b[K`);
    } else this.#terminal.announcer.say(`${line}\n`);
    this.#isShown = true;
  }

  /** Removes the line from a terminal, so that something else can be printed. */
  clear(): void {
    if (this.#isShown && this.#terminal.isInteractive) this.#terminal.announcer.say("\r\x1b[K");
    this.#isShown = false;
  }

  /** `syncing 42 % of 383 MB in 1,500 sources, 151 MB/s, 2 s left`; what the last two are is known after a moment. */
  #line({ committedBytes, totalBytes, sources }: SyncProgress, now: number): string {
    // More may be found on the way; what was shown is not taken back. 100 % is said when all is committed, elsewhere.
    const percent = totalBytes === 0 ? 0 : Math.floor(100 * committedBytes / totalBytes);
    this.#percent = Math.min(99, Math.max(this.#percent, percent));
    const count = `${formatCount(sources)} source${sources === 1 ? "" : "s"}`;
    const line = `syncing ${this.#percent} % of ${formatBytes(totalBytes)} in ${count}`;
    const seconds = (now - this.#startedAt) / 1000;
    const done = committedBytes - (this.#before ?? 0);
    if (seconds <= 0 || done <= 0) return line;
    const rate = done / seconds;
    const left = Math.max(1, Math.ceil((totalBytes - committedBytes) / rate));
    return `${line}, ${formatBytes(rate)}/s, ${left < 60 ? `${left} s` : formatDuration(1000 * left)} left`;
  }
}
