/**
 * Tells how a collector gets on: a person at a terminal, or a log that is read later.
 *
 * @module
 */

import type { LogFile } from "../service/log_file.ts";
import type { CollectorReport, SyncProgress } from "../sync/collector.ts";
import { countOf, formatBytes } from "./format.ts";
import { ProgressLine } from "./progress.ts";
import { sanitize } from "./sanitize.ts";
import type { Terminal } from "./terminal.ts";

/** Whom a command that runs a collector tells. */
export interface CollectorReporter extends CollectorReport {
  /** Nothing more is said for now: what was drawn over is removed. */
  clear(): void;
  /** Resolves when all was said, as far as somebody reads. */
  settled(): Promise<void>;
}

/** How long the last words may take, ms, where nobody seems to read. */
const PATIENCE = 1_000;

/** Tells a person, on stderr. */
export class TerminalReporter implements CollectorReporter {
  readonly #terminal: Terminal;
  readonly #once: boolean;
  readonly #line: ProgressLine;

  constructor(terminal: Terminal, once: boolean) {
    this.#terminal = terminal;
    this.#once = once;
    this.#line = new ProgressLine(terminal, performance.now());
  }

  progress(progress: SyncProgress): void {
    this.#line.show(progress, performance.now());
  }

  upToDate(progress: SyncProgress): void {
    const lines = upToDateLines(progress, this.#once ? "sync" : "start");
    if (!this.#once) lines.push("watching for new events; Ctrl-C ends it");
    this.#say(lines.join("\n"));
  }

  note(message: string): void {
    this.#say(sanitize(message, { lines: true }));
  }

  clear(): void {
    this.#line.clear();
  }

  async settled(): Promise<void> {
    await this.#terminal.announcer.settled(PATIENCE);
  }

  #say(text: string): void {
    this.#line.clear();
    this.#terminal.announcer.say(`${text}\n`);
  }
}

/** How often progress is put into a log, ms. */
const LOG_EVERY = 60_000;

/** Writes into a log. */
export class LogReporter implements CollectorReporter {
  readonly #log: LogFile;
  #nextProgress = performance.now() + LOG_EVERY;

  constructor(log: LogFile) {
    this.#log = log;
  }

  progress({ committedBytes, totalBytes, sources }: SyncProgress): void {
    const now = performance.now();
    if (now < this.#nextProgress) return;
    this.#nextProgress = now + LOG_EVERY;
    const done = `${formatBytes(committedBytes)} of ${formatBytes(totalBytes)}`;
    this.#log.write("info", `syncing: ${done} in ${countOf(sources, "source")}`);
  }

  upToDate(progress: SyncProgress): void {
    this.#log.write("info", upToDateLines(progress, "sync").join("\n"));
  }

  note(message: string, isWell?: "well"): void {
    this.#log.write(isWell === undefined ? "warn" : "info", sanitize(message, { lines: true }));
  }

  clear(): void {}

  settled(): Promise<void> {
    return Promise.resolve();
  }
}

/** What is said once everything is in the store. */
function upToDateLines(progress: SyncProgress, command: "start" | "sync"): string[] {
  const { sources, totalBytes, leftOutSources, leftOutBytes, leftOutEvents } = progress;
  const lines = [`up to date: ${countOf(sources, "source")}, ${formatBytes(totalBytes)}`];
  if (sources + leftOutSources === 0) lines.push("no history of any agent was found yet");
  const leftOut = [
    ...leftOutSources > 0
      ? [`${countOf(leftOutSources, "older source")} (${formatBytes(leftOutBytes)})`]
      : [],
    ...leftOutEvents > 0 ? [countOf(leftOutEvents, "event")] : [],
  ];
  if (leftOut.length > 0) {
    lines.push(
      `left out: ${leftOut.join(" and ")}. To take them too: ` +
        `devlog-collector ${command} --initial-sync-days 0`,
    );
  }
  return lines;
}
