import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DatabaseValue } from "../../../src/agents/database.ts";
import { DatabaseFile, type DatabasePosition } from "../../../src/sources/sqlite/database.ts";

/** A folder with a database that SQLite made. */
class Made implements Disposable {
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync());
  readonly path = join(this.folder, "a.db");
  #open = new Set<DatabaseSync>();

  connect(): DatabaseSync {
    const database = new DatabaseSync(this.path);
    this.#open.add(database);
    return database;
  }

  read(): DatabaseFile {
    return DatabaseFile.open(this.path, this.folder);
  }

  names(): readonly string[] {
    return Array.from(Deno.readDirSync(this.folder), ({ name }) => name).toSorted();
  }

  [Symbol.dispose](): void {
    for (const database of this.#open) if (database.isOpen) database.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** All rows of `t` as `DatabaseFile` reads them. */
function rowsOf(file: DatabaseFile): unknown[] {
  const view = file.view()!;
  const rows = Array.from(view.rows("t"), (row) => ({ rowid: row.rowid, ...row.all() }));
  assert(file.isUnchanged());
  return rows;
}

/** A value as SQLite gives it back: blobs as they are, whole numbers as numbers where those can hold them, else as texts. */
function given(value: unknown): DatabaseValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value as DatabaseValue;
}

/** All rows of `t` as SQLite reads them. */
function expected(database: DatabaseSync): unknown[] {
  const statement = database.prepare("select rowid, * from t order by rowid");
  statement.setReadBigInts(true);
  return statement.all().map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, given(value)]))
  );
}

const VALUES = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  fc.double({ noNaN: true }),
  fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed() && !text.includes("\0")),
  fc.nat(30_000).map((length) => "x".repeat(length)),
  fc.uint8Array({ maxLength: 2000 }),
);

const CHANGES = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("put" as const), key: fc.nat(60), value: VALUES, more: VALUES }),
    fc.record({ kind: fc.constant("remove" as const), key: fc.nat(60) }),
    fc.record({
      kind: fc.constant("fill" as const),
      from: fc.nat(3000),
      count: fc.integer({ min: 1, max: 700 }),
    }),
    fc.record({ kind: fc.constantFrom("checkpoint" as const, "vacuum" as const, "rollback" as const) }),
  ),
  { minLength: 1, maxLength: 25 },
);

Deno.test("what SQLite wrote is read as SQLite reads it, whatever it is, in the log and out of it", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(512, 1024, 4096, 65536),
      fc.constantFrom("wal", "delete", "truncate", "persist"),
      CHANGES,
      (pageSize, mode, changes) => {
        using made = new Made();
        const database = made.connect();
        database.exec(`pragma page_size = ${pageSize}; pragma journal_mode = ${mode};
          pragma synchronous = off; create table t (key text unique on conflict replace, value, more)`);
        const put = database.prepare("insert into t values (?, ?, ?)");
        for (const change of changes) {
          switch (change.kind) {
            case "put":
              put.run(`key ${change.key}`, change.value, change.more);
              break;
            case "remove":
              database.prepare("delete from t where key = ?").run(`key ${change.key}`);
              break;
            case "fill":
              database.exec("begin");
              for (let index = 0; index < change.count; index++) {
                put.run(`fill ${change.from + index}`, index, "y".repeat(index % 90));
              }
              database.exec("commit");
              break;
            case "checkpoint":
              if (mode === "wal") database.exec("pragma wal_checkpoint(truncate)");
              break;
            case "vacuum":
              database.exec("vacuum");
              break;
            case "rollback":
              // Larger than the cache, so that some of it reaches the disk before it is taken back.
              database.exec("pragma cache_size = 5; begin");
              for (let index = 0; index < 500; index++) {
                put.run(`taken back ${index}`, index, "z".repeat(900));
              }
              database.exec("rollback");
          }
        }
        const before = made.names();
        using file = made.read();
        assertEquals(rowsOf(file), expected(database));
        const view = file.view()!;
        for (const prefix of ["key", "key 1", "fill 2", "none"]) {
          const keys = database.prepare("select key from t where substr(key, 1, ?) = ? order by key")
            .all(prefix.length, prefix).map(({ key }) => key);
          assertEquals([...view.textsFrom("t", "key", prefix)], keys);
        }
        for (const key of ["key 1", "key 59", "fill 5", ""]) {
          const rows = database.prepare("select rowid from t where key = ?").all(key).map(({ rowid }) =>
            rowid
          );
          assertEquals(Array.from(view.rowsWhere("t", "key", key), ({ rowid }) => rowid), rows);
        }
        assertEquals(
          view.highestRow("t"),
          database.prepare("select max(rowid) as high from t").get()!.high ?? 0,
        );
        assertEquals(made.names(), before);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a column is found by the statement that made its table, however that is written", () => {
  using made = new Made();
  const database = made.connect();
  database.exec(`
    create table "A b" ([x y] text, 'q' int, \`z\` /* , */ , -- a comment, (
      "primary" text check ("primary" in ('a', ',)')), constraint c unique (q, [x y]), primary key ("primary"));
    insert into "A b" values ('1', 2, 3, 'a');
    create table n (id integer primary key, a text collate nocase unique, b text default (upper('x')));
    create index n_b on n (b); create index n_part on n (a) where b > 'm'; create index n_down on n (b desc, a);
    insert into n (a, b) values ('X', 'q'), ('y', 'q'), ('Z', 'r');
    alter table n add column later text default 'then';
    create table m (id integer not null, v, primary key (id)); insert into m values (7, 'seven');
    create table d (id int primary key, v); insert into d values (5, 'five');
    create table w (k text primary key, v) without rowid; insert into w values ('a', 1);
    create virtual table f using fts5 (body); create view o as select * from n;
  `);
  using file = made.read();
  const view = file.view()!;
  assertEquals([...view.rows("a b")].map((row) => row.all()), [{ "x y": "1", q: 2, z: 3, primary: "a" }]);
  const where = (table: string, column: string, value: string | number) =>
    Array.from(view.rowsWhere(table, column, value), (row) => row.all());
  assertEquals(where("a b", "primary", "a").length, 1);
  assertEquals(where("a b", "q", 2).length, 1);
  assertEquals(where("n", "b", "q").map(({ id, a }) => [id, a]), [[1, "X"], [2, "y"]]);
  assertEquals(where("n", "a", "y").map(({ id }) => id), [2]);
  assertEquals(where("n", "id", 3).map(({ a }) => a), ["Z"]);
  assertEquals(where("m", "id", 7), [{ id: 7, v: "seven" }]);
  assertEquals(where("d", "id", 5), [{ id: 5, v: "five" }]);
  assertEquals(["n", "w", "f", "o", "none"].map((table) => view.has(table)), [
    true,
    false,
    false,
    false,
    false,
  ]);
  assertEquals([view.has("n", "a", "later"), view.has("n", "no")], [true, false]);
});

Deno.test("pages that the log says to have changed name the rows that did", () => {
  using made = new Made();
  const database = made.connect();
  database.exec("pragma journal_mode = wal; create table t (key text unique, value); create table u (v)");
  const put = database.prepare(
    "insert into t values (?, ?) on conflict (key) do update set value = excluded.value",
  );
  database.exec("begin");
  for (let index = 0; index < 2000; index++) put.run(`key ${index}`, "x".repeat(300));
  database.exec("commit; pragma wal_checkpoint(restart)");
  put.run("key 3", "y");
  using file = made.read();
  const changed = (position: DatabasePosition) => {
    const view = file.view()!;
    const pages = file.changedSince(position);
    return pages && Array.from(view.rowsOn("t", pages), (row) => row.get("key"));
  };
  file.view();
  let { position } = file;
  put.run("key 1000", "changed");
  put.run("new", "row");
  database.exec("insert into u values (1)");
  const keys = changed(position)!;
  assert(keys.includes("key 1000") && keys.includes("new"));
  assert(keys.length < 40, `${keys.length} rows`);
  // It begins anew, and what was in it behind the position is still there.
  ({ position } = file);
  put.run("key 500", "late");
  database.exec("pragma wal_checkpoint(restart)");
  put.run("key 1500", "anew");
  const later = changed(position)!;
  assert(later.includes("key 500") && later.includes("key 1500"));
  assert(later.length < 80, `${later.length} rows`);
  // It is gone, and one of which nothing was copied yet is all that changed.
  database.exec("pragma wal_checkpoint(truncate)");
  assertEquals(changed(position), undefined);
  ({ position } = file);
  assertEquals(changed(position), []);
  put.run("key 7", "again");
  assert(changed(position)!.includes("key 7"));
  // What was copied meanwhile can be anything.
  database.exec("pragma wal_checkpoint(truncate)");
  put.run("key 8", "again");
  assertEquals(changed(position), undefined);
});

Deno.test("what changes while it is read is told from what does not", () => {
  for (const mode of ["wal", "delete"]) {
    using made = new Made();
    const database = made.connect();
    database.exec(
      `pragma journal_mode = ${mode}; create table t (key text unique, value); create table u (v)`,
    );
    database.exec("begin");
    for (let index = 0; index < 500; index++) {
      database.prepare("insert into t values (?, ?)").run(`key ${index}`, "x".repeat(300));
    }
    database.exec("commit");
    if (mode === "wal") database.exec("pragma wal_checkpoint(truncate); insert into u values (0)");
    using file = made.read();
    const read = () => Array.from(file.view()!.rowsWhere("t", "key", "key 1"), (row) => row.get("value"));
    assertEquals(read().length, 1);
    assert(file.isUnchanged());
    read();
    database.exec("insert into u values (1)");
    // A page that was not read says nothing of what was; without a log nobody can tell which it is.
    assertEquals(file.isUnchanged(), mode === "wal");
    read();
    database.exec("update t set value = 'y' where key = 'key 1'");
    assertEquals(file.isUnchanged(), false);
    assertEquals(read(), ["y"]);
    assert(file.isUnchanged());
    if (mode !== "wal") continue;
    database.exec("pragma wal_checkpoint(restart); insert into u values (2)");
    assertEquals(file.isUnchanged(), false);
  }
});

Deno.test("a transaction that is not committed is not seen, and one of a journal is waited for", () => {
  for (const mode of ["wal", "delete"]) {
    using made = new Made();
    const database = made.connect();
    database.exec(`pragma journal_mode = ${mode}; pragma cache_size = 5; create table t (value)`);
    database.exec("insert into t values ('old')");
    database.exec("begin");
    for (let index = 0; index < 300; index++) {
      database.prepare("insert into t values (?)").run("n".repeat(900));
    }
    using file = made.read();
    if (mode === "wal") assertEquals(rowsOf(file).length, 1);
    else assertThrows(() => file.view(), Error, "it is being changed");
    database.exec("commit");
    assertEquals(rowsOf(file).length, 301);
  }
});

Deno.test("what is no database, or a damaged one, is an error and not a wrong row", () => {
  using made = new Made();
  Deno.writeTextFileSync(made.path, "{}");
  using file = made.read();
  assertThrows(() => file.view(), Error, "it is no SQLite database");
  Deno.writeTextFileSync(made.path, "");
  assertEquals(file.view(), undefined);
  const database = made.connect();
  database.exec("create table t (value)");
  for (let index = 0; index < 200; index++) {
    database.prepare("insert into t values (?)").run("v".repeat(index * 40));
  }
  database.close();
  const bytes = Deno.readFileSync(made.path);
  let refused = 0;
  for (let seed = 1; seed < 80; seed++) {
    const damaged = bytes.slice();
    const at = 100 + (seed * 7919) % (damaged.length - 100);
    damaged.fill(seed, at, at + 40);
    Deno.writeFileSync(made.path, damaged.subarray(0, seed % 3 === 0 ? at : undefined));
    try {
      for (const row of file.view()!.rows("t")) row.all();
    } catch (error) {
      refused++;
      assertEquals((error as Error).name, "DatabaseFormatError", (error as Error).stack);
    }
  }
  assert(refused > 10, `${refused}`);
});
