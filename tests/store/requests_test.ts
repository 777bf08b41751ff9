import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { NoStoreError, StoreTooNewError, StoreTooOldError } from "../../src/store/errors.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { makeRequest, newRequests, pollRequest } from "../../src/store/requests.ts";
import { SCHEMA_VERSION } from "../../src/store/schema.ts";
import { StoreFiller } from "./filled_store.ts";
import { TempFolder } from "./temp_store.ts";

Deno.test("makeRequest() is seen through dataVersion(), taken up and answered", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  using reader = StoreReader.open(folder.store);
  const before = reader.dataVersion();
  assertEquals(reader.dataVersion(), before);
  assertEquals(newRequests(reader), []);

  const id = makeRequest(folder.store, "sync", { agents: ["codex"] }, 1_000);
  assertNotEquals(reader.dataVersion(), before);
  assertEquals(pollRequest(folder.store, id), { state: "new" });
  assertEquals(newRequests(reader), [{
    id,
    kind: "sync",
    arguments: { agents: ["codex"] },
    createdAt: 1_000,
  }]);

  const { writer } = filler;
  writer.transaction(() => writer.answer(id, "working", "40 %"));
  assertEquals(pollRequest(folder.store, id), { state: "working", answer: "40 %" });
  assertEquals(newRequests(reader), []);
  writer.transaction(() => writer.answer(id, "done", ""));
  assertEquals(pollRequest(folder.store, id), { state: "done", answer: "" });

  writer.transaction(() => writer.forgetRequests(2_000));
  assertEquals(pollRequest(folder.store, id), undefined);
});

Deno.test("newRequests() gives the oldest first", () => {
  using folder = new TempFolder();
  using _filler = new StoreFiller(folder.store);
  using reader = StoreReader.open(folder.store);
  const ids = (["reload", "stop"] as const).map((kind) => makeRequest(folder.store, kind, {}, 5));
  assertEquals(newRequests(reader).map(({ id, kind }) => [id, kind]), [[ids[0], "reload"], [ids[1], "stop"]]);
});

Deno.test("makeRequest() makes no store where there is none", () => {
  using folder = new TempFolder();
  assertThrows(() => makeRequest(folder.store, "stop", {}, 1), NoStoreError);
  assertThrows(() => pollRequest(folder.store, 1), NoStoreError);
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

for (
  const [what, version, error] of [
    ["newer", SCHEMA_VERSION + 1, StoreTooNewError],
    ["older", SCHEMA_VERSION - 1, StoreTooOldError],
  ] as const
) {
  Deno.test(`makeRequest() leaves a store of a ${what} schema as it is`, () => {
    using folder = new TempFolder();
    using filler = new StoreFiller(folder.store);
    filler.writer.database.exec(`pragma user_version = ${version}`);
    assert(assertThrows(() => makeRequest(folder.store, "sync", {}, 1)) instanceof error);
    const { database } = filler.writer;
    assertEquals(database.prepare("select count(*) as n from requests").get()!.n, 0);
    assertEquals(database.prepare("pragma user_version").get()!.user_version, version);
  });
}

Deno.test("makeRequest() asks a collector with a store of any older schema to stop", () => {
  for (let version = 1; version < SCHEMA_VERSION; version++) {
    using folder = new TempFolder();
    Deno.copyFileSync(new URL(`../fixtures/stores/schema-${version}.db`, import.meta.url), folder.store);
    const id = makeRequest(folder.store, "stop", {}, 1);
    using database = new DatabaseSync(folder.store);
    const row = database.prepare("select kind, state, arguments from requests where id = ?").get(id);
    assertEquals({ ...row }, { kind: "stop", state: "new", arguments: "{}" });
    assertEquals(database.prepare("pragma user_version").get()!.user_version, version);
  }
});

Deno.test("makeRequest() waits for the writer", async () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  filler.writer.begin();
  const requests = new URL("../../src/store/requests.ts", import.meta.url).href;
  const code = `import { makeRequest } from ${JSON.stringify(requests)};
    console.log("asking");
    console.log(makeRequest(${JSON.stringify(folder.store)}, "stop", {}, 1));`;
  const command = new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "piped" }).spawn();
  const output = command.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await output.read()).value, "asking\n");
  // Whenever it tries: the writer has the store for all that time.
  await new Promise((resolve) => setTimeout(resolve, 200));
  filler.writer.commit();
  let text = "";
  for (let part = await output.read(); !part.done; part = await output.read()) text += part.value;
  assertEquals(text, "1\n");
  assert((await command.status).success);
});
