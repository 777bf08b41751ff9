/**
 * `query`: finds events.
 *
 * @module
 */

import type { AgentEvent } from "../events/event.ts";
import { expandHome } from "../platform/paths.ts";
import { PROGRAM } from "../platform/program.ts";
import { suggest } from "../platform/suggest.ts";
import type { EventFilter } from "../store/event_filter.ts";
import type { Command, Invocation, Options } from "./command.ts";
import { EXIT } from "./errors.ts";
import { renderEventLine } from "./event_line.ts";
import { jsonText } from "./json_text.ts";
import { findStore, withStore } from "./open_store.ts";
import { FILTER_OPTIONS, type QuerySurroundings, readFilter } from "./query_options.ts";
import { sanitize } from "./sanitize.ts";
import type { Terminal } from "./terminal.ts";

const FORMATS = ["text", "json", "jsonl"] as const;

/** The command. */
export const command: Command = {
  name: "query",
  summary: "Find events",
  usage: "query [OPTIONS]",
  options: [...FILTER_OPTIONS, {
    name: "search",
    type: "string",
    placeholder: "TEXT",
    description: "Only events with this text anywhere in their content, whatever its case",
  }, {
    name: "limit",
    type: "integer",
    placeholder: "N",
    default: 50,
    description: "The newest N events; 0 is all",
  }, {
    name: "format",
    type: "choice",
    choices: FORMATS,
    default: "text",
    description: "A line for people, one JSON array, or a JSON object on each line",
  }],
  examples: [
    {
      command: `${PROGRAM} query --last 7d --search migration`,
      description: "What was said of it this week",
    },
    {
      command: `${PROGRAM} query --workspace . --type command_execution --limit 0`,
      description: "All shell commands that agents ran in this folder",
    },
    {
      command: `${PROGRAM} query --since 2026-01-01 --limit 0 --format jsonl | jq .model`,
      description: "For scripts: one event a line",
    },
  ],
  run,
};

/** Text is handed to the terminal once there is so much of it, in UTF-16 units. */
const CHUNK = 64 * 1024;

async function run({ options, terminal, environment }: Invocation): Promise<number> {
  const { resolve } = await import("node:path");
  const resolvePath = (path: string) => resolve(expandHome(path, environment));
  const filter = readQueryFilter(options, { now: Date.now(), resolvePath });
  const format = options.choice("format", FORMATS) ?? "text";
  const { database } = await findStore(environment, terminal);
  const { queryEvents } = await import("../store/event_query.ts");
  await withStore(database, async (reader) => {
    const found = printEvents(queryEvents(reader, filter), format, terminal);
    if (found > 0 || format !== "text") return;
    const { readSummary } = await import("../store/summary.ts");
    terminal.err(explainNothing(filter.agents ?? [], readSummary(reader).agents.map(({ agent }) => agent)));
  });
  return EXIT.done;
}

/**
 * The filter that the options of `query` ask for.
 *
 * @throws {UsageError} for a time that is none, or options that contradict each other
 */
export function readQueryFilter(options: Options, surroundings: QuerySurroundings): EventFilter {
  return {
    ...readFilter(options, surroundings),
    search: options.text("search"),
    limit: options.integer("limit"),
  };
}

/** What to say when nothing was found: an agent's name that is not quite right is the usual reason. */
export function explainNothing(asked: readonly string[], known: readonly string[]): string {
  const stranger = asked.find((agent) => !known.includes(agent));
  if (stranger === undefined) return "No events match.\n";
  const meant = suggest(stranger, known);
  const hint = meant !== undefined
    ? `Did you mean \`${meant}\`?`
    : known.length > 0
    ? `There are ${known.join(", ")}.`
    : "Nothing was found of any agent yet.";
  return `No events match: nothing is known of an agent ${sanitize(JSON.stringify(stranger))}. ${hint}\n`;
}

/** Prints events as they come and returns how many there were. */
export function printEvents(
  events: Iterable<AgentEvent>,
  format: typeof FORMATS[number],
  terminal: Terminal,
): number {
  const { open, between, close, render } = STYLES[format];
  let text = open;
  let count = 0;
  for (const event of events) {
    text += (count++ === 0 ? "" : between) + render(event, terminal);
    if (text.length < CHUNK) continue;
    terminal.out(text);
    text = "";
  }
  terminal.out(text + (count === 0 ? "" : "\n") + close);
  return count;
}

interface Style {
  readonly open: string;
  readonly between: string;
  readonly close: string;
  readonly render: (event: AgentEvent, terminal: Terminal) => string;
}

const STYLES: Readonly<Record<typeof FORMATS[number], Style>> = {
  text: { open: "", between: "\n", close: "", render: renderEventLine },
  jsonl: { open: "", between: "\n", close: "", render: (event) => jsonText(event) },
  json: { open: "[\n", between: ",\n", close: "]\n", render: (event) => jsonText(event) },
};
