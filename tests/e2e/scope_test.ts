import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { age, ClaudeSession, CodexSession } from "./agent_homes.ts";
import { prompts, startUpToDate, statusOf, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, temporaryHome } from "./program.ts";

const DAY = 86_400_000;

Deno.test("start --no-history takes only what comes, and a later start the rest", async () => {
  using home = temporaryHome();
  const old = new ClaudeSession(home.path, 1, { at: Date.now() - 27 * DAY }).turn("long ago");
  age(old.path, 27);
  const other = new CodexSession(home.path, 2, { at: Date.now() - 2 * DAY }).turn("lately");
  age(other.path, 2);
  {
    await using _running = await startUpToDate(home.path, ["--no-history"]);
    assertEquals(await prompts(home.path), []);
    // The file has all of it; what was there before is not asked for.
    new ClaudeSession(home.path, 3, { at: Date.now() }).turn("now");
    await eventually("what comes", async () => (await prompts(home.path)).length === 1);
    const status = await statusOf(home.path);
    assertEquals([status.sync.leftOutSources, status.sync.leftOutExpiring], [2, 1]);
    await run(["stop"], { home: home.path });
  }
  const { stdout } = await run(["status"], { home: home.path });
  assertStringIncludes(stdout, "will delete 1 source of it within 7 days");
  await sync(home.path);
  assertEquals((await prompts(home.path)).toSorted(), ["lately", "long ago", "now"]);
});

Deno.test("start --workspaces takes events of some folders, wider globs the rest, narrower ones remove nothing", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1, { project: "/work/a" }).turn("a");
  new ClaudeSession(home.path, 2, { project: "/work/b" }).turn("b");
  new CodexSession(home.path, 3, { project: "/home/ada/c" }).turn("c");
  const start = (...args: readonly string[]) => run(["start", "--once", ...args], { home: home.path });
  assertMatch((await start("--workspaces", "/work/a")).stderr, /left out: \d+ events/);
  assertEquals(await prompts(home.path), ["a"]);
  await start("--workspaces", "/work/*", "--workspaces", "/elsewhere");
  assertEquals((await prompts(home.path)).toSorted(), ["a", "b"]);
  await start("--workspaces", "/work/a");
  assertEquals((await prompts(home.path)).toSorted(), ["a", "b"]);
  await start();
  assertEquals((await prompts(home.path)).toSorted(), ["a", "b", "c"]);

  const wrong = await start("--workspaces", "[a");
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "--workspaces [a");
  const both = await start("--no-history", "--initial-sync-days", "3");
  assertEquals(both.code, 2);
});

Deno.test("filters in the configuration take effect while start runs", async () => {
  using home = temporaryHome();
  const config = join(home.path, ".devlog", "config.yaml");
  Deno.mkdirSync(join(home.path, ".devlog"));
  Deno.writeTextFileSync(config, "sync: { workspaces: { exclude: [/work/a] } }\n");
  new ClaudeSession(home.path, 1, { project: "/work/a" }).turn("a");
  new ClaudeSession(home.path, 2, { project: "/work/b" }).turn("b");
  await using _running = await startUpToDate(home.path);
  assertEquals(await prompts(home.path), ["b"]);
  Deno.writeTextFileSync(config, "sync: { workspaces: { exclude: [/work/zzz] } }\n");
  await eventually("the rest", async () => (await prompts(home.path)).length === 2);
});
