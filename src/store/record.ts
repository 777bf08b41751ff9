/**
 * The state of an event as one source tells it: out of a batch, out of a row, out of a copy, and back.
 *
 * @module
 */

import type { SQLOutputValue } from "node:sqlite";
import { EVENT_TYPES, type EventType, METRIC_NAMES, type Metrics } from "../events/event.ts";
import { type Batch, COLUMN, COLUMNS, FLAG } from "./batch.ts";
import { pack, unpack } from "../platform/pack.ts";

/** What a row of `events` says, names as text and the data as JSON. */
export interface EventState {
  readonly type: EventType;
  readonly timestamp: number;
  /** `FLAG.complete` and `FLAG.copied`; never `FLAG.packed` or `FLAG.superseded`. */
  readonly flags: number;
  readonly hash: number;
  /** How often what its source says of the event has changed, all places together; only goes up. */
  readonly revision: number;
  /** How many records have made it what it is. */
  readonly records: number;
  readonly position: number;
  readonly agent: string;
  readonly agentVersion?: string;
  readonly session: string;
  readonly parentSession?: string;
  readonly workspace?: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly model?: string;
  readonly metrics: Metrics;
  /** JSON of `AgentEvent.data`. */
  readonly data: string;
}

/** The columns of `events` that hold names, in the order of `COLUMN` in `batch.ts`. */
export const NAME_COLUMNS = [
  "agent",
  "agent_version",
  "session",
  "parent_session",
  "workspace",
  "repository",
  "branch",
  "model",
] as const;

/** The columns of `events` that hold the metrics, in the order of `METRIC_NAMES`. */
export const METRIC_COLUMNS = [
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "duration_ms",
  "cost_usd",
] as const;

const decoder = new TextDecoder();

/** The flags that belong to a state. */
const STATE_FLAGS = FLAG.complete | FLAG.copied;

/** The state in a row of a batch. `nameOf` gives the text of a batch's name. */
export function stateOfBatch(batch: Batch, row: number, nameOf: (name: number) => string): EventState {
  const base = row * COLUMNS;
  const column = (index: number) => batch.columns[base + index]!;
  const name = (index: number) => column(index) === 0 ? undefined : nameOf(column(index));
  const start = column(COLUMN.payloadStart);
  const metrics: Metrics = {};
  METRIC_NAMES.forEach((metric, index) => {
    const value = column(COLUMN.metrics + index);
    if (!Number.isNaN(value)) metrics[metric] = value;
  });
  return {
    type: EVENT_TYPES[column(COLUMN.type)]!,
    timestamp: column(COLUMN.timestamp),
    flags: column(COLUMN.flags) & STATE_FLAGS,
    hash: column(COLUMN.hash),
    revision: column(COLUMN.revision),
    records: column(COLUMN.revision),
    position: column(COLUMN.position),
    agent: name(COLUMN.agent)!,
    agentVersion: name(COLUMN.agentVersion),
    session: name(COLUMN.session)!,
    parentSession: name(COLUMN.parentSession),
    workspace: name(COLUMN.workspace),
    repository: name(COLUMN.repository),
    branch: name(COLUMN.branch),
    model: name(COLUMN.model),
    metrics,
    data: decoder.decode(batch.payload.subarray(start, start + column(COLUMN.payloadLength))),
  };
}

/** A row of `events` as `node:sqlite` gives it. */
export type EventRow = Record<string, SQLOutputValue>;

/** The state in a row of `events`. */
export function stateOfRow(row: EventRow, nameOf: (name: number) => string): EventState {
  const name = (column: string) => row[column] === 0 ? undefined : nameOf(row[column] as number);
  const flags = row.flags as number;
  const metrics: Metrics = {};
  METRIC_NAMES.forEach((metric, index) => {
    const value = row[METRIC_COLUMNS[index]!];
    if (value !== null) metrics[metric] = value as number;
  });
  return {
    type: EVENT_TYPES[row.type as number]!,
    timestamp: row.timestamp as number,
    flags: flags & STATE_FLAGS,
    hash: row.hash as number,
    revision: row.revision as number,
    records: row.records as number,
    position: row.position as number,
    agent: name("agent")!,
    agentVersion: name("agent_version"),
    session: name("session")!,
    parentSession: name("parent_session"),
    workspace: name("workspace"),
    repository: name("repository"),
    branch: name("branch"),
    model: name("model"),
    metrics,
    data: decoder.decode(unpack(row.data as Uint8Array, (flags & FLAG.packed) !== 0)),
  };
}

/** A state as bytes for the `body` of a copy. */
export function encodeState(state: EventState): Uint8Array {
  return pack(new TextEncoder().encode(JSON.stringify(state)), 0).bytes;
}

/** The state in the `body` of a copy. */
export function decodeState(body: Uint8Array): EventState {
  return JSON.parse(decoder.decode(unpack(body, true)));
}

/** What decides between two states of one event when all else is equal: it names all that an event says, in one order. */
export function canonicalText(state: EventState): string {
  const { type, timestamp, agentVersion, session, parentSession, workspace, repository, branch, model } =
    state;
  return JSON.stringify([
    type,
    timestamp,
    agentVersion,
    session,
    parentSession,
    workspace,
    repository,
    branch,
    model,
    METRIC_NAMES.map((metric) => state.metrics[metric]),
    state.data,
  ]);
}
