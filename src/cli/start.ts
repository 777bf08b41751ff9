/**
 * `start`: syncs all history and watches for new events, in the foreground or in the background.
 *
 * @module
 */

import { expandHome } from "../platform/paths.ts";
import { PROGRAM, VERSION } from "../platform/program.ts";
import { isOlder } from "../platform/version_order.ts";
import { MANAGED_KINDS } from "../service/managers/manager.ts";
import { collectFromOf } from "../sync/floor.ts";
import { globError } from "../platform/workspaces.ts";
import type { Command, Invocation } from "./command.ts";
import { AnotherCollectorError, EXIT, UsageError } from "./errors.ts";
import { DAYS_OPTION, runCollector, type RunOptions } from "./run_collector.ts";
import { sanitize } from "./sanitize.ts";

/** The command. */
export const command: Command = {
  name: "start",
  summary: "Sync the history of all agents and keep it current",
  usage: "start [OPTIONS]",
  options: [
    DAYS_OPTION,
    {
      name: "no-history",
      type: "boolean",
      description: "Leave what is there and take what comes; a later start without it takes the rest",
    },
    {
      name: "workspaces",
      type: "list",
      placeholder: "GLOB",
      description: "Take events of these folders alone; sync.workspaces by default",
    },
    { name: "once", type: "boolean", description: "End when everything is up to date, like sync" },
    { name: "background", type: "boolean", description: "Return at once and leave it running; stop ends it" },
    {
      name: "managed",
      type: "choice",
      choices: MANAGED_KINDS,
      description: "How a service manager calls it: it writes into a log instead of a terminal",
    },
  ],
  examples: [
    { command: `${PROGRAM} start`, description: "All of the last 90 days, then every new event" },
    { command: `${PROGRAM} start --background`, description: "The same, without holding a terminal" },
    { command: `${PROGRAM} start --initial-sync-days 0`, description: "Everything there is" },
    { command: `${PROGRAM} start --workspaces '~/work/**'`, description: "Only what happens below a folder" },
  ],
  async run(invocation) {
    const { options, environment } = invocation;
    const hasNoHistory = options.flag("no-history");
    if (hasNoHistory && options.integer("initial-sync-days") !== undefined) {
      throw new UsageError("--no-history and --initial-sync-days contradict each other", "Give one of them.");
    }
    const include = options.list("workspaces").map((glob) => expandHome(glob, environment));
    for (const glob of include) {
      const error = globError(glob);
      if (error !== undefined) throw new UsageError(`--workspaces ${glob}: ${error}`);
    }
    const once = options.flag("once");
    const managed = options.choice("managed", MANAGED_KINDS);
    if (options.flag("background")) {
      if (once || managed !== undefined) {
        throw new UsageError(`--background and --${once ? "once" : "managed"} contradict each other`);
      }
      return await startInBackground(invocation, include);
    }
    const days = options.integer("initial-sync-days");
    const runOptions: RunOptions = {
      ...(days !== undefined && { collectFrom: collectFromOf(days, Date.now()) }),
      startedBy: managed ?? "start",
      once,
      hasNoHistory,
      ...(include.length > 0 && { workspaces: { include, exclude: [] } }),
    };
    if (managed === undefined) return await runCollector(invocation, runOptions);
    const { runWithLog } = await import("./run_with_log.ts");
    return await runWithLog(invocation, runOptions);
  },
};

async function startInBackground(invocation: Invocation, include: readonly string[]): Promise<number> {
  const { options, environment, terminal } = invocation;
  const { isCollectorRunning, collectorInfo } = await import("../service/lock.ts");
  const { readSetting, startManaged } = await import("./managed.ts");
  const setting = await readSetting(environment, terminal);
  const { paths, log } = setting;
  const other = collectorInfo(paths.collector);
  // An older one is asked to go by the one that is started.
  if (isCollectorRunning(paths.lock) && !(other !== undefined && isOlder(other.version, VERSION))) {
    throw new AnotherCollectorError(other === undefined ? undefined : `process ${other.pid}`);
  }
  const days = options.integer("initial-sync-days");
  const { pid } = await startManaged(setting, "background", [
    ...days === undefined ? [] : ["--initial-sync-days", String(days)],
    ...options.flag("no-history") ? ["--no-history"] : [],
    ...include.flatMap((glob) => ["--workspaces", glob]),
  ], terminal);
  terminal.out(
    `running in the background (process ${pid})\n` +
      `${PROGRAM} status shows how far it is, ${PROGRAM} stop ends it; its log is ${sanitize(log)}\n`,
  );
  return EXIT.done;
}
