/**
 * What a store says when all is done, and whether it is whole at any other time.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { findAgent } from "../../src/agents/agents.ts";
import type { JsonObject } from "../../src/agents/agent.ts";
import { hashBytes } from "../../src/events/hash.ts";
import { computeId, formatId } from "../../src/events/id.ts";
import { unpack } from "../../src/platform/pack.ts";
import { observe } from "../store/observed.ts";
import { readable } from "../agents/readable.ts";

/**
 * All that a store says, without what differs from run to run: numbers of rows, and when it was read. A line of JSON each:
 *
 * - an event with names as text and its data unpacked, and what other sources say of it;
 * - a source with its cursor, what its parser remembers, and its counts;
 * - a record that could not be read.
 */
export type StoreState = readonly string[];

/** Runs something on the database of a store. A writer that was killed may have left a journal to roll back. */
export function withDatabase<T>(path: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

/** All that a store says. */
export function readState(path: string): StoreState {
  return withDatabase(path, (database) => {
    const sources = database.prepare(
      `select path, byte_offset, head_length, head_hash, tail_hash, parser_state, rereading, left_out, events, unread,
         attempts, status, error, gone from sources order by path`,
    ).all();
    const unread = database.prepare(
      `select path, position, length, reason, bytes from unread_records join sources on sources.id = source
       order by path, position`,
    ).all();
    return [
      ...[...observe(database)].map(([id, { seq: _, ...event }]) => ({ id, ...event })),
      ...sources.map((row) => ({ ...row, parser_state: stateText(row.parser_state) })),
      ...unread.map((row) => ({ ...row, bytes: stateText(row.bytes) })),
    ].map((entry) => JSON.stringify(entry));
  });
}

/**
 * Fails unless a store says the same of all events: which there are, what they say, from which source, and which are
 * superseded. What tells of an event's past, its revision, may differ: a recovered store has seen it again.
 */
export function assertSameEvents(store: string, wanted: StoreState): void {
  assertSameState(eventsOf(readState(store)), eventsOf(wanted));
}

function eventsOf(state: StoreState): readonly string[] {
  return state.map((line) => JSON.parse(line)).filter(({ id }) => id !== undefined).map((
    { id, superseded, shown: { source, state: { revision: _, ...rest } }, copies },
  ) => JSON.stringify([id, superseded, source, rest, copies.map((copy: { source: string }) => copy.source)]));
}

/** Fails, and names the first lines that differ, if two states are not the same. */
export function assertSameState(actual: StoreState, wanted: StoreState): void {
  const [has, wants] = [new Set(actual), new Set(wanted)];
  const differences = [
    ...actual.filter((line) => !wants.has(line)).map((line) => `+ ${line}`),
    ...wanted.filter((line) => !has.has(line)).map((line) => `- ${line}`),
  ];
  assertEquals(differences.toSorted((a, b) => a.slice(2) < b.slice(2) ? -1 : 1).slice(0, 6), []);
  assertEquals(actual.length, wanted.length);
}

function stateText(state: unknown): unknown {
  return state instanceof Uint8Array ? new TextDecoder().decode(unpack(state, true)) : state;
}

/**
 * Checks a store at any moment of its life: it is sound, its counters are right, and what its cursors say has been read
 * is there: all of it is read again here, and each event that comes out must be stored.
 *
 * The files must not have changed since the store last saw them.
 */
export function checkStore(path: string): void {
  withDatabase(path, (database) => {
    assertEquals(database.prepare("pragma integrity_check").get()!.integrity_check, "ok");
    if (database.prepare("select 1 from sqlite_master where name = 'sources'").get() === undefined) return;
    const { events, seq } = database.prepare("select events, seq from counters").get()!;
    assertEquals(
      events,
      database.prepare("select count(*) as n from events").get()!.n,
      "the counter of events",
    );
    const last = database.prepare("select coalesce(max(seq), 0) as n from events").get()!.n as number;
    assertEquals(last <= (seq as number), true, "the counter of the order of export");
    const isStored = database.prepare("select 1 from events where id = ?");
    for (const source of database.prepare("select * from sources where gone = 0").all()) {
      const { ids, state } = reread(source as unknown as SourceRow);
      const missing = ids.filter((id) => isStored.get(id) === undefined);
      assertEquals(missing.map(formatId), [], `events before the cursor of ${source.path}`);
      if (source.byte_offset !== 0) assertEquals(stateText(source.parser_state), state, `${source.path}`);
    }
  });
}

interface SourceRow {
  readonly agent: string;
  readonly path: string;
  readonly relative_path: string;
  readonly byte_offset: number;
  readonly head_length: number;
  readonly head_hash: number;
  readonly tail_hash: number;
  readonly status: string;
}

/** What comes out of a source up to its cursor. */
function reread(source: SourceRow): { readonly ids: readonly Uint8Array[]; readonly state: string } {
  const bytes = Deno.readFileSync(source.path).subarray(0, source.byte_offset);
  assertEquals(bytes.length, source.byte_offset, `the cursor of ${source.path} lies beyond its end`);
  if (bytes.length > 0) {
    assertEquals(hashBytes(bytes.subarray(0, source.head_length)), source.head_hash, "the hash of the head");
    assertEquals(hashBytes(bytes.subarray(-256)), source.tail_hash, "the hash of the tail");
  }
  const ids: Uint8Array[] = [];
  const parser = readable(findAgent(source.agent)!).parser(
    { relativePath: source.relative_path },
    ({ anchor, key }) => ids.push(computeId(source.agent, anchor, key)),
  );
  let position = 0;
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line !== "") parser.record(JSON.parse(line) as JsonObject, position);
    position += new TextEncoder().encode(line).length + 1;
  }
  if (source.status === "synced") parser.flush();
  return { ids, state: JSON.stringify(parser.state?.() ?? null) };
}
