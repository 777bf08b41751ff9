/**
 * `start`: syncs all history and watches for new events, in the foreground.
 *
 * @module
 */

import { expandHome } from "../platform/paths.ts";
import { PROGRAM } from "../platform/program.ts";
import { collectFromOf } from "../sync/floor.ts";
import { globError } from "../platform/workspaces.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./errors.ts";
import { DAYS_OPTION, runCollector } from "./run_collector.ts";

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
  ],
  examples: [
    { command: `${PROGRAM} start`, description: "All of the last 90 days, then every new event" },
    { command: `${PROGRAM} start --initial-sync-days 0`, description: "Everything there is" },
    { command: `${PROGRAM} start --workspaces '~/work/**'`, description: "Only what happens below a folder" },
  ],
  run(invocation) {
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
    const days = options.integer("initial-sync-days");
    return runCollector(invocation, {
      ...(days !== undefined && { collectFrom: collectFromOf(days, Date.now()) }),
      startedBy: "start",
      once: options.flag("once"),
      hasNoHistory,
      ...(include.length > 0 && { workspaces: { include, exclude: [] } }),
    });
  },
};
