/**
 * What a collector is started with, and whom it tells.
 *
 * @module
 */

import type { Config, WorkspaceFilter } from "../config/config.ts";
import type { Environment } from "../platform/environment.ts";
import type { CollectorInfo } from "../service/lock.ts";
import type { SyncProgress } from "./sync_progress.ts";
import type { WatchFolder } from "./watcher.ts";

/** What a collector is started with. */
export interface CollectorOptions {
  readonly environment: Environment;
  readonly config: Config;
  /** Path of the store. */
  readonly storePath: string;
  /** Path of `collector.json`. */
  readonly infoPath: string;
  readonly version: string;
  readonly startedBy: CollectorInfo["startedBy"];
  /**
   * Collectors before this one that ended unexpectedly, and until when nothing is read for it, ms since the epoch.
   *
   * @default none
   */
  readonly crashes?: { readonly count: number; readonly until: number };
  /** Events from this time on are wanted, ms since the epoch; 0 for all. */
  readonly collectFrom: number;
  /** Which workspaces are wanted, in place of what the configuration says. */
  readonly workspaces?: WorkspaceFilter;
  /** End when everything is up to date. */
  readonly once: boolean;
  /** Hears of a configuration that was read again. */
  readonly onConfig?: (config: Config) => void;
  /** Read the configuration again; called when its file may have changed. Throws if it has a mistake. */
  readonly reloadConfig: () => Promise<Config | undefined>;
  /**
   * Why too little of the disk is free, `undefined` if there is enough.
   *
   * @default the writer is asked
   */
  readonly diskTrouble?: () => Promise<string | undefined>;
  /**
   * How often that is asked, ms.
   *
   * @default {10_000}
   */
  readonly diskEvery?: number;
  readonly watchFolder?: WatchFolder;
  /**
   * The process exits as soon as the collector has ended, and its watches with it. To close a watch can take for ever:
   * Deno's thread for them opens what was changed, and of a named pipe that nobody writes to it does not come back (2.9).
   *
   * @default {false} watches are closed
   */
  readonly exitsAfter?: boolean;
  readonly report: CollectorReport;
}

/** What a collector tells its command. */
export interface CollectorReport {
  /** Something was committed. */
  progress(progress: SyncProgress): void;
  /** Everything that there was is in the store. */
  upToDate(progress: SyncProgress): void;
  /** Something a person should know; that all is well unless it is said. */
  note(message: string, isWell?: "well"): void;
}
