/**
 * Adds events up: by agent, workspace, model, type, session or day. All of it is done in SQLite.
 *
 * @module
 */

import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { EVENT_TYPES } from "../events/event.ts";
import { type EventFilter, resolveFilter } from "./event_filter.ts";
import type { StoreReader } from "./reader.ts";

/** Sums over events. Tokens are of {@link Metrics}; times are ms since the epoch. */
export interface Totals {
  readonly events: number;
  readonly sessions: number;
  /** Prompts that went to a model. */
  readonly prompts: number;
  /** Messages of models. */
  readonly responses: number;
  readonly toolCalls: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  /** As far as agents write it. */
  readonly costUsd: number;
  readonly firstAt?: number;
  readonly lastAt?: number;
}

/** Sums of one group, under its name; an empty one for events that name none. */
export type Group = Totals & { readonly name: string };

/** What events may be grouped by, besides days. */
export const DIMENSIONS = ["agent", "workspace", "repository", "model", "session", "type"] as const;

/** What events may be grouped by, besides days. */
export type Dimension = typeof DIMENSIONS[number];

/** A day in some time zone: its date, its first moment, and the first moment after it, ms since the epoch. */
export interface Day {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const numberOf = (type: typeof EVENT_TYPES[number]) => EVENT_TYPES.indexOf(type);
const CALLS = ["tool_use", "file_read", "file_write", "file_modify", "command_execution"] as const;

const SUMS = `count(*) as events, count(distinct e.session) as sessions,
  total(e.type = ${numberOf("llm_request")}) as prompts, total(e.type = ${
  numberOf("llm_response")
}) as responses,
  total(e.type in (${CALLS.map(numberOf).join(",")})) as tool_calls,
  total(e.type = ${numberOf("error_encountered")}) as errors,
  total(e.input_tokens) as input_tokens, total(e.output_tokens) as output_tokens,
  total(e.cache_read_tokens) as cache_read_tokens, total(e.cache_write_tokens) as cache_write_tokens,
  total(e.reasoning_tokens) as reasoning_tokens, total(e.cost_usd) as cost_usd,
  min(e.timestamp) as first_at, max(e.timestamp) as last_at`;

/** Sums over all events that a filter wants; its `search` and `limit` don't count. */
export function readTotals(reader: StoreReader, filter: EventFilter): Totals {
  return reader.read((database) => {
    const { where, parameters } = conditionsOf(database, filter);
    return totalsOf(database.prepare(`select ${SUMS} from events e where ${where}`).get(...parameters)!);
  });
}

/** The same by group, those with the most output first. */
export function readGroups(reader: StoreReader, filter: EventFilter, by: Dimension): readonly Group[] {
  return reader.read((database) => {
    const { where, parameters } = conditionsOf(database, filter);
    const rows = database.prepare(
      `select g.*, n.text as name from (
         select e.${by} as key, ${SUMS} from events e where ${where} group by e.${by}
       ) g left join names n on n.id = g.key order by output_tokens desc, events desc, key`,
    ).all(...parameters);
    return rows.map((row) => ({
      name: by === "type" ? EVENT_TYPES[row.key as number]! : row.name as string | null ?? "",
      ...totalsOf(row),
    }));
  });
}

/** The days of UTC on which there are events that a filter wants, counted from the epoch. */
export function readUtcDays(reader: StoreReader, filter: EventFilter): readonly number[] {
  return reader.read((database) => {
    const { where, parameters } = conditionsOf(database, filter);
    // Rounds down, also before the epoch.
    const day = "(e.timestamp - ((e.timestamp % 86400000) + 86400000) % 86400000) / 86400000";
    return database.prepare(`select distinct ${day} as day from events e where ${where}`).all(...parameters)
      .map((row) => row.day as number);
  });
}

/** The same by day, in the order of the days; days without an event are left out. */
export function readDays(reader: StoreReader, filter: EventFilter, days: readonly Day[]): readonly Group[] {
  return reader.read((database) => {
    const { where, parameters } = conditionsOf(database, filter);
    const list = JSON.stringify(days.map(({ name, start, end }) => [name, start, end]));
    const rows = database.prepare(
      `select d.value ->> 0 as name, ${SUMS} from json_each(?) d
       cross join events e indexed by events_by_time on e.timestamp >= d.value ->> 1 and e.timestamp < d.value ->> 2
       where ${where} group by d.key order by d.key`,
    ).all(list, ...parameters);
    return rows.map((row) => ({ name: row.name as string, ...totalsOf(row) }));
  });
}

function conditionsOf(
  database: DatabaseSync,
  filter: EventFilter,
): { readonly where: string; readonly parameters: readonly SQLInputValue[] } {
  const conditions = resolveFilter(database, filter);
  if (conditions === undefined) return { where: "0", parameters: [] };
  return {
    // Not for the index: a join with days knows narrower bounds.
    where: ["+e.timestamp >= ?", "+e.timestamp < ?", ...conditions.where].join(" and "),
    parameters: [conditions.since, conditions.until],
  };
}

function totalsOf(row: Record<string, SQLOutputValue>): Totals {
  const number = (name: string) => (row[name] ?? 0) as number;
  return {
    events: number("events"),
    sessions: number("sessions"),
    prompts: number("prompts"),
    responses: number("responses"),
    toolCalls: number("tool_calls"),
    errors: number("errors"),
    inputTokens: number("input_tokens"),
    outputTokens: number("output_tokens"),
    cacheReadTokens: number("cache_read_tokens"),
    cacheWriteTokens: number("cache_write_tokens"),
    reasoningTokens: number("reasoning_tokens"),
    costUsd: number("cost_usd"),
    ...(row.first_at !== null && { firstAt: row.first_at as number, lastAt: row.last_at as number }),
  };
}
