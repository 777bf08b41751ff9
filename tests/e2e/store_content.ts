/**
 * What a store holds, in a form in which two stores of the same history are equal.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { formatId } from "../../src/events/id.ts";
import { FLAG } from "../../src/store/batch.ts";
import { unpack } from "../../src/platform/pack.ts";

/** A row: columns by name, names as text, bytes unpacked. */
export type ContentRow = Readonly<Record<string, unknown>>;

/** All that a store says of events and of how far its sources are read; no sequence numbers, no times of its own. */
export interface StoreContent {
  readonly events: readonly ContentRow[];
  readonly copies: readonly ContentRow[];
  readonly sources: readonly ContentRow[];
  readonly unread: readonly ContentRow[];
}

/** Columns of `events` and `copies` that hold the number of a name. */
const NAMES = [
  "agent",
  "agent_version",
  "session",
  "parent_session",
  "workspace",
  "repository",
  "branch",
  "model",
];

/** Reads a store through a connection of its own. */
export function storeContent(path: string): StoreContent {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec("begin");
    const names = new Map(
      database.prepare("select id, text from names").all().map(({ id, text }) => [id, text]),
    );
    const sources = new Map(
      database.prepare("select id, agent, twin from sources").all()
        .map(({ id, agent, twin }) => [id, `${agent} ${twin}`]),
    );
    const clear = (row: ContentRow): ContentRow => {
      const named = NAMES.filter((name) => name in row).map((
        name,
      ) => [name, names.get(row[name] as number) ?? null]);
      return { ...row, ...Object.fromEntries(named), source: sources.get(row.source as number) };
    };
    return {
      events: database.prepare("select * from events order by id").all().map((
        { seq: _, id, data, ...row },
      ) => ({
        ...clear(row),
        id: formatId(id as Uint8Array),
        flags: (row.flags as number) & ~FLAG.packed,
        data: textOf(unpack(data as Uint8Array, ((row.flags as number) & FLAG.packed) !== 0)),
      })),
      copies: sorted(
        database.prepare("select * from copies").all().map(({ event, body, ...row }) => ({
          ...clear(row),
          event: formatId(event as Uint8Array),
          body: body === null ? null : textOf(unpack(body as Uint8Array, true)),
        })),
      ),
      sources: sorted(
        database.prepare(
          `select agent, twin, path, format, rank, size, byte_offset, head_length, head_hash, tail_hash, parser_state,
             adapter_version, rereading, left_out, hex(last_event_id) as last_event, events, unread, attempts, status,
             error, gone from sources`,
        ).all().map(({ parser_state: state, ...row }) => ({
          ...row,
          parser_state: state instanceof Uint8Array ? textOf(unpack(state, true)) : state,
        })),
      ),
      unread: sorted(
        database.prepare("select source, position, length, reason, bytes from unread_records").all()
          .map(({ bytes, ...row }) => ({ ...clear(row), bytes: textOf(unpack(bytes as Uint8Array, true)) })),
      ),
    };
  } finally {
    database.close();
  }
}

/** What is wrong with the file of a store: `ok` alone, if nothing. */
export function integrityOf(path: string): readonly string[] {
  const database = new DatabaseSync(path);
  try {
    return database.prepare("pragma integrity_check").all().map((row) => row.integrity_check as string);
  } finally {
    database.close();
  }
}

function sorted(rows: readonly ContentRow[]): readonly ContentRow[] {
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(row) }));
  return keyed.sort((a, b) => a.key < b.key ? -1 : 1).map(({ row }) => row);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
