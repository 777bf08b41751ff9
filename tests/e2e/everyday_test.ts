import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { AGENTS } from "../../src/agents/agents.ts";
import { ClaudeSession, CodexSession } from "./agent_homes.ts";
import { prompts, runJson, startUpToDate, sync } from "./collecting.ts";
import { run, temporaryHome } from "./program.ts";

const DAY = 86_400_000;

Deno.test("stats adds up what is in the store, by agent and by day of a time zone", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1, { at: Date.UTC(2026, 0, 31, 23, 30) }).turn("one").turn("two");
  new CodexSession(home.path, 2, { at: Date.UTC(2026, 1, 2) }).turn("three");
  await sync(home.path, "--initial-sync-days", "0");
  const facts = await runJson<
    {
      totals: { prompts: number; outputTokens: number };
      groups: Record<string, { name: string; prompts: number }[]>;
    }
  >(
    home.path,
    "stats",
    "--timezone",
    "Europe/Berlin",
  );
  assertEquals([facts.totals.prompts, facts.totals.outputTokens], [3, 18]);
  const counts = (by: string) => facts.groups[by]!.map(({ name, prompts }) => `${name} ${prompts}`);
  assertEquals(counts("agent").toSorted(), ["claude-code 2", "codex 1"]);
  assertEquals(counts("day"), ["2026-02-01 2", "2026-02-02 1"]);
  const { stdout } = await run(["stats", "--by", "day", "--timezone", "UTC"], { home: home.path });
  assertMatch(stdout, /Day \(UTC\)[^]*2026-01-31[^]*2026-02-02/);
  const wrong = await run(["stats", "--timezone", "Mars"], { home: home.path });
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "--timezone is no time zone");
});

Deno.test("agents shows where each was looked for, also before there is a store, and changes nothing", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("one");
  const before = await run(["agents"], { home: home.path });
  assertEquals(before.code, 0);
  assertMatch(before.stdout, /claude-code +proven +1 /);
  assertStringIncludes(before.stdout, "not found; looked for in");
  assertEquals([...Deno.readDirSync(home.path)].map(({ name }) => name).toSorted(), [".claude"]);
  await sync(home.path);
  const facts = await runJson<
    { id: string; sources: number; events: number; folders: { exists: boolean }[] }[]
  >(
    home.path,
    "agents",
  );
  const claude = facts.find(({ id }) => id === "claude-code")!;
  assertEquals([claude.sources, claude.events], [1, 3]);
  assertEquals(facts.map(({ id }) => id), AGENTS.map(({ id }) => id));
});

Deno.test("backfill says that it is deprecated, and does what was meant, also beside a running collector", async () => {
  using home = temporaryHome();
  const write = (number: number, days: number) => {
    const at = Date.now() - days * DAY;
    const { path } = new ClaudeSession(home.path, number, { at }).turn(`of ${days} days ago`);
    Deno.utimeSync(path, new Date(at), new Date(at));
  };
  for (const [number, days] of [[1, 1], [2, 120], [3, 300]] as const) write(number, days);
  const backfill = (...args: readonly string[]) => run(["backfill", ...args], { home: home.path });
  assertStringIncludes(
    (await backfill("run", "--agent", "claude")).stderr,
    "Deprecated. Use 'start' instead.",
  );
  assertEquals((await prompts(home.path)).length, 1);
  {
    await using _running = await startUpToDate(home.path);
    assertEquals((await backfill("run", "--days", "200")).code, 0);
    assertEquals((await prompts(home.path)).length, 2);
  }
  assertEquals((await backfill("run", "--all")).code, 0);
  assertEquals((await prompts(home.path)).length, 3);
  assertMatch((await backfill("status")).stdout, /synced +claude-code/);
  assertEquals((await backfill("run", "--all", "--days", "3")).code, 2);
  assertStringIncludes((await backfill("run", "--agent", "copilto")).stderr, "Did you mean `copilot`?");
});
