import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { age, ClaudeSession, CodexSession } from "./agent_homes.ts";
import { prompts, query, runJson, startUpToDate, statusOf, storePath, sync } from "./collecting.ts";
import { run, temporaryHome } from "./program.ts";
import { storeContent } from "./store_content.ts";

const DAY = 86_400_000;

Deno.test("start syncs all history of all agents when nothing is configured", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("first").turn("second");
  new ClaudeSession(home.path, 2, { project: "/home/ada/other" }).turn("elsewhere");
  new CodexSession(home.path, 1).turn("to codex");
  await using running = await startUpToDate(home.path);
  assertMatch(
    running.output.stderr,
    /^up to date: 3 sources, .* KB\nwatching for new events; Ctrl-C ends it\n$/,
  );
  assertEquals(await prompts(home.path), ["elsewhere", "first", "second", "to codex"]);
  const status = await statusOf(home.path);
  assertEquals(status.collector.pid, running.pid);
  assertEquals(
    [status.collector.running, status.collector.phase, status.collector.watching],
    [true, "live", "events"],
  );
  assertEquals(status.agents.map(({ agent, sources }) => [agent, sources]), [["claude-code", 2], [
    "codex",
    1,
  ]]);
  assertEquals([status.sync.percent, status.sync.synced, status.problems], [100, 3, []]);
});

Deno.test("start in a home without any agent says that nothing was found", async () => {
  using home = temporaryHome();
  await using running = await startUpToDate(home.path);
  assertMatch(running.output.stderr, /^up to date: 0 sources, 0 B\nno history of any agent was found yet\n/);
  assertEquals((await statusOf(home.path)).agents, []);
});

Deno.test("what initial_sync_days leaves out is said at the end, in status, and taken by the command they name", async () => {
  using home = temporaryHome();
  const old = new ClaudeSession(home.path, 1, { at: Date.now() - 200 * DAY }).turn("long ago");
  age(old.path, 200);
  const half = new ClaudeSession(home.path, 2, { at: Date.now() - 100 * DAY }).turn("before the floor");
  half.raw("").turn("also before");
  new ClaudeSession(home.path, 3).turn("today");

  const said = await sync(home.path);
  assertEquals(await prompts(home.path), ["today"]);
  assertMatch(said, /^left out: 1 older source \(897 B\) and 5 events\. To take them too: /m);
  const command = /devlog-collector (sync --initial-sync-days 0)$/m.exec(said)?.[1];
  assert(command !== undefined, said);

  const { sync: left } = await statusOf(home.path);
  assertEquals([left.percent, left.leftOutSources, left.leftOutEvents], [100, 1, 5]);
  const screen = await run(["status"], { home: home.path });
  assertMatch(
    screen.stdout,
    /1 source and 5 events left out, .*\n.*devlog-collector start --initial-sync-days 0\n/,
  );
  const sources = await runJson<{ state: string; leftOutEvents: number }[]>(home.path, "sync", "--status");
  assertEquals(sources.map(({ state, leftOutEvents }) => [state, leftOutEvents]).sort(), [
    ["left-out", 0],
    ["synced", 0],
    ["synced", 5],
  ]);

  const before = storeContent(storePath(home.path));
  assertNotMatch(await sync(home.path, ...command.split(" ").slice(1)), /left out/);
  assertEquals(await prompts(home.path), ["also before", "before the floor", "long ago", "today"]);
  assertEquals((await query(home.path)).length, 11);
  const now = await statusOf(home.path);
  assertEquals([now.sync.synced, now.sync.leftOutSources, now.sync.leftOutEvents], [3, 0, 0]);
  // Exactly the rest: what was there is as it was, revisions and all.
  const after = storeContent(storePath(home.path));
  assertEquals(
    after.events.filter(({ id }) => before.events.some((event) => event.id === id)),
    before.events,
  );
});

Deno.test("a later plain sync does not narrow what was taken with --initial-sync-days 0", async () => {
  using home = temporaryHome();
  const old = new ClaudeSession(home.path, 1, { at: Date.now() - 200 * DAY }).turn("long ago");
  age(old.path, 200);
  await sync(home.path, "--initial-sync-days", "0");
  const before = storeContent(storePath(home.path));
  assertNotMatch(await sync(home.path), /left out/);
  assertEquals(storeContent(storePath(home.path)), before);
  assertEquals(before.events.length, 3);
});

Deno.test("a session left out as too old is taken from its start when it grows", async () => {
  using home = temporaryHome();
  const old = new ClaudeSession(home.path, 1, { at: Date.now() - 80 * DAY }).turn("long ago");
  age(old.path, 80);
  await sync(home.path, "--initial-sync-days", "100");
  assertEquals(await prompts(home.path), ["long ago"]);
  const other = new ClaudeSession(home.path, 2, { at: Date.now() - 95 * DAY }).turn("longer ago");
  age(other.path, 95);
  await sync(home.path);
  assertEquals((await statusOf(home.path)).sync.leftOutSources, 1);
  other.raw("").turn("resumed");
  const said = await sync(home.path);
  assertMatch(said, /^left out: 5 events/m);
});
