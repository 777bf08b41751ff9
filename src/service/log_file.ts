/**
 * The log of a collector that nobody watches: lines with a time, in files that are renewed before they grow large.
 *
 * @module
 */

import type { LOG_LEVELS } from "../config/config.ts";

/** How much a line matters. */
export type LogLevel = typeof LOG_LEVELS[number];

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** How large a file may grow, bytes, and how many older ones are kept. */
const LIMITS = { bytes: 1_000_000, kept: 4 } as const;

/** Options of {@link LogFile}. */
export interface LogFileOptions {
  /** Lines that matter less are left out. */
  readonly level: LogLevel;
  /** @default one megabyte a file, four older ones */
  readonly limits?: { readonly bytes: number; readonly kept: number };
  /** @default {Date.now} ms since the epoch */
  readonly now?: () => number;
}

/**
 * The log at a path: `collector.log`, and `collector.log.1`, which is older, and so on.
 *
 * It is opened for each line: lines are few, a file that is held open can't be renamed on Windows, and one that was removed
 * comes back. What can't be written is lost: a full disk must not end the collector, and what matters is in `status`.
 */
export class LogFile {
  readonly #path: string;
  readonly #limits: { readonly bytes: number; readonly kept: number };
  readonly #now: () => number;
  /** Changes with the configuration. */
  level: LogLevel;

  constructor(path: string, { level, limits = LIMITS, now = Date.now }: LogFileOptions) {
    this.#path = path;
    this.#limits = limits;
    this.#now = now;
    this.level = level;
  }

  /** Adds a text, each of its lines with the time and the level. */
  write(level: LogLevel, text: string): void {
    if (RANKS[level] < RANKS[this.level]) return;
    const head = `${new Date(this.#now()).toISOString()} ${level.padEnd(5)}`;
    const lines = text.trimEnd().split("\n").map((line) => `${head} ${line}\n`);
    try {
      this.#append(new TextEncoder().encode(lines.join("")));
    } catch {
      // See above.
    }
  }

  #append(bytes: Uint8Array): void {
    const size = sizeOf(this.#path);
    if (size > 0 && size + bytes.length > this.#limits.bytes) this.#renew();
    Deno.writeFileSync(this.#path, bytes, { append: true, mode: 0o600 });
  }

  #renew(): void {
    const { kept } = this.#limits;
    const older = (age: number) => age === 0 ? this.#path : `${this.#path}.${age}`;
    for (let age = kept; age > 0; age--) {
      try {
        Deno.renameSync(older(age - 1), older(age));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }
}

/** The size of a file, 0 if there is none. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
