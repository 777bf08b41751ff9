import { assertEquals, assertGreater, assertNotEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { run } from "../e2e/program.ts";
import { MAX_ATTEMPTS } from "../../src/store/source_table.ts";
import { Project } from "./collecting.ts";
import { append, storedPrompts } from "./prompts.ts";

/** So little that a line of 15 MiB, which becomes five million objects, does not fit. */
const SMALL_HEAP = { DENO_V8_FLAGS: "--max-old-space-size=120" };

Deno.test("sync sets a line aside that makes it run out of memory, after it has died of it", async () => {
  using project = new Project();
  const home = project.home;
  project.write("a", "one");
  project.write("bad", "two");
  append(project.path("bad"), `{"type":"user","x":[${"{},".repeat(5_000_000)}{}]}\n`);
  project.append("bad", "three");
  project.write("z", "four");
  const sync = () => run(["sync", "--initial-sync-days", "0"], { home, env: SMALL_HEAP });
  let deaths = 0;
  for (let outcome = await sync(); outcome.code !== 0; outcome = await sync()) {
    assertStringIncludes(outcome.stderr, "out of memory");
    if (++deaths > MAX_ATTEMPTS) throw new Error("it never ends");
  }
  assertNotEquals(deaths, 0, "the line fits: the test proves nothing");
  assertEquals(storedPrompts(`${home}/.devlog/data/devlog.db`), ["four", "one", "three", "two"]);
  const status = await run(["status", "--format", "json"], { home });
  assertEquals(JSON.parse(status.stdout).sync.unreadKinds, [{
    agent: "claude-code",
    agentVersion: "2.1.42",
    kind: "damaged:too_long",
    records: 1,
  }]);
  // What comes later is read as ever.
  project.append("bad", "five");
  assertEquals((await sync()).code, 0);
  assertEquals(storedPrompts(`${home}/.devlog/data/devlog.db`), ["five", "four", "one", "three", "two"]);
});

Deno.test("sync leaves a source alone whose reading ended it three times, says so, and tries it a day later", async () => {
  using project = new Project();
  const home = project.home;
  project.write("a", "one");
  project.write("bad", "two");
  await run(["sync", "--initial-sync-days", "0"], { home });
  const store = `${home}/.devlog/data/devlog.db`;
  project.append("a", "three");
  project.append("bad", "four");
  // As three runs leave it behind that died while they read it.
  using database = new DatabaseSync(store);
  database.prepare("update sources set attempts = ?, status = 'syncing' where path = ?")
    .run(MAX_ATTEMPTS, project.path("bad"));
  for (let round = 0; round < 2; round++) {
    assertEquals((await run(["sync", "--initial-sync-days", "0"], { home })).code, 0);
    assertEquals(storedPrompts(store), ["one", "three", "two"]);
    const row = database.prepare("select attempts, next_try from sources where path = ?").get(
      project.path("bad"),
    )!;
    assertEquals(row.attempts, MAX_ATTEMPTS - 1, "one more death sets it aside again");
    assertGreater(row.next_try as number, Date.now() + 23 * 3_600_000);
    for (const command of [["status"], ["sync", "--status"]]) {
      const { stdout } = await run(command, { home });
      assertStringIncludes(stdout.replaceAll(/\s+/g, " "), "ended the program three times");
      assertStringIncludes(stdout, "bad.jsonl");
    }
  }
  database.prepare("update sources set next_try = ? where path = ?").run(Date.now() - 1, project.path("bad"));
  assertEquals((await run(["sync", "--initial-sync-days", "0"], { home })).code, 0);
  assertEquals(storedPrompts(store), ["four", "one", "three", "two"]);
});
