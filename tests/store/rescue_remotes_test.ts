import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openToWrite } from "../../src/store/open.ts";
import { rescueRemotes } from "../../src/store/rescue_remotes.ts";
import { RemoteTable } from "../../src/store/remote_table.ts";
import { TempFolder } from "./temp_store.ts";

const EVENT = new Uint8Array(16).fill(7);

/** A store with a remote that has something of everything. */
function fill(path: string): DatabaseSync {
  const database = openToWrite(path);
  const table = new RemoteTable(database);
  database.exec("begin");
  const remote = table.open({ name: "team", type: "otlp", target: "https://x" });
  table.step({
    remote,
    now: 5,
    cursor: 42,
    delivered: { events: 3, bytes: 300 },
    frozen: [{ key: "b", members: EVENT, headers: { a: "b" }, body: new Uint8Array([1, 2]), tries: 1 }],
    held: [{ agent: 1, workspace: 2, type: 3, cursor: 9 }],
    deferred: [{ event: EVENT, dueAt: 77 }],
  });
  database.exec("commit");
  return database;
}

const TABLES = ["remotes", "batches", "held_routes", "deferred", "dead_letters"] as const;

function rows(database: DatabaseSync): unknown {
  return TABLES.map((table) => database.prepare(`select * from ${table}`).all());
}

function rescued(lose: string, hasLostEvents: boolean) {
  using folder = new TempFolder();
  using freshFolder = new TempFolder();
  const damaged = fill(folder.store);
  const before = rows(damaged);
  if (lose !== "") damaged.exec(`drop table ${lose}`);
  const fresh = openToWrite(freshFolder.store);
  rescueRemotes(damaged, fresh, hasLostEvents);
  const after = rows(fresh);
  const remote = fresh.prepare("select cursor, epoch, delivered from remotes").get();
  const deferred = fresh.prepare("select count(*) as n from deferred").get()!.n;
  damaged.close();
  fresh.close();
  return { before, after, remote: remote && { ...remote }, deferred };
}

Deno.test("rescueRemotes() takes all over as it was", () => {
  const { before, after } = rescued("", false);
  assertEquals(after, before);
});

Deno.test("rescueRemotes() has what is sent count as newer when events were lost", () => {
  assertEquals(rescued("", true).remote, { cursor: 42, epoch: 1, delivered: 3 });
});

for (const table of ["batches", "held_routes", "deferred", "dead_letters"]) {
  Deno.test(`rescueRemotes() has everything sent again when ${table} can't be read`, () => {
    const { remote, deferred } = rescued(table, false);
    assertEquals([remote, deferred], [{ cursor: 0, epoch: 1, delivered: 3 }, 0]);
  });
}

Deno.test("rescueRemotes() knows of no remote when that table can't be read", () => {
  const { remote } = rescued("remotes", false);
  assertEquals(remote, undefined);
});
