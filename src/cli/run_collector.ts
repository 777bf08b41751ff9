/**
 * Runs a collector in this process, for `start` and `sync`.
 *
 * @module
 */

import { loadConfig } from "../config/load.ts";
import { configPath, storagePaths } from "../config/paths.ts";
import type { Config, WorkspaceFilter } from "../config/config.ts";
import { VERSION } from "../platform/program.ts";
import { collectorInfo, CollectorLock, removeCollectorInfo } from "../service/lock.ts";
import { prepareFolder } from "../service/prepare.ts";
import { Collector, type SyncProgress } from "../sync/collector.ts";
import { configuredFloor } from "../sync/floor.ts";
import { StoreRefusedError } from "../sync/pipeline.ts";
import type { Invocation, OptionSpec } from "./command.ts";
import { AnotherCollectorError, EXIT, UserError } from "./errors.ts";
import { formatLocalTime } from "./event_line.ts";
import { formatBytes, formatCount } from "./format.ts";
import { ProgressLine } from "./progress.ts";
import { sanitize } from "./sanitize.ts";
import type { Terminal } from "./terminal.ts";

/** `--initial-sync-days`, the same for both commands. */
export const DAYS_OPTION: OptionSpec = {
  name: "initial-sync-days",
  type: "integer",
  placeholder: "N",
  description:
    "How many days of history to take the first time, 0 for all; sync.initial_sync_days by default",
};

/** How long the last words may take, ms, where nobody seems to read. */
const PATIENCE = 1_000;

/** What the command that runs the collector decides. */
export interface RunOptions {
  readonly startedBy: "start" | "sync";
  readonly once: boolean;
  /** Events from this time on are wanted, ms since the epoch, in place of what the configuration says. */
  readonly collectFrom?: number;
  /** Sources that are there stay unopened until they grow. */
  readonly hasNoHistory?: boolean;
  /** Which workspaces are wanted, in place of what the configuration says. */
  readonly workspaces?: WorkspaceFilter;
}

/**
 * Runs a collector until it is told to end.
 *
 * @returns the exit code
 * @throws {AnotherCollectorError} if one is running
 */
export async function runCollector(
  invocation: Invocation,
  { startedBy, once, collectFrom: given, hasNoHistory, workspaces }: RunOptions,
): Promise<number> {
  const { environment, terminal } = invocation;
  const { config, notes } = await loadConfig(undefined, environment);
  for (const note of notes) terminal.announcer.say(`${sanitize(note)}\n`);
  const paths = storagePaths(config, environment);
  prepareFolder(paths, environment.os);
  using lock = CollectorLock.acquire(paths.lock);
  if (lock === undefined) throw new AnotherCollectorError(describeOther(paths.collector));

  const collectFrom = given ??
    configuredFloor({ ...config.sync, ...hasNoHistory && { historical_sync: false } }, Date.now());
  const line = new ProgressLine(terminal, performance.now());
  const collector = new Collector({
    environment,
    config,
    storePath: paths.database,
    infoPath: paths.collector,
    version: VERSION,
    startedBy,
    collectFrom,
    workspaces,
    once,
    exitsAfter: true,
    reloadConfig: configWatch(configPath(environment), () => loadConfig(undefined, environment)),
    report: {
      progress: (progress) => line.show(progress, performance.now()),
      upToDate: (progress) => {
        line.clear();
        sayUpToDate(terminal, progress, once);
      },
      note: (message) => {
        line.clear();
        terminal.announcer.say(`${sanitize(message, { lines: true })}\n`);
      },
    },
  });

  const stop = () => collector.stop();
  const signals: Deno.Signal[] = environment.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    const inTime = await collector.run();
    removeCollectorInfo(paths.collector);
    line.clear();
    await terminal.announcer.settled(PATIENCE);
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
    line.clear();
    await terminal.announcer.settled(PATIENCE);
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}

function describeOther(path: string): string | undefined {
  const info = collectorInfo(path);
  return info === undefined ? undefined : `process ${info.pid}, since ${formatLocalTime(info.startedAt)}`;
}

function sayUpToDate(terminal: Terminal, progress: SyncProgress, once: boolean): void {
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
        `devlog-collector ${once ? "sync" : "start"} --initial-sync-days 0`,
    );
  }
  if (!once) lines.push("watching for new events; Ctrl-C ends it");
  terminal.announcer.say(`${lines.join("\n")}\n`);
}

function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
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
