/**
 * `stats`: totals of sessions, prompts, calls and tokens.
 *
 * @module
 */

import { daysWithin, isTimeZone, localTimeZone } from "../platform/days.ts";
import { expandHome } from "../platform/paths.ts";
import { PROGRAM } from "../platform/program.ts";
import type { Dimension, Group, Totals } from "../store/stats.ts";
import { type Command, FORMAT_OPTION, type Invocation } from "./command.ts";
import { EXIT, UsageError } from "./errors.ts";
import { formatCount, formatShort } from "./format.ts";
import { jsonText } from "./json_text.ts";
import { findStore, withStore } from "./open_store.ts";
import { FILTER_OPTIONS, readFilter } from "./query_options.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const BY = ["agent", "workspace", "repository", "model", "session", "type", "day"] as const;
type By = typeof BY[number];

/** The command. */
export const command: Command = {
  name: "stats",
  summary: "Show totals of sessions, prompts, calls and tokens",
  usage: "stats [OPTIONS]",
  options: [
    {
      name: "by",
      type: "choice",
      choices: BY,
      description: "Only the totals of each of these; an overview of all by default",
    },
    {
      name: "timezone",
      type: "string",
      placeholder: "ZONE",
      description: "Where days begin, such as Europe/Berlin or UTC; the zone of this machine by default",
    },
    ...FILTER_OPTIONS,
    FORMAT_OPTION,
  ],
  examples: [
    { command: `${PROGRAM} stats --last 30d`, description: "What the last month came to" },
    { command: `${PROGRAM} stats --by day --last 7d --timezone UTC`, description: "Day by day" },
    { command: `${PROGRAM} stats --by model --format json`, description: "For scripts" },
  ],
  run,
};

/** So many rows of a table of the overview are shown; the rest is counted. */
const SHOWN = 10;
/** So many days are in the overview. */
const RECENT_DAYS = 14;

/** What `stats --format json` prints; `docs/commands.md` explains each key. */
interface StatsFacts {
  readonly totals: Totals;
  /** Where the days begin. */
  readonly timezone: string;
  readonly groups: Readonly<Partial<Record<By, readonly Group[]>>>;
}

async function run({ options, terminal, environment }: Invocation): Promise<number> {
  const { resolve } = await import("node:path");
  const timezone = options.text("timezone") ?? localTimeZone();
  if (!isTimeZone(timezone)) {
    throw new UsageError(
      `--timezone is no time zone: ${JSON.stringify(timezone)}`,
      "Expected the name of one, such as Europe/Berlin, America/New_York or UTC.",
    );
  }
  const resolvePath = (path: string) => resolve(expandHome(path, environment));
  const filter = readFilter(options, { now: Date.now(), resolvePath });
  const by = options.choice("by", BY);
  const { database } = await findStore(environment, terminal);
  const stats = await import("../store/stats.ts");
  const facts = await withStore(database, (reader): StatsFacts => {
    const totals = stats.readTotals(reader, filter);
    const groups = (by === undefined ? OVERVIEW : [by]).map((by) => [
      by,
      by === "day"
        ? stats.readDays(reader, filter, daysWithin(stats.readUtcDays(reader, filter), timezone))
        : stats.readGroups(reader, filter, by),
    ]);
    return { totals, timezone, groups: Object.fromEntries(groups) };
  });
  if (options.text("format") === "json") terminal.out(`${jsonText(facts, 2)}\n`);
  else terminal.out(renderStats(facts, by, terminal));
  return EXIT.done;
}

const OVERVIEW: readonly By[] = ["agent", "model", "workspace", "day"];

/** Draws them. Exported for its test. */
export function renderStats(
  { totals, timezone, groups }: StatsFacts,
  by: By | undefined,
  terminal: Pick<Terminal, "columns" | "colour">,
): string {
  if (totals.events === 0) return "No events match.\n";
  const parts = by === undefined ? [renderTotals(totals)] : [];
  for (const [name, all] of Object.entries(groups) as [By, readonly Group[]][]) {
    const isDay = name === "day";
    const shown = by !== undefined ? all : isDay ? all.slice(-RECENT_DAYS) : all.slice(0, SHOWN);
    const more = all.length - shown.length;
    const note = more === 0 ? "" : `  and ${formatCount(more)} ${isDay ? "days before" : "more"}\n`;
    const title = isDay ? `Day (${timezone})` : TITLES[name];
    parts.push(renderGroups(title, shown, terminal) + note);
  }
  return parts.join("\n");
}

const TITLES: Readonly<Record<Dimension, string>> = {
  agent: "Agent",
  workspace: "Workspace",
  repository: "Repository",
  model: "Model",
  session: "Session",
  type: "Type",
};

function renderTotals(totals: Totals): string {
  const { sessions, prompts, responses, toolCalls, errors, events, costUsd } = totals;
  const lines = [
    `${formatCount(sessions)} sessions, ${formatCount(prompts)} prompts, ${
      formatCount(responses)
    } answers, ` +
    `${formatCount(toolCalls)} tool calls, ${formatCount(errors)} errors; ${
      formatCount(events)
    } events in all`,
    `${formatCount(totals.inputTokens)} tokens in, ${formatCount(totals.outputTokens)} out, ` +
    `${formatCount(totals.cacheReadTokens)} read from caches, ${
      formatCount(totals.cacheWriteTokens)
    } written to them`,
    ...costUsd > 0 ? [`$${costUsd.toFixed(2)}, as far as agents write what they cost`] : [],
  ];
  return `${lines.join("\n")}\n`;
}

function renderGroups(
  title: string,
  groups: readonly Group[],
  { columns, colour }: Pick<Terminal, "columns" | "colour">,
): string {
  const rows = groups.map(({ name, sessions, prompts, toolCalls, ...tokens }) => [
    name === "" ? "(none)" : name,
    formatCount(sessions),
    formatCount(prompts),
    formatCount(toolCalls),
    formatShort(tokens.inputTokens),
    formatShort(tokens.outputTokens),
    formatShort(tokens.cacheReadTokens),
  ]);
  return table(rows, [
    { header: title },
    { header: "Sessions", align: "right" },
    { header: "Prompts", align: "right" },
    { header: "Calls", align: "right" },
    { header: "In", align: "right" },
    { header: "Out", align: "right" },
    { header: "Cache", align: "right" },
  ], { width: columns, paintHeader: colour.dim });
}
