/**
 * `backfill`: what the first collector called it, for the scripts that still do. History and new events are one thing now.
 *
 * @module
 */

import { PROGRAM } from "../platform/program.ts";
import { collectFromOf } from "../sync/floor.ts";
import { type Command, FORMAT_OPTION, type Invocation } from "./command.ts";
import { EXIT, UsageError } from "./errors.ts";
import { readTime } from "./query_options.ts";

const ACTIONS = ["run", "status"] as const;

/** The command. */
export const command: Command = {
  name: "backfill",
  summary: "Deprecated: use start, or sync",
  usage: "backfill run|status [OPTIONS]",
  positionals: [{ name: "ACTION", description: "What to do", choices: ACTIONS }],
  options: [
    {
      name: "agent",
      type: "string",
      placeholder: "ID",
      description: "Checked; the history of all agents is taken",
    },
    {
      name: "days",
      type: "integer",
      placeholder: "N",
      description: "How many days of history to take, 0 for all",
    },
    {
      name: "from",
      type: "string",
      placeholder: "TIME",
      description: "Take history from this time on: 2026-01-31",
    },
    { name: "all", type: "boolean", description: "Take all history" },
    { ...FORMAT_OPTION, description: "How `backfill status` prints: for people or for scripts" },
  ],
  examples: [
    {
      command: `${PROGRAM} backfill run --days 30`,
      description: "Now: start, or sync --initial-sync-days 30",
    },
  ],
  run,
};

/** What agents were called before. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  copilot: "github-copilot",
  "vscode-copilot": "github-copilot",
  claude: "claude-code",
};

async function run(invocation: Invocation): Promise<number> {
  const { options, positionals, terminal } = invocation;
  terminal.err("Deprecated. Use 'start' instead.\n");
  await checkAgent(options.text("agent"));
  if (positionals[0] === "status") {
    const { findStore, withStore } = await import("./open_store.ts");
    const { showSources } = await import("./source_report.ts");
    const { database } = await findStore(invocation.environment, terminal);
    return await withStore(database, (reader) => showSources(reader, invocation));
  }
  const { syncOnce } = await import("./sync.ts");
  await syncOnce(invocation, readFloor(invocation));
  return EXIT.done;
}

async function checkAgent(name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const { AGENTS, findAgent } = await import("../agents/agents.ts");
  if (findAgent(OLD_NAMES[name] ?? name) !== undefined) return;
  const { suggest } = await import("../platform/suggest.ts");
  const known = [...AGENTS.map(({ id }) => id), ...Object.keys(OLD_NAMES)];
  const meant = suggest(name, known);
  throw new UsageError(
    `--agent names no agent: ${JSON.stringify(name)}`,
    meant === undefined ? `There are ${known.join(", ")}.` : `Did you mean \`${meant}\`?`,
  );
}

/** From when on history is asked for, ms since the epoch; `undefined` where the configuration decides. */
function readFloor({ options }: Invocation): number | undefined {
  const [days, from, all] = [options.integer("days"), options.text("from"), options.flag("all")];
  const given = [days !== undefined && "--days", from !== undefined && "--from", all && "--all"].filter(
    Boolean,
  );
  if (given.length > 1) {
    throw new UsageError(`${given.join(" and ")} exclude each other`, "Give one of them.");
  }
  const now = Date.now();
  if (all) return 0;
  if (from !== undefined) return readTime("--from", from, now, "start");
  return days === undefined ? undefined : collectFromOf(days, now);
}
