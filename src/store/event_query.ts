/**
 * Finds events, oldest first, in memory that doesn't grow with their number.
 *
 * They are read in pages, each in a transaction of its own, so that a long query holds up nobody: what is written
 * meanwhile may be seen or not, but nothing is seen twice.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import type { AgentEvent } from "../events/event.ts";
import { DataSearch } from "./data_search.ts";
import { type EventConditions, type EventFilter, resolveFilter } from "./event_filter.ts";
import { dataOfRow, EVENT_SELECTION, eventOfRow, NameCache } from "./event_row.ts";
import { IdList } from "./id_list.ts";
import type { StoreReader } from "./reader.ts";
import type { EventRow } from "./record.ts";

export type { EventFilter } from "./event_filter.ts";

/** A page ends after so many rows … */
const PAGE_ROWS = 1000;

/** … or once its rows have so many bytes of data, as stored. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** How {@link queryEvents} reads. */
export interface QueryOptions {
  /** @default {1000} */
  readonly pageRows?: number;
}

/** The events that a filter wants, by time, then session, position in their source and id. */
export function* queryEvents(
  reader: StoreReader,
  filter: EventFilter,
  { pageRows = PAGE_ROWS }: QueryOptions = {},
): Generator<AgentEvent, void, undefined> {
  const query = reader.read((database) => {
    const conditions = resolveFilter(database, filter);
    return conditions && { conditions, names: new NameCache(database) };
  });
  if (query === undefined) return;
  const { conditions, names } = query;
  const search = filter.search ? new DataSearch(filter.search) : undefined;
  const isWanted = (row: EventRow) => search === undefined || search.isIn(dataOfRow(row));
  if (filter.limit) {
    const selection = search === undefined ? "e.id" : "e.id, e.flags, e.data";
    const newest = new IdList();
    for (const row of readRows(reader, conditions, { selection, order: "desc", pageRows })) {
      if (isWanted(row) && newest.push(row.id as Uint8Array) === filter.limit) break;
    }
    yield* readListed(reader, newest, names);
  } else {
    const page = { selection: EVENT_SELECTION, order: "asc", pageRows, names } as const;
    for (const row of readRows(reader, conditions, page)) {
      if (isWanted(row)) yield eventOfRow(row, names);
    }
  }
}

/** How rows are read. */
interface Paging {
  /** Columns of `events e`. */
  readonly selection: string;
  readonly order: "asc" | "desc";
  readonly pageRows: number;
  /** Takes the names in each row. */
  readonly names?: NameCache;
}

/** Rows in the order of {@link queryEvents} or its reverse, page by page. */
function* readRows(reader: StoreReader, conditions: EventConditions, paging: Paging): Generator<EventRow> {
  let last: EventRow | undefined;
  do {
    const page = readPage(reader, conditions, paging, last);
    yield* page;
    last = page.at(-1);
  } while (last !== undefined);
}

/** The rows that follow `last`. */
function readPage(
  reader: StoreReader,
  conditions: EventConditions,
  paging: Paging,
  last: EventRow | undefined,
): readonly EventRow[] {
  const { sql, parameters } = pageQuery(conditions, paging, last);
  return reader.read((database) => {
    const statement = database.prepare(sql);
    const page = takePage(statement.iterate(...parameters), paging.names);
    // `iterate()` ends without an error at a page of the file that can't be read (Deno 2.6 to 2.9), `all()` throws there.
    return page.length > 0 ? page : takePage(statement.all(...parameters), paging.names);
  });
}

/** Takes rows up to the limits of a page, and their names with them. */
function takePage(rows: Iterable<EventRow | undefined>, names: NameCache | undefined): readonly EventRow[] {
  const page: EventRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (row === undefined) continue;
    names?.load(row);
    page.push(row);
    bytes += (row.data as Uint8Array | undefined)?.length ?? 0;
    if (bytes >= PAGE_BYTES || page.length === PAGE_ROWS) break;
  }
  return page;
}

/** The statement for a page. Exported for the test of its plan. */
export function pageQuery(
  { index, where, since, until }: EventConditions,
  { selection, order, pageRows }: Paging,
  last: EventRow | undefined,
): { readonly sql: string; readonly parameters: readonly SQLInputValue[] } {
  const isUp = order === "asc";
  const conditions = ["e.timestamp >= ?", "e.timestamp < ?", ...where];
  const parameters: SQLInputValue[] = [since, until];
  if (last !== undefined) {
    // The first is for the index, which knows nothing of what follows.
    conditions.push(
      `e.timestamp ${isUp ? ">=" : "<="} ?`,
      `(e.timestamp, s.text, e.position, e.id) ${isUp ? ">" : "<"} (?, ?, ?, ?)`,
    );
    const key = [last.key_time, last.key_session, last.key_position, last.key_id] as SQLInputValue[];
    parameters.push(key[0]!, ...key);
  }
  const keys = "e.timestamp as key_time, s.text as key_session, e.position as key_position, e.id as key_id";
  return {
    sql:
      `select ${selection}, ${keys} from events e indexed by ${index} cross join names s on s.id = e.session ` +
      `where ${conditions.join(" and ")} ` +
      `order by e.timestamp ${order}, s.text ${order}, e.position ${order}, e.id ${order} limit ?`,
    parameters: [...parameters, pageRows],
  };
}

/** The listed events, last first. Those that were removed since are passed over. */
function* readListed(reader: StoreReader, ids: IdList, names: NameCache): Generator<AgentEvent> {
  let left = ids.length;
  while (left > 0) {
    const page = reader.read((database) => {
      const select = database.prepare(`select ${EVENT_SELECTION} from events e where e.id = ?`);
      const rows = function* () {
        while (left > 0) yield select.get(ids.at(--left));
      };
      return takePage(rows(), names);
    });
    for (const row of page) yield eventOfRow(row, names);
  }
}
