import { assertEquals } from "@std/assert";
import { BatchBuilder } from "../../src/store/batch_builder.ts";
import { NameNumbers } from "../../src/store/name_numbers.ts";
import { NameTable } from "../../src/store/names.ts";
import { openToWrite, writeTransaction } from "../../src/store/open.ts";
import { TempFolder } from "./temp_store.ts";

/** Batches whose only content are the names of one session each. */
function batchesOf(...sessions: string[]) {
  const builder = new BatchBuilder(new NameNumbers());
  return sessions.map((sessionId) => {
    builder.add("tiny", {
      type: "session_end",
      anchor: "a",
      key: "k",
      revision: 1,
      position: 0,
      complete: true,
      timestamp: 1,
      sessionId,
      data: {},
    });
    return builder.take();
  });
}

Deno.test("id() gives a text back as it is, whatever it is made of", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  const texts = [
    "",
    " ",
    "a",
    "A",
    "é",
    "e\u0301",
    "日本語",
    "👩‍👩‍👧‍👦",
    "\u202eabc",
    "'; drop table names; --",
    "a\nb\t\x1b[31m",
    "\ufeff",
    "x".repeat(70_000),
  ];
  const names = new NameTable(database);
  const ids = writeTransaction(database, () => texts.map((text) => names.id(text)));
  assertEquals(new Set(ids).size, texts.length);
  const fresh = new NameTable(database);
  assertEquals(ids.map((id) => fresh.text(id)), texts);
  assertEquals(texts.map((text) => fresh.id(text)), ids);
  assertEquals(fresh.id(undefined), 0);
  database.close();
});

Deno.test("learn() replaces what the store would not give back: NUL and halves of characters", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  const names = new NameTable(database);
  const batches = batchesOf("a\0b", "a\ud800b", "a\ufffdb");
  writeTransaction(database, () => {
    for (const batch of batches) names.learn(batch);
    // 1 is the name of the agent.
    const ids = [2, 3, 4].map((number) => names.idOfBatch(number));
    assertEquals(new Set(ids).size, 1);
    assertEquals([2, 3, 4].map((number) => names.textOfBatch(number)), ["a\ufffdb", "a\ufffdb", "a\ufffdb"]);
    assertEquals(new NameTable(database).text(ids[0]!), "a\ufffdb");
  });
  database.close();
});

Deno.test("idOfBatch() stores the names of a batch again that were rolled back with another", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  const names = new NameTable(database);
  const [first, second] = batchesOf("s", "t");
  names.learn(first!);
  names.learn(second!);
  database.exec("begin immediate");
  names.idOfBatch(1);
  names.idOfBatch(2);
  database.exec("rollback");
  names.forget();
  writeTransaction(database, () => {
    const ids = [3, 1, 2].map((number) => names.idOfBatch(number));
    assertEquals(ids.map((id) => new NameTable(database).text(id)), ["t", "tiny", "s"]);
  });
  assertEquals(names.idOfBatch(0), 0);
  database.close();
});
