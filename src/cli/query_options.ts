/**
 * Reads the options that say which events are wanted.
 *
 * @module
 */

import { parseDuration } from "../config/duration.ts";
import { EVENT_TYPES } from "../events/event.ts";
import type { EventFilter } from "../store/event_filter.ts";
import type { Options, OptionSpec } from "./command.ts";
import { UsageError } from "./errors.ts";

/** The options that say which events are wanted. */
export const FILTER_OPTIONS: readonly OptionSpec[] = [
  {
    name: "agent",
    type: "list",
    placeholder: "ID",
    description: "Only events of this agent, such as claude-code",
  },
  {
    name: "workspace",
    type: "list",
    placeholder: "PATH",
    description: "Only events of this folder or one below it",
  },
  {
    name: "session",
    type: "list",
    placeholder: "ID",
    description: "Only events of this session; the first characters of its id will do",
  },
  {
    name: "type",
    type: "list",
    placeholder: "TYPE",
    choices: EVENT_TYPES,
    description: "Only events of this type",
  },
  {
    name: "since",
    type: "string",
    placeholder: "TIME",
    description: "From this time on: 2026-01-31 (local), 2026-01-31T12:30:00Z, or 7d, 12h, 30m ago",
  },
  {
    name: "until",
    type: "string",
    placeholder: "TIME",
    description: "Before this time, written likewise; a day alone counts to its end",
  },
  {
    name: "last",
    type: "string",
    placeholder: "7d",
    description: "As --since, for a time ago",
  },
  { name: "all", type: "boolean", description: "Also events that the agent has since removed or replaced" },
];

/** What the meaning of the options depends on. */
export interface QuerySurroundings {
  /** Ms since the epoch. */
  readonly now: number;
  /** Makes an absolute path of one that is relative to the working folder. */
  readonly resolvePath: (path: string) => string;
}

/**
 * The filter that the options ask for.
 *
 * @throws {UsageError} for a time that is none, or options that contradict each other
 */
export function readFilter(options: Options, { now, resolvePath }: QuerySurroundings): EventFilter {
  const [since, until, last] = [options.text("since"), options.text("until"), options.text("last")];
  if (since !== undefined && last !== undefined) {
    throw new UsageError(
      "--since and --last exclude each other",
      "Give the earlier of the two times as --since.",
    );
  }
  const filter: EventFilter = {
    agents: options.list("agent"),
    workspaces: options.list("workspace").map(resolvePath),
    sessions: options.list("session"),
    types: EVENT_TYPES.filter((type) => options.list("type").includes(type)),
    since: last !== undefined
      ? readAge("--last", last, now)
      : since === undefined
      ? undefined
      : readTime("--since", since, now, "start"),
    until: until === undefined ? undefined : readTime("--until", until, now, "end"),
    includeSuperseded: options.flag("all"),
  };
  if (filter.since !== undefined && filter.until !== undefined && filter.since >= filter.until) {
    throw new UsageError("the time of --until is not after that of --since", "Exchange the two.");
  }
  return filter;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * The time that a text names, ms since the epoch. What names no zone is local.
 *
 * @param option its name, for the error
 * @param edge what a day alone stands for: its first moment, or the first one after it
 * @throws {UsageError} that says what was expected
 */
export function readTime(option: string, text: string, now: number, edge: "start" | "end"): number {
  const age = parseDuration(text);
  if (age !== undefined) return now - age;
  if (DATE.test(text)) {
    const day = dayOf(text, edge === "end" ? 1 : 0);
    if (day !== undefined) return day;
  }
  const [, date, clock, zone = ""] = DATE_TIME.exec(text) ?? [];
  if (date !== undefined && dayOf(date, 0) !== undefined) {
    const time = Date.parse(`${date}T${clock}${zone.toUpperCase().replace(/(\d\d)(\d\d)$/, "$1:$2")}`);
    if (!Number.isNaN(time)) return time;
  }
  throw new UsageError(
    `${option} is not a time: ${JSON.stringify(text)}`,
    "Expected a day (2026-01-31), a time (2026-01-31T12:30, 2026-01-31T12:30:00Z) or how long ago (7d, 12h, 30m).",
  );
}

/** The time that lies so long before now. */
function readAge(option: string, text: string, now: number): number {
  const age = parseDuration(text);
  if (age !== undefined) return now - age;
  throw new UsageError(
    `${option} is not a length of time: ${JSON.stringify(text)}`,
    "Expected a number and its unit: 7d, 12h, 30m.",
  );
}

/** The first moment of a local day, or of one some days after it; `undefined` if the calendar has no such day. */
function dayOf(text: string, daysAfter: number): number | undefined {
  const [year, month, day] = text.split("-").map(Number) as [number, number, number];
  const exact = new Date(2000, 0, 1);
  exact.setFullYear(year, month - 1, day);
  if (exact.getMonth() !== month - 1 || exact.getDate() !== day) return undefined;
  // Days are not all 24 hours long.
  exact.setDate(day + daysAfter);
  return exact.getTime();
}
