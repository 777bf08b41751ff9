/**
 * The table of commands. Each is imported only when it is called, so that none pays for another. The imports are literal
 * for `deno compile` to find them.
 *
 * @module
 */

import type { Command } from "./command.ts";

/** A line of the table. */
export interface CommandEntry {
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

/** All commands, in the order of the help. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  start: {
    summary: "Sync the history of all agents and keep it current",
    load: () => import("./start.ts"),
  },
  stop: { summary: "Stop the running collector", load: () => import("./stop.ts") },
  sync: { summary: "Bring everything up to date once, and exit", load: () => import("./sync.ts") },
  status: { summary: "Show how things are, on one screen", load: () => import("./status.ts") },
  query: { summary: "Find events", load: () => import("./query.ts") },
  stats: { summary: "Show totals of sessions, prompts, calls and tokens", load: () => import("./stats.ts") },
  agents: {
    summary: "Show every agent, where it was looked for and what was found",
    load: () => import("./agents.ts"),
  },
  export: {
    summary: "Deliver to remotes, and see what they have and would get",
    load: () => import("./export.ts"),
  },
  remote: { summary: "Add, list, try and remove remotes", load: () => import("./remote.ts") },
  service: { summary: "Start the collector at each login, or no longer", load: () => import("./service.ts") },
  config: {
    summary: "Show, check or create the configuration",
    load: () => import("./config.ts"),
  },
  backfill: { summary: "Deprecated: use start, or sync", load: () => import("./backfill.ts") },
  completions: {
    summary: "Print what makes a shell complete commands",
    load: () => import("./completions.ts"),
  },
  version: {
    summary: "Show the version of the program and of what it is built on",
    load: () => import("./version.ts"),
  },
};
