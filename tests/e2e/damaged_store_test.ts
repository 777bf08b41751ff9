import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { ClaudeSession } from "./agent_homes.ts";
import { prompts, startUpToDate, statusOf, storePath, sync } from "./collecting.ts";
import { run, temporaryHome } from "./program.ts";
import { integrityOf, storeContent } from "./store_content.ts";

const SESSIONS = 60;

for (const [where, from] of [["the first page", 0], ["the middle", 0.2]] as const) {
  Deno.test(`start recovers from garbage in ${where} of the store, and status says so`, async () => {
    using home = temporaryHome();
    const text = "All work and no play makes Jack a dull boy. ".repeat(20);
    const sessions = Array.from({ length: SESSIONS }, (_, number) => new ClaudeSession(home.path, number));
    for (const session of sessions) session.turn(`${session.id} ${text}`);
    await sync(home.path);
    const before = storeContent(storePath(home.path));
    spoil(storePath(home.path), from);
    // New events touch the pages that are spoiled, wherever they are.
    for (const session of sessions) session.turn(`again ${session.id}`);

    await using running = await startUpToDate(home.path);
    await running.line(/^the store was damaged \(.*\) and has been replaced; see 'status'$/);
    const { store, sync: progress, problems } = await statusOf(home.path);
    assertEquals([progress.percent, progress.synced, progress.failed, problems], [100, SESSIONS, 0, []]);
    assert(Deno.statSync(store.recovery!.movedTo).isFile, "the damaged store was not kept");
    assertMatch(
      (await run(["status"], { home: home.path })).stdout,
      /was found damaged (just now|\d+ s ago): /,
    );
    assertEquals((await prompts(home.path)).length, 2 * SESSIONS);
    assertEquals((await run(["stop"], { home: home.path })).stdout, "stopped\n");

    assertEquals(integrityOf(storePath(home.path)), ["ok"]);
    const ids = storeContent(storePath(home.path)).events.map(({ id }) => id);
    assertEquals(before.events.filter(({ id }) => !ids.includes(id)), []);
    assertEquals(ids.length, 5 * SESSIONS);
  });
}

/** Overwrites half of the pages, or the first one. */
function spoil(path: string, from: number): void {
  const database = new DatabaseSync(path);
  database.exec("pragma wal_checkpoint(truncate)");
  const size = database.prepare("pragma page_size").get()!.page_size as number;
  const pages = database.prepare("pragma page_count").get()!.page_count as number;
  database.close();
  using file = Deno.openSync(path, { read: true, write: true });
  const garbage = crypto.getRandomValues(new Uint8Array(size));
  for (let page = Math.floor(pages * from); page < Math.max(1, pages * 4 * from); page++) {
    file.seekSync(page * size, Deno.SeekMode.Start);
    file.writeSync(garbage);
  }
}
