/**
 * `start`: syncs all history and watches for new events, in the foreground.
 *
 * @module
 */

import { PROGRAM } from "../platform/program.ts";
import type { Command } from "./command.ts";
import { DAYS_OPTION, runCollector } from "./run_collector.ts";

/** The command. */
export const command: Command = {
  name: "start",
  summary: "Sync the history of all agents and keep it current",
  usage: "start [OPTIONS]",
  options: [
    DAYS_OPTION,
    { name: "once", type: "boolean", description: "End when everything is up to date, like sync" },
  ],
  examples: [
    { command: `${PROGRAM} start`, description: "All of the last 90 days, then every new event" },
    { command: `${PROGRAM} start --initial-sync-days 0`, description: "Everything there is" },
  ],
  run(invocation) {
    return runCollector(invocation, { startedBy: "start", once: invocation.options.flag("once") });
  },
};
