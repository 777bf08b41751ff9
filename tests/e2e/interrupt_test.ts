import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { skipUnless } from "../skips.ts";
import { ClaudeSession, CodexSession } from "./agent_homes.ts";
import { dataFolder, storePath, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, spawn, temporaryHome } from "./program.ts";
import { integrityOf, storeContent } from "./store_content.ts";

/** Sessions of a home that takes long enough to be interrupted. */
const SESSIONS = 1200;

for (const [signal, command] of [["SIGINT", "start"], ["SIGTERM", "sync"], ["SIGTERM", "start"]] as const) {
  Deno.test({
    name:
      `${signal} in the middle of the first ${command} ends it cleanly, and a later sync comes to the same store [needs unix]`,
    ...skipUnless("unix"),
    fn: async () => {
      using home = temporaryHome();
      fill(home.path);
      await interrupt(home.path, [command], signal);

      assertEquals(integrityOf(storePath(home.path)), ["ok"]);
      const { synced, begun } = countSources(storePath(home.path));
      assertGreater(synced, 0, "nothing was read before the signal");
      assertLess(synced, SESSIONS, "all was read before the signal: the home is too small");
      assertEquals(begun, 0, "a clean end counts as a failed attempt to read");

      await sync(home.path);
      const interrupted = storeContent(storePath(home.path));
      Deno.removeSync(dataFolder(home.path), { recursive: true });
      await sync(home.path);
      const undisturbed = storeContent(storePath(home.path));
      assertEquals(interrupted.events.length, 3 * SESSIONS);
      assertEquals(interrupted, undisturbed);
    },
  });
}

Deno.test({
  name: "the signal of a session that is gone (SIGHUP) ends the collector cleanly, too [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = temporaryHome();
    new ClaudeSession(home.path, 1).turn("once");
    await using running = spawn(["start"], { home: home.path });
    await running.line(/^up to date/);
    running.signal("SIGHUP");
    assertEquals((await running.end(5_000)).code, 0);
    assertEquals(integrityOf(storePath(home.path)), ["ok"]);
    assertEquals((await run(["stop"], { home: home.path })).stdout, "no collector is running\n");
  },
});

/** Starts a command and sends it a signal once something is stored. */
async function interrupt(home: string, args: readonly string[], signal: Deno.Signal): Promise<void> {
  await using running = spawn(args, { home });
  await eventually("the first stored event", () => countSources(storePath(home)).synced > 0);
  const sentAt = performance.now();
  running.signal(signal);
  const { code, stderr } = await running.end(5_000);
  assertEquals(code, 0, stderr);
  assertLess(performance.now() - sentAt, 5_000);
}

/** Many small sessions, some of which hold the same events. */
function fill(home: string): void {
  const text = "All work and no play makes Jack a dull boy. ".repeat(40);
  for (let number = 0; number < SESSIONS; number++) {
    const Session = number % 3 === 0 ? CodexSession : ClaudeSession;
    const session = new Session(home, number, { project: `/home/ada/project${number % 7}` }).turn(
      `${number} ${text}`,
    );
    if (number % 50 !== 1) continue;
    // A copy of the session beside it.
    Deno.copyFileSync(session.path, session.path.replace(/\.jsonl$/, "-copy.jsonl"));
  }
}

/** How many sources are synced, and how many of all count an attempt that did not end. */
function countSources(path: string): { readonly synced: number; readonly begun: number } {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const row = database.prepare(
      `select count(*) filter (where status = 'synced') as synced, count(*) filter (where attempts > 0) as begun
       from sources`,
    ).get()!;
    return { synced: row.synced as number, begun: row.begun as number };
  } finally {
    database.close();
  }
}
