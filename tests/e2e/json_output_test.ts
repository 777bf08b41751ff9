import { assert, assertEquals, assertMatch } from "@std/assert";
import { age, ClaudeSession, CodexSession } from "./agent_homes.ts";
import { query, runJson, startUpToDate, statusOf, sync } from "./collecting.ts";
import { temporaryHome } from "./program.ts";

Deno.test("status --format json has its documented keys, with and without a store and a collector", async () => {
  using home = temporaryHome();
  const facts = ["collector", "store", "agents", "sync", "remotes", "problems"];
  const syncKeys = [
    "percent",
    "bytes",
    "committedBytes",
    "pending",
    "syncing",
    "synced",
    "failed",
    "gone",
    "leftOutSources",
    "leftOutEvents",
    "leftOutExpiring",
    "failures",
    "unreadRecords",
    "unreadKinds",
    "silent",
  ];
  const empty = await statusOf(home.path);
  assertEquals(Object.keys(empty), facts);
  assertEquals([empty.collector, empty.store.exists, empty.store.events], [{ running: false }, false, 0]);
  assertEquals(Object.keys(empty.sync), syncKeys);

  new ClaudeSession(home.path, 1).turn("once");
  await using running = await startUpToDate(home.path);
  const status = await statusOf(home.path);
  assertEquals(Object.keys(status), facts);
  assertEquals(Object.keys(status.collector).sort(), [
    "phase",
    "pid",
    "running",
    "startedAt",
    "startedBy",
    "version",
    "watching",
  ]);
  assertEquals(status.collector.pid, running.pid);
  assertEquals(Object.keys(status.store), ["path", "exists", "bytes", "events"]);
  assertEquals(Object.keys(status.agents[0]!), [
    "agent",
    "sources",
    "bytes",
    "committedBytes",
    "lastSyncedAt",
  ]);
  assertEquals(Object.keys(status.sync), syncKeys);
});

Deno.test("sync --status --format json has its documented keys for every source, read or not", async () => {
  using home = temporaryHome();
  const read = new ClaudeSession(home.path, 1).turn("once");
  const old = new ClaudeSession(home.path, 2, { at: Date.now() - 200 * 86_400_000 }).turn("long ago");
  age(old.path, 200);
  const started = Date.now();
  await sync(home.path);
  const sources = await runJson<Record<string, unknown>[]>(home.path, "sync", "--status");
  const always = [
    "id",
    "agent",
    "path",
    "state",
    "bytes",
    "byteOffset",
    "events",
    "unreadRecords",
    "leftOutEvents",
  ];
  const keysOf = (source: Record<string, unknown>) =>
    Object.keys(source).filter((key) => key !== "collectedFrom");
  const { size } = Deno.statSync(read.path);
  const synced = sources.find(({ path }) => path === read.path)!;
  assertEquals([synced.state, synced.bytes, synced.byteOffset, synced.events], ["synced", size, size, 3]);
  assertEquals(keysOf(synced), [...always, "lastSyncedAt", "lastEventId"]);
  const { lastSyncedAt } = synced;
  assert(typeof lastSyncedAt === "number" && started <= lastSyncedAt && lastSyncedAt <= Date.now());
  assertEquals((await query(home.path)).some(({ id }) => id === synced.lastEventId), true);
  const leftOut = sources.find(({ path }) => path === old.path)!;
  assertEquals(keysOf(leftOut), always);
  assertEquals([leftOut.state, leftOut.byteOffset], ["left-out", 0]);
});

Deno.test("query --format jsonl prints one event a line with the names of the event model", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("to claude");
  new CodexSession(home.path, 1).turn("to codex");
  await sync(home.path);
  const events = await query(home.path);
  const known = [
    "id",
    "revision",
    "type",
    "timestamp",
    "agent",
    "agentVersion",
    "sessionId",
    "parentSessionId",
    "workspace",
    "repository",
    "branch",
    "model",
    "data",
    "metrics",
    "superseded",
  ];
  for (const event of events) {
    assertEquals(Object.keys(event).filter((key) => !known.includes(key)), []);
    assertMatch(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assertEquals([typeof event.timestamp, event.workspace], ["number", "/home/ada/shop"]);
  }
  assertEquals(events.map(({ agent, type }) => `${agent} ${type}`).sort(), [
    "claude-code llm_request",
    "claude-code llm_response",
    "claude-code session_start",
    "codex llm_request",
    "codex llm_response",
    "codex session_start",
  ]);
});
