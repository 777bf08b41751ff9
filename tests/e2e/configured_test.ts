import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { StatusFacts } from "../../src/cli/status_screen.ts";
import { ClaudeSession, CodexSession } from "./agent_homes.ts";
import { prompts, startUpToDate, statusOf } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, temporaryHome } from "./program.ts";

const LINES = `# What is kept, and where.
logging:
  level: info
agents:
  codex:
    enabled: true
sync:
  initial_sync_days: `;

Deno.test("start and sync end with code 2 and name line, column and key of a mistake in config.yaml", async () => {
  using home = temporaryHome();
  configure(home.path, `${LINES}ninety\n`);
  for (const command of ["start", "sync"]) {
    const { code, stdout, stderr } = await run([command], { home: home.path });
    assertEquals([code, stdout], [2, ""]);
    assertMatch(
      stderr,
      /^error: a mistake in the configuration .*\n {2}config\.yaml:8:22 sync\.initial_sync_days: .+\n/,
    );
  }
});

Deno.test("an unknown key in config.yaml is met with the key that was meant", async () => {
  using home = temporaryHome();
  configure(home.path, "sync:\n  inital_sync_days: 3\nagnets: {}\n");
  const { code, stderr } = await run(["start"], { home: home.path });
  assertEquals(code, 2);
  assertMatch(stderr, /config\.yaml:2:3 sync\.inital_sync_days: .*did you mean .*initial_sync_days/i);
  assertMatch(stderr, /config\.yaml:3:1 agnets: .*did you mean .*agents/i);
});

Deno.test("a mistake made while start runs changes nothing and shows in status until it is mended", async () => {
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("before");
  await using running = await startUpToDate(home.path);
  configure(home.path, `${LINES}ninety\n`);
  const problem = await eventually(
    "the problem",
    async () => (await statusAnyway(home.path)).problems.find(({ key }) => key === "config"),
  );
  assertStringIncludes(problem.message, "config.yaml:8:22 sync.initial_sync_days: ");
  const screen = await run(["status"], { home: home.path });
  assertMatch(screen.stdout, /^Problems\n.*config\.yaml:8:22 sync\.initial_sync_days: /m);
  session.turn("beside the mistake");
  await running.line(/config\.yaml:8:22/);
  configure(home.path, `${LINES}30\n`);
  await eventually("its end", async () => (await statusOf(home.path)).problems.length === 0);
  assertEquals(await prompts(home.path), ["before", "beside the mistake"]);
  await running.line(/^the configuration was read again$/);
});

Deno.test("an agent that is enabled while start runs is read without a restart, and rests when it is disabled", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("to claude");
  const session = new CodexSession(home.path, 1).turn("to codex");
  configure(home.path, "agents:\n  codex:\n    enabled: false\n");
  await using running = await startUpToDate(home.path);
  assertEquals(await prompts(home.path), ["to claude"]);
  configure(home.path, "agents:\n  codex:\n    enabled: true\n");
  await eventually("the codex session", async () => (await prompts(home.path)).includes("to codex"));
  configure(home.path, "agents:\n  codex:\n    enabled: false\n# again\n");
  await eventually("the second reading", () => running.output.stderr.match(/read again/g)?.length === 2);
  session.turn("not to be read");
  new ClaudeSession(home.path, 1, { at: Date.now() - 1000 }).turn("read after it");
  await eventually("a later line", async () => (await prompts(home.path)).includes("read after it"));
  assertEquals(await prompts(home.path), ["read after it", "to claude", "to codex"]);
  const { sync } = await statusOf(home.path);
  assertEquals([sync.pending, sync.syncing, sync.failed], [0, 0, 0]);
});

Deno.test("storage.path puts the store elsewhere, for all commands", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("once");
  configure(home.path, "storage:\n  path: ~/kept here\n");
  await using running = await startUpToDate(home.path);
  const { store, collector } = await statusOf(home.path);
  assertEquals([store.path, collector.pid], [join(home.path, "kept here", "devlog.db"), running.pid]);
  assertEquals(await prompts(home.path), ["once"]);
  assertEquals((await run(["stop"], { home: home.path })).stdout, "stopped\n");
});

Deno.test("status, query, sync --status and stop go on beside a mistake in config.yaml, at the place that storage.path names", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("once");
  const storage = "storage:\n  path: ~/kept here\n";
  configure(home.path, storage);
  await using running = await startUpToDate(home.path);
  configure(home.path, `${storage}  retention_days: many\n`);
  const { store, collector } = await statusAnyway(home.path);
  assertEquals([store.path, collector.pid], [join(home.path, "kept here", "devlog.db"), running.pid]);
  const { code, stdout } = await run(["query", "--type", "llm_request"], { home: home.path });
  assertEquals(code, 0);
  assertStringIncludes(stdout, "once");
  const sources = await run(["sync", "--status"], { home: home.path });
  assertMatch(sources.stdout, /^synced +claude-code /m);
  assertEquals((await run(["sync"], { home: home.path })).code, 2);
  assertEquals((await run(["stop"], { home: home.path })).stdout, "stopped\n");
});

function configure(home: string, text: string): void {
  Deno.mkdirSync(join(home, ".devlog"), { recursive: true });
  Deno.writeTextFileSync(join(home, ".devlog", "config.yaml"), text);
}

/** What `status` says beside a mistake in the configuration, which it names on stderr. */
async function statusAnyway(home: string): Promise<StatusFacts> {
  const { code, stdout, stderr } = await run(["status", "--format", "json"], { home });
  assertEquals([code, stderr], [
    0,
    "the configuration has a mistake; see `devlog-collector config validate`\n",
  ]);
  return JSON.parse(stdout);
}
