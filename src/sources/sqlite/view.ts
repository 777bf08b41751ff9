/**
 * An SQLite database as tables with rows, as it was committed at one time.
 *
 * @module
 */

import type { Database, DatabaseRow, DatabaseValue } from "../../agents/database.ts";
import { DatabaseFormatError } from "./format.ts";
import { parseIndex, parseTable } from "./schema.ts";
import {
  compareBytes,
  compareKeys,
  DatabaseRecord,
  highestRow,
  indexEntries,
  type IndexKey,
  leafOf,
  type Pages,
  rowsOnPage,
  tableRow,
  tableRows,
} from "./tree.ts";

/** A table of the schema. */
interface Table {
  readonly root: number;
  readonly columns: readonly string[];
  readonly rowid: number;
  readonly collated: readonly string[];
  readonly indexes: { readonly root: number; readonly columns: readonly string[] }[];
}

const encoder = new TextEncoder();

/** The tables in some pages. */
export class View implements Database {
  readonly #pages: Pages;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #found = new Map<string, Map<DatabaseValue | undefined, number[]>>();

  /** @throws {DatabaseFormatError} if the schema can't be read */
  constructor(pages: Pages) {
    this.#pages = pages;
    this.#tables = tablesOf(pages);
  }

  has(table: string, ...columns: readonly string[]): boolean {
    const known = this.#tables.get(table);
    return known !== undefined && columns.every((column) => known.columns.includes(column));
  }

  rows(table: string): Iterable<DatabaseRow> {
    return this.rowsAfter(table, -Infinity);
  }

  /** The rows whose numbers are above one. */
  *rowsAfter(table: string, rowid: number): Generator<DatabaseRow> {
    const known = this.#tables.get(table);
    if (known === undefined) return;
    for (const record of tableRows(this.#pages, known.root, rowid)) yield new Row(known, record);
  }

  /** The highest number of a row, 0 if there is none. */
  highestRow(table: string): number {
    const known = this.#tables.get(table);
    return known === undefined ? 0 : highestRow(this.#pages, known.root);
  }

  *rowsWhere(table: string, column: string, value: string | number): Generator<DatabaseRow> {
    const known = this.#tables.get(table);
    if (known === undefined) return;
    const index = known.indexes.find(({ columns }) => columns[0] === column);
    if (known.columns[known.rowid] === column && typeof value === "number") {
      const record = tableRow(this.#pages, known.root, value);
      if (record !== undefined) yield new Row(known, record);
    } else if (index === undefined) {
      const rowids = this.#rowidsBy(table, column).get(value) ?? [];
      for (const rowid of rowids) yield new Row(known, tableRow(this.#pages, known.root, rowid)!);
    } else {
      const keys: readonly IndexKey[] = [typeof value === "number" ? value : encoder.encode(value)];
      for (const entry of indexEntries(this.#pages, index.root, keys)) {
        if (compareKeys(entry, keys) !== 0) break;
        const rowid = entry.value(entry.columns - 1);
        const record = typeof rowid === "number" ? tableRow(this.#pages, known.root, rowid) : undefined;
        if (record === undefined) throw new DatabaseFormatError("an index names a row that is not there");
        yield new Row(known, record);
      }
    }
  }

  *textsFrom(table: string, column: string, prefix: string): Generator<string> {
    const known = this.#tables.get(table);
    const index = known?.indexes.find(({ columns }) => columns[0] === column);
    const least = encoder.encode(prefix);
    if (index === undefined) {
      const texts = Array.from(this.rows(table), (row) => row.get(column));
      const found = texts.filter((text): text is string =>
        typeof text === "string" && text.startsWith(prefix)
      );
      yield* found.toSorted((a, b) => compareBytes(encoder.encode(a), encoder.encode(b)));
      return;
    }
    for (const entry of indexEntries(this.#pages, index.root, [least])) {
      const bytes = entry.textBytes(0);
      if (bytes === undefined || compareBytes(bytes.subarray(0, least.length), least) !== 0) break;
      yield entry.value(0) as string;
    }
  }

  /** The numbers of the rows of a table by their values in a column that has no index: found by one look at all of them. */
  #rowidsBy(table: string, column: string): ReadonlyMap<DatabaseValue | undefined, readonly number[]> {
    const name = `${table}.${column}`;
    let known = this.#found.get(name);
    if (known === undefined) {
      known = new Map();
      for (const row of this.rows(table)) {
        const value = row.get(column);
        const rowids = known.get(value);
        if (rowids === undefined) known.set(value, [row.rowid]);
        else rowids.push(row.rowid);
      }
      this.#found.set(name, known);
    }
    return known;
  }

  /** The rows of a table that stand on some pages. */
  *rowsOn(table: string, pages: Iterable<number>): Generator<DatabaseRow> {
    const known = this.#tables.get(table);
    if (known === undefined) return;
    for (const number of pages) {
      const records = rowsOnPage(this.#pages, number);
      const isOfTable = records[0] !== undefined &&
        leafOf(this.#pages, known.root, records[0].rowid).number === number;
      if (isOfTable) { for (const record of records) yield new Row(known, record); }
    }
  }
}

/** A row, whose columns are read when they are asked for. */
class Row implements DatabaseRow {
  readonly #table: Table;
  readonly #record: DatabaseRecord;

  constructor(table: Table, record: DatabaseRecord) {
    this.#table = table;
    this.#record = record;
  }

  get rowid(): number {
    return this.#record.rowid;
  }

  get(column: string): DatabaseValue | undefined {
    const index = this.#table.columns.indexOf(column);
    if (index === -1) return undefined;
    return index === this.#table.rowid ? this.rowid : this.#record.value(index);
  }

  all(): ReturnType<DatabaseRow["all"]> {
    return Object.fromEntries(this.#table.columns.map((column) => {
      const value = this.get(column)!;
      return [column, typeof value === "bigint" ? String(value) : value];
    }));
  }
}

/** The page that the schema begins on; its columns are type, name, table, root and statement. */
const SCHEMA = 1;

function tablesOf(pages: Pages): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>();
  const own: { table: string; name: string; root: number; sql: string | undefined }[] = [];
  for (const record of tableRows(pages, SCHEMA)) {
    const [type, name, table, root, sql] = [0, 1, 2, 3, 4].map((column) => record.value(column));
    if (typeof name !== "string" || typeof table !== "string" || typeof root !== "number") continue;
    if (type === "index") {
      own.push({ table: table.toLowerCase(), name, root, sql: typeof sql === "string" ? sql : undefined });
    } else if (type === "table" && typeof sql === "string") {
      const shape = parseTable(sql);
      if (shape === undefined || shape.isWithoutRowid || root === 0) continue;
      const indexes = shape.indexes.map((columns) => ({ root: 0, columns }));
      tables.set(table.toLowerCase(), { ...shape, root, indexes });
    }
  }
  for (const { table, name, root, sql } of own) {
    const indexes = tables.get(table)?.indexes;
    if (indexes === undefined) continue;
    const place = Number(/^sqlite_autoindex_.*_(\d+)$/.exec(name)?.[1] ?? 0) - 1;
    const columns = sql === undefined ? indexes[place]?.columns : parseIndex(sql);
    if (columns === undefined) continue;
    if (sql === undefined) indexes[place] = { root, columns };
    else indexes.push({ root, columns });
  }
  return new Map(
    Array.from(tables, ([name, table]) => [name, {
      ...table,
      indexes: table.indexes.filter(({ root, columns }) =>
        root !== 0 && !table.collated.includes(columns[0]!)
      ),
    }]),
  );
}
