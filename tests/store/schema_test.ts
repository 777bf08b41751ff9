import { assert, assertEquals } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import type { AgentEvent } from "../../src/events/event.ts";
import { queryEvents } from "../../src/store/event_query.ts";
import { openToWrite } from "../../src/store/open.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "../../src/store/schema.ts";
import { READING } from "../../src/store/source_table.ts";
import { StoreWriter } from "../../src/store/writer.ts";
import { TempFolder } from "./temp_store.ts";

/** What `scripts/make_store_fixture.ts` made of each schema before its release. */
const FIXTURES = new URL("../fixtures/stores/", import.meta.url);

/** All that a schema consists of. */
const schemaOf = (database: DatabaseSync) =>
  database.prepare("select type, name, tbl_name, sql from sqlite_master order by name").all().map((row) => ({
    ...row,
  }));

const copyOf = (version: number, path: string) =>
  Deno.copyFileSync(new URL(`schema-${version}.db`, FIXTURES), path);

Deno.test("MIGRATIONS count up from 1", () => {
  assertEquals(MIGRATIONS.map(({ version }) => version), MIGRATIONS.map((_, index) => index + 1));
});

for (const { version } of MIGRATIONS) {
  Deno.test(`a store of schema ${version} opens, is brought up to date, and says what it said`, () => {
    using folder = new TempFolder();
    copyOf(version, folder.store);
    const writer = openToWrite(folder.store);
    assertEquals(writer.prepare("pragma user_version").get()!.user_version, SCHEMA_VERSION);
    assertEquals(writer.prepare("pragma integrity_check").get()!.integrity_check, "ok");
    const fresh = openToWrite(`${folder.path}/fresh.db`);
    assertEquals(schemaOf(writer), schemaOf(fresh));
    fresh.close();
    writer.close();

    using reader = StoreReader.open(folder.store);
    const expected: AgentEvent[] = JSON.parse(
      Deno.readTextFileSync(new URL(`schema-${version}.json`, FIXTURES)),
    );
    assertEquals([...queryEvents(reader, { includeSuperseded: true })], expected);
    assert(expected.some(({ superseded }) => superseded));
  });
}

Deno.test("a store of schema 1 goes on where it was", () => {
  using folder = new TempFolder();
  copyOf(1, folder.store);
  const writer = new StoreWriter(folder.store);
  const { database } = writer;
  assertEquals({ ...database.prepare("select seq, events, unread_bytes from counters").get() }, {
    seq: database.prepare("select max(seq) as seq from events").get()!.seq,
    events: 4,
    unread_bytes: 6,
  });
  assertEquals(
    database.prepare("select byte_offset, rereading, status from sources order by id").all().map((row) => ({
      ...row,
    })),
    [
      { byte_offset: 400, rereading: READING.onward, status: "synced" },
      { byte_offset: 400, rereading: READING.again, status: "syncing" },
    ],
  );
  assertEquals(database.prepare("select count(*) as n from rereads").get()!.n, 1);
  writer.close();
});
