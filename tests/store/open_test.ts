import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { NoStoreError, NotAStoreError, StoreTooNewError, StoreTooOldError } from "../../src/store/errors.ts";
import { openToRead, openToWrite, readTransaction, writeTransaction } from "../../src/store/open.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "../../src/store/schema.ts";
import { skipUnless } from "../skips.ts";
import { TempFolder } from "./temp_store.ts";

const NEXT = SCHEMA_VERSION + 1;
const ADDITION = { version: NEXT, sql: "alter table meta add column more text;" };

const versionOf = (database: DatabaseSync) => database.prepare("pragma user_version").get()!.user_version;
const modeOf = (path: string) => (Deno.statSync(path).mode! & 0o777).toString(8);
const filesOf = (folder: TempFolder) => [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();

Deno.test("openToWrite() makes a store with a write-ahead log, full sync and an id of the machine", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  const pragma = (name: string) => Object.values(database.prepare(`pragma ${name}`).get()!)[0];
  assertEquals(pragma("journal_mode"), "wal");
  assertEquals(pragma("synchronous"), 2);
  assertEquals(pragma("fullfsync"), 1);
  assertEquals(versionOf(database), SCHEMA_VERSION);
  const machine = () => database.prepare("select value from meta where key = 'machine'").get()!.value;
  const before = machine();
  database.close();
  const again = openToWrite(folder.store);
  assertEquals(again.prepare("select value from meta where key = 'machine'").get()!.value, before);
  again.close();
});

Deno.test({
  name: "openToWrite() lets nobody else read the store, its log and its backup [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using folder = new TempFolder();
    openToWrite(folder.store).close();
    Deno.chmodSync(folder.store, 0o644);
    const database = openToWrite(folder.store, [...MIGRATIONS, ADDITION]);
    writeTransaction(database, () => database.exec("insert into meta (key, value) values ('a', 'b')"));
    const files = filesOf(folder);
    assertEquals(files, [
      "devlog.db",
      "devlog.db-shm",
      "devlog.db-wal",
      `devlog.db.schema-${SCHEMA_VERSION}.bak`,
    ]);
    for (const file of files) assertEquals(modeOf(`${folder.path}/${file}`), "600", file);
    database.close();
  },
});

Deno.test("openToWrite() takes an empty file for a store to be", () => {
  using folder = new TempFolder();
  Deno.writeFileSync(folder.store, new Uint8Array());
  const database = openToWrite(folder.store);
  assertEquals(versionOf(database), SCHEMA_VERSION);
  database.close();
});

Deno.test("openToWrite() and openToRead() leave a newer store as it is", () => {
  using folder = new TempFolder();
  openToWrite(folder.store, [...MIGRATIONS, ADDITION]).close();
  const bytes = Deno.readFileSync(folder.store);
  const error = assertThrows(() => openToWrite(folder.store), StoreTooNewError, "update devlog-collector");
  assertEquals([error.found, error.known], [NEXT, SCHEMA_VERSION]);
  const database = openToRead(folder.store);
  assertThrows(() => readTransaction(database, folder.store, () => 1), StoreTooNewError);
  database.close();
  assertEquals(Deno.readFileSync(folder.store), bytes);
  assert(filesOf(folder).every((name) => !name.endsWith(".bak")));
});

Deno.test("openToWrite() and openToRead() refuse a database of another program and leave it as it is", () => {
  using folder = new TempFolder();
  const other = new DatabaseSync(folder.store);
  other.exec("create table theirs (a); pragma user_version = 1;");
  other.close();
  const bytes = Deno.readFileSync(folder.store);
  assertThrows(() => openToWrite(folder.store), NotAStoreError, folder.store);
  assertThrows(() => openToRead(folder.store), NotAStoreError);
  assertEquals(Deno.readFileSync(folder.store), bytes);
  assertEquals(filesOf(folder), ["devlog.db"]);
});

Deno.test("openToRead() says that there is no store when there is none, and makes none", () => {
  using folder = new TempFolder();
  assertThrows(() => openToRead(folder.store), NoStoreError, "devlog-collector start");
  Deno.writeFileSync(folder.store, new Uint8Array());
  assertThrows(() => openToRead(folder.store), NoStoreError);
  assertEquals(Deno.statSync(folder.store).size, 0);
});

Deno.test("openToRead() can't write", () => {
  using folder = new TempFolder();
  openToWrite(folder.store).close();
  const database = openToRead(folder.store);
  assertThrows(() => database.exec("delete from meta"), Error, "readonly");
  database.close();
});

Deno.test("readTransaction() refuses an older schema until the collector has migrated it", () => {
  using folder = new TempFolder();
  const writer = openToWrite(folder.store);
  writer.exec("pragma user_version = 0");
  const database = new DatabaseSync(folder.store, { readOnly: true });
  assertThrows(() => readTransaction(database, folder.store, () => 1), StoreTooOldError, "sync");
  writer.exec(`pragma user_version = ${SCHEMA_VERSION}`);
  assertEquals(readTransaction(database, folder.store, () => 1), 1);
  database.close();
  writer.close();
});

Deno.test("openToWrite() migrates after a backup that holds all, also what is in the log alone", () => {
  using folder = new TempFolder();
  // A process that was killed leaves its write-ahead log behind.
  const killed = `${folder.path}/killed.db`;
  const writer = openToWrite(killed);
  writer.exec("insert into meta values ('in the log', 'yes')");
  for (const end of ["", "-wal"]) Deno.copyFileSync(`${killed}${end}`, `${folder.store}${end}`);
  writer.close();

  const database = openToWrite(folder.store, [...MIGRATIONS, ADDITION]);
  assertEquals(versionOf(database), NEXT);
  assertEquals(
    database.prepare("select value, more from meta where key = 'in the log'").get(),
    row("yes", null),
  );
  database.close();
  const backup = new DatabaseSync(`${folder.store}.schema-${SCHEMA_VERSION}.bak`);
  assertEquals(versionOf(backup), SCHEMA_VERSION);
  assertEquals(backup.prepare("select value from meta where key = 'in the log'").get()!.value, "yes");
  assertEquals(backup.prepare("pragma integrity_check").get()!.integrity_check, "ok");
  backup.close();

  function row(value: string, more: null) {
    return Object.assign(Object.create(null), { value, more });
  }
});

Deno.test("openToWrite() migrates all or nothing", () => {
  using folder = new TempFolder();
  openToWrite(folder.store).close();
  const broken = {
    version: NEXT + 1,
    sql: "alter table meta add column other text; insert into nowhere values (1);",
  };
  assertThrows(() => openToWrite(folder.store, [...MIGRATIONS, ADDITION, broken]), Error, "nowhere");
  const database = openToWrite(folder.store);
  assertEquals(versionOf(database), SCHEMA_VERSION);
  assertEquals(database.prepare("select count(*) as n from pragma_table_info('meta')").get()!.n, 2);
  database.close();
  const later = openToWrite(folder.store, [...MIGRATIONS, ADDITION]);
  assertEquals(versionOf(later), NEXT);
  later.close();
});

Deno.test("openToWrite() migrates with the permissions that the program has", () => {
  using folder = new TempFolder();
  openToWrite(folder.store).close();
  const module = (name: string) =>
    JSON.stringify(new URL(`../../src/store/${name}.ts`, import.meta.url).href);
  const script = `${folder.path}/migrate.ts`;
  Deno.writeTextFileSync(
    script,
    `import { openToWrite } from ${module("open")};
     import { MIGRATIONS } from ${module("schema")};
     openToWrite(Deno.args[0], [...MIGRATIONS, ${JSON.stringify(ADDITION)}]).close();`,
  );
  const { success, stderr } = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-config",
      "--no-check",
      "--allow-read",
      "--allow-write",
      script,
      folder.store,
    ],
  }).outputSync();
  assert(success, new TextDecoder().decode(stderr));
});

Deno.test("writeTransaction() undoes all of it when it throws", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  assertThrows(
    () =>
      writeTransaction(database, () => {
        database.exec("insert into meta values ('a', 'b')");
        throw new Error("no");
      }),
    Error,
    "no",
  );
  assertEquals(database.isTransaction, false);
  assertEquals(database.prepare("select * from meta where key = 'a'").get(), undefined);
  database.close();
});
