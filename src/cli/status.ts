/**
 * `status`: how things are, on one screen.
 *
 * Nothing is loaded at the top that is not needed to say it: the command answers in a tenth of a second.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import { PROGRAM, VERSION } from "../platform/program.ts";
import type { StoreSummary } from "../store/summary.ts";
import type { Environment } from "../platform/environment.ts";
import type { RemoteReport } from "./remote_lines.ts";
import { type Command, FORMAT_OPTION, type Invocation } from "./command.ts";
import { EXIT } from "./errors.ts";
import { jsonText } from "./json_text.ts";
import { findStore, withStore, withStoreIfAny } from "./open_store.ts";
import { type CollectorFacts, renderStatus, type StatusFacts } from "./status_screen.ts";

/** The command. */
export const command: Command = {
  name: "status",
  summary: "Show how things are, on one screen",
  usage: "status [OPTIONS]",
  options: [FORMAT_OPTION],
  examples: [
    { command: `${PROGRAM} status`, description: "Is it running, is it up to date, is something wrong" },
    { command: `${PROGRAM} status --format json | jq .sync.percent`, description: "For scripts" },
  ],
  run,
};

async function run({ options, terminal, environment }: Invocation): Promise<number> {
  const paths = await findStore(environment, terminal);
  const collector = await readCollector(paths);
  const summary = await readStore(paths.database);
  const expiring = summary === undefined ? 0 : await readExpiring(paths.database, summary);
  const remotes = await readRemotes(environment, paths.database, summary?.remotes ?? 0);
  const facts = gatherFacts(collector, paths.database, summary, expiring, remotes);
  if (options.text("format") === "json") terminal.out(`${jsonText(facts, 2)}\n`);
  else terminal.out(renderStatus(facts, { terminal, now: Date.now(), version: VERSION }));
  return EXIT.done;
}

async function readCollector(paths: StoragePaths): Promise<CollectorFacts> {
  const { collectorInfo, isCollectorRunning } = await import("../service/lock.ts");
  // What the file says counts only while the lock is held: a collector that was killed leaves it behind.
  return isCollectorRunning(paths.lock)
    ? { running: true, ...collectorInfo(paths.collector) }
    : { running: false };
}

/** So many events behind a remote are counted: all of many would take longer than the rest of the screen. */
const COUNTED = 5_000;

/** How far the remotes are. Most people have none, and load nothing for them. */
async function readRemotes(
  environment: Environment,
  database: string,
  known: number,
): Promise<readonly RemoteReport[]> {
  if (known === 0 && !await hasRemotes(environment)) return [];
  const report = await import("./remote_report.ts");
  return await report.readRemotes(environment, database, COUNTED);
}

/** Whether a remote is configured. */
async function hasRemotes(environment: Environment): Promise<boolean> {
  const { loadConfig } = await import("../config/load.ts");
  const { ConfigError } = await import("../config/problems.ts");
  try {
    return Object.keys((await loadConfig(undefined, environment)).config.export.remotes).length > 0;
  } catch (error) {
    // It was said already that the configuration has a mistake.
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** The summary of the store, `undefined` if there is none yet. */
async function readStore(path: string): Promise<StoreSummary | undefined> {
  const { readSummary } = await import("../store/summary.ts");
  return await withStoreIfAny<StoreSummary | undefined>(path, (reader) => readSummary(reader), undefined);
}

/** What was left out is soon to be deleted by its agent within so long, ms. */
const SOON = 7 * 86_400_000;

/** How many of the sources that were left out will soon be gone. */
async function readExpiring(path: string, { sources, leftOutEvents }: StoreSummary): Promise<number> {
  if (sources.leftOut + leftOutEvents === 0) return 0;
  const { AGENTS } = await import("../agents/agents.ts");
  const { countExpiring } = await import("../store/summary.ts");
  const now = Date.now();
  const soon = AGENTS.flatMap(({ id, deletesAfterDays: days }) =>
    days === undefined ? [] : [[id, now + SOON - days * 86_400_000] as const]
  );
  return await withStore(path, (reader) => countExpiring(reader, new Map(soon)));
}

/** Puts together what `status` prints. Exported for its test. */
export function gatherFacts(
  collector: CollectorFacts,
  path: string,
  summary: StoreSummary | undefined,
  expiring = 0,
  remotes: readonly RemoteReport[] = [],
): StatusFacts {
  if (summary === undefined) {
    return {
      collector,
      store: { path, exists: false, bytes: 0, events: 0 },
      agents: [],
      sync: NOTHING,
      remotes,
      problems: [],
    };
  }
  const { sources, agents } = summary;
  const bytes = agents.reduce((sum, agent) => sum + agent.bytes, 0);
  const committedBytes = agents.reduce((sum, agent) => sum + agent.committedBytes, 0);
  const open = sources.pending + sources.syncing + sources.error;
  return {
    collector,
    store: {
      path: summary.path,
      exists: true,
      bytes: summary.bytes,
      events: summary.events,
      ...(summary.recovery !== undefined && { recovery: summary.recovery }),
    },
    agents,
    sync: {
      percent: percentOf(committedBytes, bytes, open === 0),
      bytes,
      committedBytes,
      pending: sources.pending,
      syncing: sources.syncing,
      synced: sources.synced,
      failed: sources.error,
      gone: sources.gone,
      leftOutSources: sources.leftOut,
      leftOutEvents: summary.leftOutEvents,
      leftOutExpiring: expiring,
      failures: summary.failures,
      unreadRecords: summary.unreadRecords,
      unreadKinds: summary.unreadKinds,
      silent: summary.silent,
    },
    remotes,
    problems: summary.problems,
  };
}

const NOTHING: StatusFacts["sync"] = {
  percent: 0,
  bytes: 0,
  committedBytes: 0,
  pending: 0,
  syncing: 0,
  synced: 0,
  failed: 0,
  gone: 0,
  leftOutSources: 0,
  leftOutEvents: 0,
  leftOutExpiring: 0,
  failures: [],
  unreadRecords: 0,
  unreadKinds: [],
  silent: [],
};

/** With one digit after the point, and 100 only when nothing is left to do. */
function percentOf(committed: number, total: number, isDone: boolean): number {
  if (isDone) return 100;
  return total === 0 ? 0 : Math.min(99.9, Math.floor(1000 * committed / total) / 10);
}
