import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { classifyTrouble } from "../../src/store/errors.ts";
import { openToRead, openToWrite } from "../../src/store/open.ts";
import { skipUnless } from "../skips.ts";
import { TempFolder } from "./temp_store.ts";

const troubleOf = (run: () => unknown) => classifyTrouble(assertThrows(run));

Deno.test("classifyTrouble() says busy when another connection writes", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  database.exec("begin immediate");
  const other = new DatabaseSync(folder.store);
  other.exec("pragma busy_timeout = 0");
  assertEquals(troubleOf(() => other.exec("begin immediate")), "busy");
  other.close();
  database.close();
});

Deno.test("classifyTrouble() says full when no page is left", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  const { page_count: pages } = database.prepare("pragma page_count").get()!;
  database.exec(`pragma max_page_count = ${pages}`);
  const insert = database.prepare("insert into meta values ('large', ?)");
  assertEquals(troubleOf(() => insert.run("x".repeat(100_000))), "full");
  database.close();
});

Deno.test("classifyTrouble() says corrupt when pages are overwritten or the file is no database", () => {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  database.exec("begin");
  const insert = database.prepare("insert into names (text) values (?)");
  for (let number = 0; number < 2000; number++) insert.run(`name ${number}`);
  database.exec("commit");
  database.close();
  const bytes = Deno.readFileSync(folder.store);
  // The names stand at the end, the schema at the start.
  const half = bytes.length / 2;
  Deno.writeFileSync(folder.store, bytes.map((byte, index) => index < half ? byte : 0xaa));
  const damaged = openToRead(folder.store);
  assertEquals(troubleOf(() => damaged.prepare("select * from names").all()), "corrupt");
  damaged.close();

  Deno.writeFileSync(folder.store, bytes.fill(0, 0, 16));
  assertEquals(troubleOf(() => openToRead(folder.store)), "corrupt");
  assertEquals(troubleOf(() => openToWrite(folder.store)), "corrupt");
  Deno.writeTextFileSync(folder.store, "not a database at all\n".repeat(100));
  assertEquals(troubleOf(() => openToWrite(folder.store)), "corrupt");
});

Deno.test({
  name: "classifyTrouble() says io when the store can't be opened or written [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using folder = new TempFolder();
    assertEquals(troubleOf(() => new DatabaseSync(`${folder.path}/nowhere/devlog.db`)), "io");
    openToWrite(folder.store).close();
    const database = new DatabaseSync(folder.store, { readOnly: true });
    assertEquals(troubleOf(() => database.exec("delete from meta")), "io");
    database.close();
  },
});

Deno.test("classifyTrouble() says other for what is no trouble of the store", () => {
  assertEquals(classifyTrouble(new Error("UNIQUE constraint failed: names.text")), "other");
  assertEquals(classifyTrouble("odd"), "other");
  assertEquals(classifyTrouble("database is locked"), "busy");
});
