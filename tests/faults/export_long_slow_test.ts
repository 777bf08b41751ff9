import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { generateHome } from "../../scripts/generate_home.ts";
import { age, ClaudeSession } from "../e2e/agent_homes.ts";
import { query, startUpToDate, storePath } from "../e2e/collecting.ts";
import { eventually } from "../e2e/eventually.ts";
import { run, temporaryHome } from "../e2e/program.ts";
import { configureRemotes } from "../e2e/remotes.ts";
import { BadServer } from "../export/bad_server.ts";
import { DevlogServer } from "../export/devlog_server.ts";

Deno.test("a remote that is down while a hundred thousand events arrive gets each of them, and collecting did not wait", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("before");
  const devlog = new DevlogServer();
  let isWell = false;
  await using server = new BadServer((exchange) => isWell ? devlog.serve(exchange) : exchange.answer(503));
  configureRemotes(home.path, { team: { type: "devlog", url: server.url, content: "none" } }, {
    sync: { initial_sync_days: 0 },
  });
  await using running = await startUpToDate(home.path);
  generateHome(home.path, { shape: "small", bytes: 95_000_000 });
  using database = new DatabaseSync(storePath(home.path), { readOnly: true });
  const one = (sql: string) => database.prepare(sql).get()!.n as number;
  await eventually(
    "a hundred thousand events",
    () => one("select events as n from counters") > 100_000,
    60_000,
  );
  let events = 0;
  await eventually("the end of it", async () => {
    const before = events;
    events = one("select events as n from counters");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return before === events;
  }, 60_000);
  assertEquals(devlog.held.size, 0);
  isWell = true;
  // Whoever asks for it does not wait for the next try.
  const exported = await run(["export", "--remote", "team"], { home: home.path, timeoutMs: 120_000 });
  assertEquals(exported.code, 0, exported.stderr);
  const [deferred, dead] = ["deferred", "dead_letters"].map((table) =>
    one(`select count(*) as n from ${table}`)
  );
  assertEquals([devlog.held.size + deferred!, dead, devlog.repeated], [events, 0, 0]);
  assertLess(deferred!, 2_000);
  assert(running.output.stderr.includes("up to date"));
});

Deno.test("a message that streams over fourteen lines in twenty seconds is one record in a file", async () => {
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("first");
  age(session.path, 1);
  const path = join(home.path, "copy.jsonl");
  configureRemotes(home.path, { copy: { type: "file", path, content: "full" } });
  await using _ = await startUpToDate(home.path);
  const lines = () => Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
  await eventually("what was there", () => lines().length === 3);
  for (let line = 0; line < 14; line++) {
    session.raw(`${
      JSON.stringify({
        type: "assistant",
        uuid: crypto.randomUUID(),
        sessionId: session.id,
        cwd: "/home/ada/shop",
        version: "2.1.34",
        timestamp: new Date().toISOString(),
        requestId: "req_streams",
        message: {
          id: "msg_streams",
          role: "assistant",
          model: "claude-opus-4",
          content: [{ type: "text", text: `part ${line} ` }],
          stop_reason: null,
          usage: { input_tokens: 5, output_tokens: line + 1 },
        },
      })
    }\n`);
    await new Promise((resolve) => setTimeout(resolve, 20_000 / 14));
  }
  const [streamed] = (await query(home.path)).filter(({ metrics }) => metrics?.outputTokens === 14);
  assert(streamed !== undefined && streamed.revision > 1);
  await eventually("the message", () => lines().some(({ id }) => id === streamed.id), 60_000);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const records = lines().filter(({ id }) => id === streamed.id);
  assertEquals(records.map(({ revision }) => revision), [streamed.revision]);
  assertEquals(records[0].data, streamed.data);
});
