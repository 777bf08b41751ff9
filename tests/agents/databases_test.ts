/**
 * The agents that keep their conversations in a database: what a fixture, made by SQLite from its statements, becomes is
 * written down in a golden file beside it, which people have read. `UPDATE_GOLDEN=1` writes it anew.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Agent } from "../../src/agents/agent.ts";
import { copilot } from "../../src/agents/copilot.ts";
import { crush } from "../../src/agents/crush.ts";
import { cursor } from "../../src/agents/cursor.ts";
import { forge } from "../../src/agents/forge.ts";
import { goose } from "../../src/agents/goose.ts";
import { hermes } from "../../src/agents/hermes.ts";
import { amazonQ, kiroCli } from "../../src/agents/kiro_cli.ts";
import { openclaw } from "../../src/agents/openclaw.ts";
import { kilo, openCode } from "../../src/agents/opencode.ts";
import { zed } from "../../src/agents/zed.ts";
import type { EventDraft } from "../../src/events/event.ts";
import { AgentDatabase } from "./database_harness.ts";
import { compress } from "../sources/zstd.ts";
import { checkEvent, parseAll, readLines } from "./harness.ts";
import { readable } from "./readable.ts";

/** A fixture of an agent. */
interface Kept {
  readonly agent: Agent;
  readonly fixture: string;
  /** Where the agent would have written it, below its root. */
  readonly path: string;
  /** What the files beside it hold. */
  readonly companions?: { readonly [name: string]: unknown };
}

const KEPT: readonly Kept[] = [
  {
    agent: copilot,
    fixture: "state.sql",
    path: "0123456789abcdef0123456789abcdef/state.vscdb",
    companions: { "workspace.json": { folder: "file:///home/ada/shop" } },
  },
  { agent: copilot, fixture: "traces.sql", path: "agent-traces.db" },
  { agent: cursor, fixture: "state.sql", path: "state.vscdb" },
  {
    agent: cursor,
    fixture: "store.sql",
    path: "0123456789abcdef0123456789abcdef/a1b2c3d4-0000-4000-8000-000000000001/store.db",
  },
  { agent: openCode, fixture: "opencode.sql", path: "opencode.db" },
  { agent: openCode, fixture: "version_2.sql", path: "opencode.db" },
  { agent: goose, fixture: "sessions.sql", path: "sessions.db" },
  { agent: forge, fixture: "forge.sql", path: ".forge.db" },
  { agent: kiroCli, fixture: "data.sql", path: "data.sqlite3" },
  { agent: amazonQ, fixture: "data.sql", path: "data.sqlite3" },
  { agent: openclaw, fixture: "agent.sql", path: "main/agent/openclaw-agent.sqlite" },
  { agent: crush, fixture: "crush.sql", path: "crush.db" },
  { agent: zed, fixture: "threads.sql", path: "threads.db" },
  { agent: hermes, fixture: "state.sql", path: "profiles/work/state.db" },
];

function fixtureUrl(agent: Agent, fixture: string): URL {
  return new URL(`../fixtures/${agent.id}/${fixture}`, import.meta.url);
}

async function statementsOf({ agent, fixture }: Kept): Promise<readonly string[]> {
  return (await Deno.readTextFile(fixtureUrl(agent, fixture))).split(/;\n/).filter((text) =>
    text.trim() !== ""
  );
}

/** The events as a golden file has them: how often one was told says nothing. */
function linesOf(database: AgentDatabase): readonly string[] {
  return database.told().map(({ complete: _, revision: __, ...event }) => JSON.stringify(event));
}

for (const kept of KEPT) {
  const { agent, fixture, path, companions } = kept;

  Deno.test(`${agent.id} makes of ${fixture} what its golden file says, with the same ids`, async () => {
    using database = new AgentDatabase(agent, path, { companions });
    for (const statement of await statementsOf(kept)) database.database.exec(statement);
    await database.read();
    assertEquals(database.unknown, {});
    assert(database.events.size > 0);
    for (const event of database.told()) checkEvent(event);
    const found = linesOf(database);
    const golden = fixtureUrl(agent, fixture.replace(/\.sql$/, ".golden.jsonl"));
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(golden, found.join("\n") + "\n");
    const expected = (await Deno.readTextFile(golden)).trimEnd().split("\n");
    assertEquals(found.map((line) => JSON.parse(line)), expected.map((line) => JSON.parse(line)));
  });

  for (const mode of ["wal", "delete"]) {
    Deno.test(`${agent.id} makes the same of ${fixture} if it is read after each statement (${mode})`, async () => {
      using whole = new AgentDatabase(agent, path, { companions });
      using grown = new AgentDatabase(agent, path, { mode, companions });
      for (const statement of await statementsOf(kept)) {
        whole.database.exec(statement);
        grown.database.exec(statement);
        await grown.read();
      }
      await whole.read();
      assertEquals(
        linesOf(grown).map((line) => JSON.parse(line)),
        linesOf(whole).map((line) => JSON.parse(line)),
      );
    });
  }

  Deno.test(`${agent.id} finds ${fixture} where the agent would have written it`, () => {
    assertEquals(agent.classify(path)?.format, "database");
    const folders = path.split("/").slice(0, -1);
    for (const depth of folders.keys()) {
      const folder = folders.slice(0, depth + 1).join("/");
      assert(agent.enters(folder), `it does not enter ${folder}`);
    }
  });
}

Deno.test("a session that OpenClaw took over from its file has the same events under the same ids, also packed", async () => {
  const lines = await readLines(fixtureUrl(openclaw, "session.jsonl"));
  const told = parseAll(openclaw, "main/sessions/a1b2c3d4-0000-4000-8000-000000000001.jsonl", lines).events;
  using database = new AgentDatabase(openclaw, "main/agent/openclaw-agent.sqlite");
  const kept = KEPT.find(({ agent }) => agent === openclaw)!;
  for (const statement of await statementsOf(kept)) database.database.exec(statement);
  const pack = database.database.prepare(
    "update transcript_events set event_json = null, event_zstd = ? where seq = ?",
  );
  for (const [index, line] of lines.entries()) {
    if (index % 2 === 1) pack.run(compress(new TextEncoder().encode(line)), index + 1);
  }
  await database.read();
  const content = ({ type, anchor, key, data, metrics, timestamp }: EventDraft) =>
    JSON.stringify({ type, anchor, key, data, metrics, timestamp });
  assertEquals(database.told().map(content).toSorted(), told.map(content).toSorted());
});

Deno.test("a session that OpenCode took over from its files into the database has the same events under the same ids", async () => {
  using database = new AgentDatabase(openCode, "opencode.db");
  const kept = KEPT.find(({ agent }) => agent === openCode)!;
  for (const statement of await statementsOf(kept)) database.database.exec(statement);
  await database.read();
  const rows = (table: string) =>
    database.database.prepare(`select * from ${table}`).all() as Record<string, string | number>[];
  const files = new Map<string, unknown>();
  for (const { id, session_id, data } of rows("message")) {
    files.set(`message/${session_id}/${id}.json`, {
      ...JSON.parse(data as string),
      id,
      sessionID: session_id,
    });
  }
  for (const { id, message_id, data } of rows("part")) {
    files.set(`part/${message_id}/${id}.json`, { ...JSON.parse(data as string), id, messageID: message_id });
  }
  const list = (folder: string) =>
    [...files.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) =>
      path.slice(folder.length + 1)
    );
  const events: EventDraft[] = [];
  for (const session of rows("session")) {
    const relativePath = `session/${session.project_id}/${session.id}.json`;
    assertEquals(openCode.classify(relativePath)?.format, "document");
    const companions = Object.fromEntries(
      openCode.companions!(relativePath, list).map((path) => [path, files.get(path)]),
    );
    const parser = readable(openCode).parser({ relativePath, companions }, (event) => events.push(event));
    const { id, parent_id, directory, title, version } = session;
    const time = { created: session.time_created, updated: session.time_updated };
    assertEquals(parser.record({ id, parentID: parent_id, directory, title, version, time }, 0), undefined);
    parser.flush();
  }
  const content = ({ type, anchor, key, data, metrics, timestamp }: EventDraft) =>
    JSON.stringify({ type, anchor, key, data, metrics, timestamp });
  const told = database.told();
  assertEquals(
    events.filter(({ copied }) => !copied).map(content).toSorted(),
    told.map(content).toSorted(),
  );
  // The fork of a session has its events under the same ids.
  const ids = new Set(told.map(({ anchor, key }) => `${anchor} ${key}`));
  const copies = events.filter(({ copied }) => copied);
  assertEquals(copies.map(({ sessionId }) => sessionId), ["ses_4", "ses_4", "ses_4"]);
  for (const { anchor, key } of copies) assert(ids.has(`${anchor} ${key}`), key);
});

Deno.test("an answer of OpenCode whose error is null has none, in the tables of either version", async () => {
  using database = new AgentDatabase(openCode, "opencode.db");
  const { database: sql } = database;
  const time = { created: 1777888801000 };
  sql.exec(`create table session (id text primary key, time_created integer, time_updated integer);
    create table message (id text primary key, session_id text, time_created integer, data text);
    create table session_message (id text primary key, session_id text, type text, seq integer, data text);
    insert into session values ('ses_1', 1777888800000, 1777888800000)`);
  sql.prepare("insert into message values ('msg_1', 'ses_1', 1777888801000, ?)")
    .run(JSON.stringify({ role: "assistant", time, error: null }));
  sql.prepare("insert into session_message values ('msg_2', 'ses_1', 'assistant', 1, ?)")
    .run(JSON.stringify({ time: { created: 1777888802000 }, content: [], error: null, retry: null }));
  await database.read();
  assertEquals(database.told().map(({ type }) => type), ["session_start", "llm_response", "llm_response"]);
});

Deno.test("Kilo reads what its command line kept in files before it had a database, beside tasks of its extension", () => {
  const file = "session/p1/ses_1.json";
  assertEquals(kilo.classify(file)?.format, "document");
  assert(kilo.enters("session/p1"));
  assertEquals(kilo.roots({ os: "linux", home: "/home/ada", get: () => undefined }).slice(-2), [
    "/home/ada/.local/share/kilo/storage",
    "/home/ada/.kilocode/cli/global",
  ]);
  const list = (folder: string) => folder === "message/ses_1" ? ["msg_1.json"] : [];
  assertEquals(kilo.companions!(file, list), ["message/ses_1/msg_1.json"]);
  const told: EventDraft[] = [];
  const companions = { "message/ses_1/msg_1.json": { id: "msg_1", role: "assistant", time: { created: 2 } } };
  const parser = readable(kilo).parser({ relativePath: file, companions }, (event) => told.push(event));
  parser.record({ id: "ses_1", directory: "/home/ada/shop", time: { created: 1 } }, 0);
  parser.flush();
  assertEquals(told.map(({ type, sessionId }) => [type, sessionId]), [
    ["session_start", "ses_1"],
    ["llm_response", "ses_1"],
  ]);
});

Deno.test("a message of Goose is the same event before and after it was given an id", async () => {
  using database = new AgentDatabase(goose, "sessions.db");
  const { database: sql } = database;
  sql.exec(
    `create table sessions (id text primary key, working_dir text, created_at timestamp, updated_at timestamp);
    create table messages (id integer primary key autoincrement, session_id text, role text, content_json text,
      created_timestamp integer);
    insert into sessions values ('20260504_1', '/home/ada/shop', '2026-05-04 10:00:00', '2026-05-04 10:00:00');
    insert into messages (session_id, role, content_json, created_timestamp)
      values ('20260504_1', 'user', '[{"type":"text","text":"Run ls"}]', 1777888801)`,
  );
  await database.read();
  const before = [...database.events.keys()];
  assertEquals(before.length, 2);
  sql.exec(`alter table messages add column message_id text;
    update messages set message_id = 'msg_' || session_id || '_' || id;
    update sessions set updated_at = '2026-05-04 10:01:00'`);
  await database.read();
  assertEquals([...database.events.keys()], before);
});

Deno.test("answers of Forge that only call something stay themselves when a compaction takes those before", async () => {
  using database = new AgentDatabase(forge, ".forge.db");
  const { database: sql } = database;
  sql.exec(`create table conversations (conversation_id text primary key, context text, created_at timestamp,
    updated_at timestamp)`);
  const answers = [1, 2, 3].map((number) => ({
    message: {
      text: {
        role: "Assistant",
        content: "",
        tool_calls: [{ name: "shell", call_id: `call_${number}`, arguments: {} }],
      },
    },
    usage: { prompt_tokens: { actual: number } },
  }));
  const summary = { message: { text: { role: "User", content: "The summary so far" } } };
  const write = (messages: readonly object[], at: string) =>
    sql.prepare("insert or replace into conversations values ('one', ?, '2026-05-04 10:00:00', ?)")
      .run(JSON.stringify({ messages }), at);
  write(answers, "2026-05-04 10:00:01");
  await database.read();
  write([summary, ...answers.slice(2)], "2026-05-04 10:00:02");
  await database.read();
  const told = [...database.events.values()].filter(({ type }) => type === "llm_response");
  assertEquals(told.map(({ metrics }) => metrics?.inputTokens).toSorted(), [1, 2, 3]);
});

Deno.test("calls of Forge that a model numbers anew after a compaction are told apart", async () => {
  using database = new AgentDatabase(forge, ".forge.db");
  const messages = ["ls", "pwd"].flatMap((command) => [
    {
      message: {
        text: {
          role: "Assistant",
          content: `I run ${command}.`,
          tool_calls: [{ name: "shell", call_id: "functions.shell:0", arguments: { command } }],
        },
      },
    },
    { message: { tool: { name: "shell", call_id: "functions.shell:0", output: { values: [] } } } },
  ]);
  database.database.exec(`create table conversations (conversation_id text primary key, context text,
    created_at timestamp, updated_at timestamp)`);
  database.database.prepare("insert into conversations values ('one', ?, '2026-05-04 10:00:00', null)")
    .run(JSON.stringify({ messages }));
  await database.read();
  const calls = database.told().filter(({ type }) => type === "command_execution");
  assertEquals(calls.map(({ data }) => (data as { command?: unknown }).command), ["ls", "pwd"]);
});

Deno.test("what a prompt of Zed used that got no answer is in the sum of its thread", () => {
  const used = (input: number) => ({ input_tokens: input, output_tokens: 1 });
  const prompt = (id: string) => ({ User: { id, content: [{ Text: "Run ls" }] } });
  const document = {
    messages: [prompt("one"), { Agent: { content: [{ Text: "Done." }] } }, prompt("two")],
    request_token_usage: { one: used(100), two: used(30) },
    cumulative_token_usage: used(130),
  };
  const inputs = new Map<string, number | undefined>();
  const parser = readable(zed).parser(
    { relativePath: "threads.db" },
    ({ type, metrics }) => inputs.set(type, metrics?.inputTokens),
  );
  const facts = { id: "thread", created_at: "2026-05-04T10:00:00Z" };
  assertEquals(parser.record({ facts, document }, 0), undefined);
  parser.flush();
  assertEquals(inputs.get("session_start"), 30);
  assertEquals(inputs.get("llm_response"), 100);
});

for (const createdAt of ["null", "1e300"]) {
  Deno.test(`messages of a session that began at ${createdAt} are counted as not understood, and are of no session`, async () => {
    using database = new AgentDatabase(hermes, "state.db");
    database.database.exec(`create table sessions (id text primary key, source text, started_at real);
      create table messages (id integer primary key, session_id text, role text, content text, timestamp real);
      insert into sessions values ('one', 'cli', ${createdAt});
      insert into messages values (1, 'one', 'user', 'Run ls', 1777888801)`);
    await database.read();
    assertEquals([...database.events.values()], []);
    assertEquals(database.unknown, { "session:shape": 1, "message:without-session": 1 });
  });
}

Deno.test("a message of an unknown role beside an integer that no number can hold is counted, and costs no other", async () => {
  using database = new AgentDatabase(hermes, "state.db");
  database.database.exec(`create table sessions (id text primary key, source text, started_at real);
    create table messages (id integer primary key, session_id text, role text, content text, timestamp real,
      token_count integer);
    insert into sessions values ('one', 'cli', 1777888800);
    insert into messages values (1, 'one', 'user', 'Run ls', 1777888801, 9223372036854775807),
      (2, 'one', 'new', 'What', 1777888802, 9223372036854775807)`);
  await database.read();
  assertEquals(database.told().map(({ type }) => type), ["session_start", "llm_request"]);
  assertEquals(database.unknown, { "role:new": 1 });
});

Deno.test("a conversation of Amazon Q without times and ids has the same ones whenever its file was made", () => {
  const history = ["First.", "", ""].map((content, index) => [
    { content: { Prompt: { prompt: index === 0 ? "Run ls" : "Again" } } },
    { ToolUse: { message_id: null, content, tool_uses: [] } },
  ]);
  const conversation = { conversation_id: "one", history };
  const told = (madeAt: number) => {
    const keys: string[] = [];
    const parser = readable(amazonQ).parser(
      { relativePath: "data.sqlite3", madeAt },
      (event) => keys.push(event.key),
    );
    assertEquals(parser.record({ facts: {}, conversation }, 0), undefined);
    parser.flush();
    return keys;
  };
  assertEquals(told(1777888800000), told(1777888900000));
  assertEquals(new Set(told(1777888800000)).size, 7);
});
