import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { join } from "node:path";
import { CollectorLock, isCollectorRunning } from "../../src/service/lock.ts";
import { makeRequest } from "../../src/store/requests.ts";
import { age, ClaudeSession } from "./agent_homes.ts";
import { dataFolder, prompts, startUpToDate, statusOf, storePath, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, spawn, temporaryHome } from "./program.ts";
import { integrityOf } from "./store_content.ts";

Deno.test("a second start is refused with exit code 3 and says who runs", async () => {
  using home = temporaryHome();
  await using running = await startUpToDate(home.path);
  const second = await run(["start"], { home: home.path });
  assertEquals([second.code, second.stdout], [3, ""]);
  assertMatch(
    second.stderr,
    new RegExp(`^error: another collector is running \\(process ${running.pid}, since .*\\)\n`),
  );
  assertMatch(second.stderr, /`devlog-collector stop`/);
  assertEquals((await statusOf(home.path)).collector.pid, running.pid);
});

Deno.test("of two starts at the very same moment exactly one runs", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("once");
  await using first = spawn(["start"], { home: home.path });
  await using second = spawn(["start"], { home: home.path });
  const loser = await Promise.race([first.end(), second.end()]);
  assertEquals(loser.code, 3, loser.stderr);
  const winner = loser.stderr === first.output.stderr ? second : first;
  await winner.line(/^up to date/);
  assertEquals((await statusOf(home.path)).collector.pid, winner.pid);
  winner.signal("SIGTERM");
  assertEquals((await winner.end()).code, 0);
});

Deno.test("sync beside a running collector asks it and ends with 0 when all is up to date", async () => {
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("first");
  await using _ = await startUpToDate(home.path);
  session.turn("second");
  assertMatch(await sync(home.path), /^a collector is running: it syncs now\n(.*\n)*up to date\n$/);
  assertEquals(await prompts(home.path), ["first", "second"]);
});

Deno.test("sync --initial-sync-days beside a running collector takes what was left out", async () => {
  using home = temporaryHome();
  const old = new ClaudeSession(home.path, 1, { at: Date.now() - 200 * 86_400_000 }).turn("long ago");
  age(old.path, 200);
  new ClaudeSession(home.path, 2, { at: Date.now() - 200 * 86_400_000 }).turn("also long ago");
  await using _ = await startUpToDate(home.path);
  assertEquals(await prompts(home.path), []);
  await sync(home.path, "--initial-sync-days", "0");
  assertEquals(await prompts(home.path), ["also long ago", "long ago"]);
});

Deno.test("two syncs at once both end with 0", async () => {
  using home = temporaryHome();
  for (let number = 0; number < 300; number++) new ClaudeSession(home.path, number).turn(`${number}`);
  const outcomes = await Promise.all([1, 2].map(() => run(["sync"], { home: home.path })));
  assertEquals(outcomes.map(({ code }) => code), [0, 0], outcomes.map(({ stderr }) => stderr).join());
  assertEquals((await prompts(home.path)).length, 300);
});

Deno.test("stop ends the collector and returns when its lock is free", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("once");
  await using running = await startUpToDate(home.path);
  const { code, stdout, stderr } = await run(["stop"], { home: home.path });
  assertEquals([code, stdout, stderr], [0, "stopped\n", ""]);
  assert(!isCollectorRunning(join(dataFolder(home.path), "collector.lock")));
  assertEquals((await running.end(5_000)).code, 0);
  assertEquals(
    [...Deno.readDirSync(dataFolder(home.path))].some(({ name }) => name === "collector.json"),
    false,
  );
  assertEquals((await run(["stop"], { home: home.path })).stdout, "no collector is running\n");
});

Deno.test("stop ends a collector that has only just been started", async () => {
  using home = temporaryHome();
  for (let number = 0; number < 300; number++) new ClaudeSession(home.path, number).turn(`${number}`);
  await using running = spawn(["start"], { home: home.path });
  await eventually("the lock", () => isCollectorRunning(join(dataFolder(home.path), "collector.lock")));
  const { code, stdout, stderr } = await run(["stop"], { home: home.path });
  assertEquals([code, stdout, stderr], [0, "stopped\n", ""]);
  assertEquals((await running.end(5_000)).code, 0);
});

Deno.test("stop and sync wait for the store when the collector that holds the lock has not made it yet", async () => {
  using home = temporaryHome();
  Deno.mkdirSync(dataFolder(home.path), { recursive: true });
  const lock = CollectorLock.acquire(join(dataFolder(home.path), "collector.lock"))!;
  await using stop = spawn(["stop"], { home: home.path });
  await using sync = spawn(["sync"], { home: home.path });
  // Neither command may find the lock free when it starts.
  await sync.line(/^a collector is running/);
  lock.release();
  assertEquals((await stop.end(5_000)).code, 0, stop.output.stderr);
  // It does itself what the other did not.
  const { code, stderr } = await sync.end(5_000);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^a collector is running: it syncs now\nup to date: 0 sources, 0 B\n/);
});

Deno.test("after a collector was killed, what it left behind disturbs no command", async (test) => {
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("first");
  const kill = async () => {
    const running = await startUpToDate(home.path);
    await running.kill();
    assert([...Deno.readDirSync(dataFolder(home.path))].some(({ name }) => name === "collector.json"));
  };
  await kill();
  await test.step("status says that none runs", async () => {
    const { collector, problems } = await statusOf(home.path);
    assertEquals([collector, problems], [{ running: false }, []]);
  });
  await test.step("stop says that none runs", async () => {
    const { code, stdout } = await run(["stop"], { home: home.path });
    assertEquals([code, stdout], [0, "no collector is running\n"]);
  });
  await test.step("sync brings everything up to date", async () => {
    session.turn("second");
    await sync(home.path);
    assertEquals(await prompts(home.path), ["first", "second"]);
  });
  await test.step("start runs, and stop ends it", async () => {
    await kill();
    session.turn("third");
    await using running = await startUpToDate(home.path);
    assertEquals((await statusOf(home.path)).collector.pid, running.pid);
    assertEquals(await prompts(home.path), ["first", "second", "third"]);
    assertEquals((await run(["stop"], { home: home.path })).stdout, "stopped\n");
  });
  assertEquals(integrityOf(storePath(home.path)), ["ok"]);
});

Deno.test("a request that nobody answered does not end the next collector", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("once");
  await sync(home.path);
  makeRequest(storePath(home.path), "stop", {}, Date.now());
  await using running = await startUpToDate(home.path);
  await sync(home.path);
  assertEquals((await statusOf(home.path)).collector.pid, running.pid);
});

Deno.test("stop takes little time beside a collector that reads history", async () => {
  using home = temporaryHome();
  const text = "All work and no play makes Jack a dull boy. ".repeat(600);
  for (let number = 0; number < 800; number++) new ClaudeSession(home.path, number).turn(`${number} ${text}`);
  await using running = spawn(["start"], { home: home.path });
  await eventually("the first stored event", async () => (await statusOf(home.path)).store.events > 0);
  const startedAt = performance.now();
  assertEquals((await run(["stop"], { home: home.path })).stdout, "stopped\n");
  assertLess(performance.now() - startedAt, 5_000);
  assertEquals((await running.end(1_000)).code, 0);
});
