/**
 * `sync`: brings everything up to date once. Beside a running collector it asks that one and waits.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import { PROGRAM } from "../platform/program.ts";
import { collectFromOf } from "../sync/floor.ts";
import { isCollectorRunning } from "../service/lock.ts";
import { type Command, FORMAT_OPTION, type Invocation } from "./command.ts";
import { AnotherCollectorError, EXIT } from "./errors.ts";
import { loadConfig } from "../config/load.ts";
import { storagePaths } from "../config/paths.ts";
import { findStore, withStore } from "./open_store.ts";
import { DAYS_OPTION, runCollector } from "./run_collector.ts";

/** How often to look at the answer of the running collector, ms. */
const LOOK_EVERY = 100;

/** The command. */
export const command: Command = {
  name: "sync",
  summary: "Bring everything up to date once, and exit",
  usage: "sync [OPTIONS]",
  options: [
    DAYS_OPTION,
    { name: "status", type: "boolean", description: "Change nothing; show per source how far it is" },
    { ...FORMAT_OPTION, description: "How to print what --status shows: for people or for scripts" },
  ],
  examples: [
    { command: `${PROGRAM} sync`, description: "Everything up to date, then the prompt is back" },
    { command: `${PROGRAM} sync --status`, description: "What is synced, what waits, what failed and why" },
    { command: `${PROGRAM} sync --status --format json`, description: "The same for scripts" },
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { environment, terminal } = invocation;
  if (invocation.options.flag("status")) {
    const { database } = await findStore(environment, terminal);
    const { showSources } = await import("./source_report.ts");
    return await withStore(database, (reader) => showSources(reader, invocation));
  }
  const days = invocation.options.integer("initial-sync-days");
  return await syncOnce(invocation, days === undefined ? undefined : collectFromOf(days, Date.now()));
}

/**
 * Brings everything up to date, by the collector that runs or by one of its own.
 *
 * @param collectFrom events from this time on are wanted, ms since the epoch; `undefined` where the configuration decides
 * @returns the exit code
 */
export async function syncOnce(invocation: Invocation, collectFrom: number | undefined): Promise<number> {
  const { environment } = invocation;
  const paths = storagePaths((await loadConfig(undefined, environment)).config, environment);
  for (;;) {
    if (isCollectorRunning(paths.lock)) {
      if (await askCollector(paths, invocation, collectFrom)) return EXIT.done;
      continue;
    }
    try {
      return await runCollector(invocation, { startedBy: "sync", once: true, collectFrom });
    } catch (error) {
      // One was started in this very moment: ask it.
      if (!(error instanceof AnotherCollectorError)) throw error;
    }
  }
}

/** Has the running collector sync. Returns `false` if it ended before everything was up to date. */
async function askCollector(
  paths: StoragePaths,
  { terminal }: Invocation,
  collectFrom: number | undefined,
): Promise<boolean> {
  const { CollectorRequest } = await import("../service/request.ts");
  const { readSummary } = await import("../store/summary.ts");
  const { ProgressLine } = await import("./progress.ts");
  const args = collectFrom === undefined ? {} : { collectFrom };
  const request = new CollectorRequest(paths.database, "sync", args);
  terminal.announcer.say("a collector is running: it syncs now\n");
  const line = new ProgressLine(terminal, performance.now());
  try {
    for (;;) {
      const state = request.poll(Date.now());
      if (state?.state === "done") break;
      if (state?.state === "failed" || !isCollectorRunning(paths.lock)) return false;
      if (state !== undefined) {
        const progress = await withStore(paths.database, (reader) => progressOf(readSummary(reader)));
        line.show(progress, performance.now());
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  } finally {
    line.clear();
    await terminal.announcer.settled(1_000);
  }
  terminal.err("up to date\n");
  return true;
}

function progressOf({ agents, sources, leftOutEvents }: import("../store/summary.ts").StoreSummary) {
  return {
    committedBytes: agents.reduce((sum, { committedBytes }) => sum + committedBytes, 0),
    totalBytes: agents.reduce((sum, { bytes }) => sum + bytes, 0),
    sources: agents.reduce((sum, { sources }) => sum + sources, 0),
    leftOutSources: sources.leftOut,
    leftOutBytes: 0,
    leftOutEvents,
  };
}
