/**
 * Runs a collector in this process, for `start` and `sync`.
 *
 * @module
 */

import { loadConfig } from "../config/load.ts";
import { configPath, type StoragePaths, storagePaths } from "../config/paths.ts";
import type { Config, WorkspaceFilter } from "../config/config.ts";
import { VERSION } from "../platform/program.ts";
import { endSignals } from "../platform/signals.ts";
import { crashesOf } from "../service/crashes.ts";
import { type CollectorInfo, collectorInfo, CollectorLock, removeCollectorInfo } from "../service/lock.ts";
import type { LogFile } from "../service/log_file.ts";
import { foldersNotes, prepareFolder } from "../service/prepare.ts";
import { takeOver } from "../service/takeover.ts";
import { Collector } from "../sync/collector.ts";
import { configuredFloor } from "../sync/floor.ts";
import { StoreRefusedError } from "../sync/pipeline.ts";
import { type CollectorReporter, LogReporter, TerminalReporter } from "./collector_reporter.ts";
import type { Invocation, OptionSpec } from "./command.ts";
import { AnotherCollectorError, EXIT, UserError } from "./errors.ts";
import { formatLocalTime } from "./event_line.ts";

/** `--initial-sync-days`, the same for both commands. */
export const DAYS_OPTION: OptionSpec = {
  name: "initial-sync-days",
  type: "integer",
  placeholder: "N",
  description:
    "How many days of history to take the first time, 0 for all; sync.initial_sync_days by default",
};

/** What the command that runs the collector decides. */
export interface RunOptions {
  readonly startedBy: CollectorInfo["startedBy"];
  readonly once: boolean;
  /** Events from this time on are wanted, ms since the epoch, in place of what the configuration says. */
  readonly collectFrom?: number;
  /** Sources that are there stay unopened until they grow. */
  readonly hasNoHistory?: boolean;
  /** Which workspaces are wanted, in place of what the configuration says. */
  readonly workspaces?: WorkspaceFilter;
  /** Where to write what would be said in a terminal. */
  readonly log?: LogFile;
}

/**
 * Runs a collector until it is told to end. One of an older version that runs is asked to end, and its place is taken.
 *
 * @returns the exit code
 * @throws {AnotherCollectorError} if one is running
 */
export async function runCollector(invocation: Invocation, options: RunOptions): Promise<number> {
  const { environment, terminal } = invocation;
  const { startedBy, once, collectFrom: given, hasNoHistory, workspaces, log } = options;
  const reporter = log === undefined ? new TerminalReporter(terminal, once) : new LogReporter(log);
  const { config, notes } = await loadConfig(undefined, environment);
  const heed = ({ logging }: Config) => {
    if (log !== undefined) log.level = logging.level;
  };
  heed(config);
  for (const note of notes) reporter.note(note);
  const paths = storagePaths(config, environment);
  prepareFolder(paths, environment.os);
  for (const note of await foldersNotes(paths, environment.os)) reporter.note(note);
  using _lock = await takeLock(paths, once, reporter);
  const startedAt = Date.now();
  const crashes = crashesOf(collectorInfo(paths.collector), startedAt);
  // Whoever starts it in a terminal sees how it ends, and decides when to try again.
  const pause = log === undefined ? 0 : crashes.pause;

  const collectFrom = given ??
    configuredFloor({ ...config.sync, ...hasNoHistory && { historical_sync: false } }, Date.now());
  const collector = new Collector({
    environment,
    config,
    storePath: paths.database,
    infoPath: paths.collector,
    version: VERSION,
    startedBy,
    ...crashes.count > 0 && { crashes: { count: crashes.count, until: startedAt + pause } },
    collectFrom,
    workspaces,
    once,
    exitsAfter: true,
    onConfig: heed,
    reloadConfig: configWatch(configPath(environment), () => loadConfig(undefined, environment)),
    report: reporter,
  });

  const stop = () => collector.stop();
  const signals = endSignals(environment.os);
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    const inTime = await collector.run();
    removeCollectorInfo(paths.collector);
    reporter.clear();
    await reporter.settled();
    // A thread that does not end holds the process.
    if (!inTime) Deno.exit(EXIT.done);
    return EXIT.done;
  } catch (error) {
    if (error instanceof StoreRefusedError && error.reason !== "Error") {
      const exitCode = error.reason === "NetworkFolderError" ? EXIT.wrongUsage : EXIT.failed;
      throw new UserError(error.message, { cause: error, exitCode });
    }
    throw error;
  } finally {
    reporter.clear();
    await reporter.settled();
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}

/**
 * Takes the lock, from an older collector if need be.
 *
 * @throws {AnotherCollectorError} if another one has it
 */
async function takeLock(
  paths: StoragePaths,
  once: boolean,
  reporter: CollectorReporter,
): Promise<CollectorLock> {
  const free = CollectorLock.acquire(paths.lock);
  if (free !== undefined) return free;
  const info = collectorInfo(paths.collector);
  // `sync` asks whatever collector runs; to end it would leave none behind.
  const taken = once ? undefined : await takeOver(paths, info, VERSION, () => {
    reporter.note(
      `taking the place of the collector of version ${info!.version} (process ${info!.pid})`,
      "well",
    );
  });
  if (taken === undefined) throw new AnotherCollectorError(describeOther(paths.collector));
  return taken;
}

function describeOther(path: string): string | undefined {
  const info = collectorInfo(path);
  return info === undefined ? undefined : `process ${info.pid}, since ${formatLocalTime(info.startedAt)}`;
}

/** Says what the configuration is now, if its file has changed since this was last asked. */
function configWatch(
  path: string,
  load: () => Promise<{ config: Config }>,
): () => Promise<Config | undefined> {
  let known = fileMark(path);
  return async () => {
    const mark = fileMark(path);
    if (mark === known) return undefined;
    known = mark;
    return (await load()).config;
  };
}

function fileMark(path: string): string {
  try {
    const { mtime, size, ino } = Deno.statSync(path);
    return `${mtime?.getTime()}:${size}:${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
