import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { copilot } from "../../src/agents/copilot.ts";
import type { AgentEvent } from "../../src/events/event.ts";
import { readEnvironment } from "../../src/platform/environment.ts";
import { request, session } from "../agents/copilot/sessions.ts";
import { query, startUpToDate, statusOf, storePath, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { temporaryHome } from "./program.ts";

const START = Date.now() - 60_000;
const question = (id: string, given = {}) => request(id, START + 1000 * id.charCodeAt(0), given);

/** One window of the editor. */
function windowIn(home: string, id: string) {
  const os = readEnvironment((name) => name === "HOME" || name === "USERPROFILE" ? home : undefined).os;
  const folder = join(copilot.roots({ os, home, get: () => undefined })[0]!, id);
  Deno.mkdirSync(join(folder, "chatSessions"), { recursive: true });
  Deno.writeTextFileSync(
    join(folder, "workspace.json"),
    JSON.stringify({ folder: `file:///home/ada/my%20${id}` }),
  );
  const path = join(folder, "chatSessions", "11111111-2222-4333-8444-555555555555");
  return { document: `${path}.json`, log: `${path}.jsonl`, database: join(folder, "state.vscdb") };
}

/** Writes sessions as the editor did before they were files. */
function keepInDatabase(path: string, sessions: readonly object[]): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  using database = new DatabaseSync(path);
  database.exec("create table if not exists ItemTable (key text unique on conflict replace, value blob)");
  database.prepare("insert into ItemTable values ('interactive.sessions', ?)").run(JSON.stringify(sessions));
}

/** Writes a file as the editor does: whole, and put in its place by a rename. */
function replace(path: string, text: string): void {
  Deno.writeTextFileSync(`${path}.tmp`, text);
  Deno.renameSync(`${path}.tmp`, path);
}

/** A call that the extension traced. */
interface Traced {
  readonly id: string;
  readonly trace?: string;
  readonly parent?: string;
  readonly at: number;
  readonly operation?: string;
  readonly agent: string;
  readonly session?: string;
  readonly works_for?: string;
  readonly tokens?: readonly [input: number, output: number];
}

/** Opens the traces as the extension does. */
function openTraces(home: string): DatabaseSync {
  const os = readEnvironment((name) => name === "HOME" || name === "USERPROFILE" ? home : undefined).os;
  const path = join(copilot.roots({ os, home, get: () => undefined })[3]!, "agent-traces.db");
  Deno.mkdirSync(dirname(path), { recursive: true });
  // What else the extension keeps there looks like a session.
  Deno.writeTextFileSync(join(dirname(path), "copilot.cli.json"), JSON.stringify(session([question("z")])));
  const database = new DatabaseSync(path);
  const [tables] = Deno.readTextFileSync("tests/fixtures/github-copilot/traces.sql").split("begin;");
  database.exec(`pragma journal_mode = wal; ${tables}`);
  return database;
}

function addTraced(database: DatabaseSync, calls: readonly Traced[]): void {
  const addSpan = database.prepare(`insert into spans (span_id, trace_id, parent_span_id, name, start_time_ms,
    end_time_ms, operation_name, agent_name, conversation_id, request_model, input_tokens, output_tokens,
    chat_session_id) values (?, ?, ?, 'x', ?, ?, ?, ?, ?, 'gpt', ?, ?, ?)`);
  for (const { id, trace = id, parent, at, operation = "chat", agent, session, works_for, tokens } of calls) {
    database.exec("begin");
    const numbers = [tokens?.[0] ?? null, tokens?.[1] ?? null];
    addSpan.run(id, trace, parent ?? null, at, at + 10, operation, agent, id, ...numbers, session ?? null);
    const attribute = database.prepare("insert into span_attributes values (?, ?, ?)");
    attribute.run(id, "gen_ai.input.messages", "a prompt that is not to be read");
    if (works_for !== undefined) attribute.run(id, "copilot_chat.parent_chat_session_id", works_for);
    database.exec("commit");
  }
}

const prompts = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => event.type === "llm_request" ? [event.data.prompt] : []);
const now = async (home: string) => prompts(await query(home));
const withSuperseded = async (home: string) => prompts(await query(home, "--all"));

Deno.test("what is edited in a chat of VS Code while start runs is followed; what was edited away is kept aside", async () => {
  using home = temporaryHome();
  const { document, log } = windowIn(home.path, "one");
  Deno.writeTextFileSync(document, JSON.stringify(session([question("a")])));
  await using _running = await startUpToDate(home.path);
  assertEquals(await now(home.path), ["Question a"]);
  assertEquals((await query(home.path))[0]!.workspace, "/home/ada/my one");

  replace(document, JSON.stringify(session([question("a"), question("b")])));
  await eventually("the second question", async () => (await now(home.path)).length === 2);
  // Half of a document says nothing.
  Deno.writeTextFileSync(document, JSON.stringify(session([question("c")])).slice(0, -20));
  replace(document, JSON.stringify(session([question("a"), question("d")])));
  await eventually("the edited question", async () => (await now(home.path)).includes("Question d"));
  assertEquals(await now(home.path), ["Question a", "Question d"]);
  assertEquals(await withSuperseded(home.path), ["Question a", "Question b", "Question d"]);

  // A newer version of the editor goes on in a log, and leaves the document where it is.
  const lines: object[] = [{ kind: 0, v: session([question("a"), question("d")]) }];
  const write = () => Deno.writeTextFileSync(log, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  lines.push({
    kind: 2,
    k: ["requests"],
    v: [question("e", { response: [], modelState: { value: 0 }, result: undefined })],
  });
  write();
  await eventually("the question in the log", async () => (await now(home.path)).includes("Question e"));
  lines.push({ kind: 1, k: ["requests", 2, "completionTokens"], v: 77 });
  lines.push({ kind: 1, k: ["requests", 2, "modelState"], v: { value: 1, completedAt: START } });
  write();
  const tokens = async () =>
    (await query(home.path)).reduce((sum, { metrics }) => sum + (metrics?.outputTokens ?? 0), 0);
  await eventually("tokens that came later", async () => await tokens() === 77);
  lines.push({ kind: 2, k: ["requests"], i: 2, v: [question("f")] });
  write();
  await eventually(
    "the question after the rewind",
    async () => (await now(home.path)).includes("Question f"),
  );
  assertEquals(await now(home.path), ["Question a", "Question d", "Question f"]);
  assertEquals((await withSuperseded(home.path)).length, 5);
  assertEquals(await tokens(), 0);
});

Deno.test("a half-written chat, and one whose beginning is lost, take nothing away and are told in status", async () => {
  using home = temporaryHome();
  const { document } = windowIn(home.path, "one");
  const { log } = windowIn(home.path, "two");
  const line = JSON.stringify({ kind: 0, v: session([question("x")], { sessionId: "two" }) });
  Deno.writeTextFileSync(document, JSON.stringify(session([question("a"), question("b")])));
  Deno.writeTextFileSync(log, `${line}\n`);
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b", "Question x"]);

  Deno.writeTextFileSync(document, JSON.stringify(session([question("a")])).slice(0, -9));
  Deno.writeTextFileSync(log, `${line.slice(0, 40)}\n{"kind":1,"k":["customTitle"],"v":"x"}\n`);
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b", "Question x"]);
  const status = await statusOf(home.path);
  assertEquals(status.sync.failures.map(({ path }) => path), [document]);
  assertEquals(status.sync.unreadRecords > 0, true);

  Deno.writeTextFileSync(document, JSON.stringify(session([question("a")])));
  Deno.writeTextFileSync(log, `${line}\n`);
  // What was half written is looked at again in a moment.
  await eventually("both whole again", async () => {
    await sync(home.path);
    return (await now(home.path)).length === 2;
  });
  assertEquals(await now(home.path), ["Question a", "Question x"]);
});

Deno.test("a request with a time that is none costs no other one", async () => {
  using home = temporaryHome();
  const { document } = windowIn(home.path, "one");
  const requests = [question("a"), question("b", { timestamp: 1e300 }), question("c")];
  Deno.writeTextFileSync(document, JSON.stringify(session(requests)));
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question c"]);
  const { failures, unreadRecords } = (await statusOf(home.path)).sync;
  assertEquals({ failures, unreadRecords }, { failures: [], unreadRecords: 1 });
});

Deno.test("a log that was begun without its document leaves the word to the document beside it, until it is whole", async () => {
  using home = temporaryHome();
  const { document, log } = windowIn(home.path, "one");
  Deno.writeTextFileSync(document, JSON.stringify(session([question("a")])));
  Deno.writeTextFileSync(log, '{"kind":1,"k":["customTitle"],"v":"x"}\n');
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a"]);
  Deno.writeTextFileSync(
    log,
    `${JSON.stringify({ kind: 0, v: session([question("a"), question("b")]) })}\n`,
  );
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b"]);
});

Deno.test("the document is read also where it comes after a log that was begun without it, or before it", async () => {
  using home = temporaryHome();
  const [one, two] = [windowIn(home.path, "one"), windowIn(home.path, "two")];
  const change = '{"kind":1,"k":["customTitle"],"v":"x"}\n';
  const keep = (path: string, id: string, ...asked: string[]) =>
    replace(path, JSON.stringify(session(asked.map((name) => question(name)), { sessionId: id })));
  Deno.writeTextFileSync(one.log, change);
  keep(two.document, "two", "a");
  await sync(home.path);
  keep(one.document, "one", "b");
  await using _running = await startUpToDate(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b"]);
  Deno.writeTextFileSync(two.log, change);
  // A log that comes and says nothing is not waited for: what is told of another source comes after it.
  keep(one.document, "one", "b", "c");
  await eventually("the question in the document", async () => (await now(home.path)).includes("Question c"));
  keep(two.document, "two", "a", "d");
  await eventually("the question beside the log", async () => (await now(home.path)).includes("Question d"));
  assertEquals((await withSuperseded(home.path)).length, 4);
});

Deno.test("a chat that was copied into another window is there once, and both go their ways", async () => {
  using home = temporaryHome();
  const [one, two] = [windowIn(home.path, "one"), windowIn(home.path, "two")];
  Deno.writeTextFileSync(one.document, JSON.stringify(session([question("a"), question("b")])));
  Deno.writeTextFileSync(two.document, JSON.stringify(session([question("a"), question("c")])));
  Deno.mkdirSync(dirname(one.document), { recursive: true });
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b", "Question c"]);
  Deno.writeTextFileSync(one.document, JSON.stringify(session([question("b")])));
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b", "Question c"]);
  Deno.writeTextFileSync(two.document, JSON.stringify(session([question("c")])));
  await sync(home.path);
  assertEquals(await now(home.path), ["Question b", "Question c"]);
});

Deno.test("chats of 35 MB, as a document and as a log that was compacted, are read item by item", async () => {
  using home = temporaryHome();
  const text = "All work and no play makes Jack a dull boy. ".repeat(1200);
  const requests = Array.from(
    { length: 660 },
    (_, index) => question(`${index}`, { response: [{ value: text }] }),
  );
  const [one, two] = [windowIn(home.path, "one"), windowIn(home.path, "two")];
  Deno.writeTextFileSync(one.document, JSON.stringify(session(requests)));
  const begin = {
    kind: 0,
    v: session(requests.map((given) => ({ ...given, requestId: `b${given.requestId}` })), { sessionId: "b" }),
  };
  const rename = { kind: 1, k: ["customTitle"], v: "renamed" };
  Deno.writeTextFileSync(two.log, [begin, rename].map((line) => `${JSON.stringify(line)}\n`).join(""));
  await sync(home.path, "--initial-sync-days", "0");
  const events = await query(home.path, "--limit", "0");
  assertEquals(events.length, 2 * (1 + 2 * requests.length));
  assertEquals(
    events.flatMap((event) => event.type === "session_start" ? [event.data.title] : []).toSorted(),
    ["A title", "renamed"],
  );
  assertEquals(
    events.filter((event) => event.type === "llm_response" && event.data.text === text.trim()).length,
    1320,
  );
});

Deno.test("a transcript of Copilot's extension stands in where the session is missing, and never beside it", async () => {
  using home = temporaryHome();
  const { document } = windowIn(home.path, "one");
  const folder = join(dirname(dirname(document)), "GitHub.copilot-chat", "transcripts");
  Deno.mkdirSync(folder, { recursive: true });
  const at = (seconds: number) => new Date(START + 1000 * seconds).toISOString();
  const records = [
    {
      type: "session.start",
      data: { sessionId: "11111111-2222-4333-8444-555555555555" },
      id: "1",
      timestamp: at(0),
    },
    { type: "user.message", data: { content: "Question a", attachments: [] }, id: "2", timestamp: at(1) },
    { type: "assistant.turn_start", data: { turnId: "0" }, id: "3", timestamp: at(1) },
    { type: "assistant.message", data: { messageId: "m", content: "Yes." }, id: "4", timestamp: at(2) },
  ];
  const name = "11111111-2222-4333-8444-555555555555.jsonl";
  Deno.writeTextFileSync(join(folder, name), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a"]);
  assertEquals((await query(home.path)).map(({ workspace }) => workspace), Array(3).fill("/home/ada/my one"));
  replace(document, JSON.stringify(session([question("a"), question("b")])));
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b"]);

  // The editor keeps the transcript of a session that the user deleted, or that went on in another window.
  const other = windowIn(home.path, "two");
  Deno.renameSync(document, other.document);
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b"]);
  Deno.removeSync(other.document);
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b"]);
});

Deno.test("chats that stand in the database of a window are read, and are shown as their files have them where there are some", async () => {
  using home = temporaryHome();
  const { document, database } = windowIn(home.path, "one");
  const title = { sessionId: "22222222-2222-4333-8444-555555555555" };
  keepInDatabase(database, [session([question("a")]), session([question("b")], title)]);
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b"]);
  assertEquals((await query(home.path))[0]!.workspace, "/home/ada/my one");

  const grown = question("a", { response: [{ value: "More of an answer" }] });
  Deno.writeTextFileSync(document, JSON.stringify(session([grown, question("c")])));
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b", "Question c"]);
  const answers = (await query(home.path)).flatMap((event) =>
    event.type === "llm_response" ? [event.data.text] : []
  );
  assertEquals(answers, ["More of an answer", "Answer b", "Answer c"]);
  Deno.removeSync(document);
  await sync(home.path);
  assertEquals(await now(home.path), ["Question a", "Question b", "Question c"]);
});

Deno.test("the chats of empty windows are read from the database of all windows, and followed", async () => {
  using home = temporaryHome();
  const os = readEnvironment((name) => name === "HOME" || name === "USERPROFILE" ? home.path : undefined).os;
  const root = copilot.roots({ os, home: home.path, get: () => undefined })[2]!;
  const database = join(root, "state.vscdb");
  keepInDatabase(database, [session([question("a")])]);
  Deno.writeTextFileSync(join(root, "storage.json"), "{}");
  await using _running = await startUpToDate(home.path);
  assertEquals(await now(home.path), ["Question a"]);
  keepInDatabase(database, [session([question("a"), question("b")])]);
  await eventually("the second question", async () => (await now(home.path)).length === 2);
  const empty = join(root, "emptyWindowChatSessions");
  Deno.mkdirSync(empty);
  Deno.writeTextFileSync(join(empty, "x.json"), JSON.stringify(session([question("c")], { sessionId: "x" })));
  await eventually("a file beside it", async () => (await now(home.path)).length === 3);
  assertEquals((await statusOf(home.path)).sync.failures, []);
});

Deno.test("what else an editor writes into its database is no sign that chats can't be read any more", async () => {
  using home = temporaryHome();
  const { database } = windowIn(home.path, "one");
  keepInDatabase(database, []);
  const keepMore = (name: string) => {
    using editor = new DatabaseSync(database);
    editor.exec("delete from ItemTable where key = 'interactive.sessions'");
    editor.prepare("insert into ItemTable values (?, ?)").run(name, "x".repeat(1_000));
  };
  keepMore("settings");
  await sync(home.path);
  const read = () => {
    using store = new DatabaseSync(storePath(home.path), { readOnly: true });
    return store.prepare("select byte_offset as read, quiet_bytes as quiet from sources").get()!;
  };
  const before = read();
  keepMore("more settings");
  await sync(home.path);
  const after = read();
  assert((after.read as number) > (before.read as number), "it was not looked at again");
  // What was looked at does not count as written without an event.
  assertEquals([before.quiet, after.quiet], [0, 0]);
});

Deno.test("tokens of a request's calls come from its session and from the traces, each call once; what is deleted there stays", async () => {
  using home = temporaryHome();
  const { document } = windowIn(home.path, "one");
  const sessionId = "11111111-2222-4333-8444-555555555555";
  // Of a request with two calls a session has the numbers of the second.
  const result = { usage: { promptTokens: 300, completionTokens: 3 } };
  Deno.writeTextFileSync(document, JSON.stringify(session([question("a", { result })], { sessionId })));
  using traces = openTraces(home.path);
  const of = { trace: "turn", parent: "top", agent: "panel/editAgent", session: sessionId };
  const title = { agent: "title", works_for: sessionId };
  addTraced(traces, [
    { id: "old", at: START - 3 * 86_400_000, tokens: [7000, 70], ...title },
    { id: "title", at: START, tokens: [1000, 10], ...title },
    { id: "first", at: START + 1, tokens: [200, 2], ...of },
    { id: "second", at: START + 2, tokens: [300, 3], ...of },
    { id: "f0", trace: "other", at: START, operation: "invoke_agent", agent: "claude", session: "c" },
    { id: "f1", trace: "other", parent: "f0", at: START, agent: "claude", session: "c", tokens: [9, 9] },
  ]);
  const tokens = async (...args: readonly string[]) => {
    const events = await query(home.path, ...args);
    assertEquals(new Set(events.map(({ sessionId }) => sessionId)).size, 1);
    return events.flatMap(({ metrics }) => metrics?.inputTokens ?? []).sort((a, b) => a - b);
  };
  {
    await using _running = await startUpToDate(home.path, ["--initial-sync-days", "1"]);
    assertEquals(await tokens(), [300, 1000]);
    // For what the calls were made is known when that has ended.
    addTraced(traces, [{
      id: "top",
      trace: "turn",
      at: START,
      operation: "invoke_agent",
      agent: "GitHub Copilot Chat",
      session: sessionId,
      tokens: [500, 5],
    }]);
    await eventually("the call before the last", async () => (await tokens()).length === 3);
    assertEquals(await tokens(), [200, 300, 1000]);
  }
  traces.exec("delete from spans where span_id in ('title', 'first')");
  await sync(home.path, "--initial-sync-days", "0");
  assertEquals(await tokens(), [200, 300, 1000, 7000]);
  assertEquals((await query(home.path, "--all")).filter(({ superseded }) => superseded), []);
  assertEquals(await now(home.path), ["Question a"]);
});
