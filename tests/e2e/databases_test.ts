import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DATABASES, makeDatabase } from "../../scripts/bench/home/databases.ts";
import type { Agent } from "../../src/agents/agent.ts";
import { cursor } from "../../src/agents/cursor.ts";
import { amazonQ } from "../../src/agents/kiro_cli.ts";
import { openclaw } from "../../src/agents/openclaw.ts";
import { readEnvironment } from "../../src/platform/environment.ts";
import { prompts, query, startUpToDate, statusOf, storePath, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { spawn, temporaryHome } from "./program.ts";

const START = Date.now() - 60_000;

/** Cursor, as it runs beside the collector. */
class Editor implements Disposable {
  readonly #home = temporaryHome();
  readonly path = this.#home.path;
  readonly file: string;
  readonly database: DatabaseSync;
  readonly #messages = new Map<string, string[]>();

  constructor(mode: string) {
    this.database = databaseOf(cursor, this.path, "state.vscdb");
    this.file = this.database.location()!;
    this.database.exec(`pragma journal_mode = ${mode}; pragma busy_timeout = 0;
      create table ItemTable (key text unique on conflict replace, value blob);
      create table cursorDiskKV (key text unique on conflict replace, value blob)`);
  }

  /** Writes a message of a chat, new or anew. */
  say(chat: string, id: string, text: string): void {
    const messages = this.#messages.get(chat) ?? [];
    if (!messages.includes(id)) messages.push(id);
    this.#messages.set(chat, messages);
    const put = this.database.prepare(
      "insert into cursorDiskKV values (?, ?) on conflict (key) do update set value = excluded.value",
    );
    this.database.exec("begin immediate");
    put.run(
      `bubbleId:${chat}:${id}`,
      JSON.stringify({ type: 1, bubbleId: id, text, createdAt: isoAt(messages.length) }),
    );
    put.run(
      `composerData:${chat}`,
      JSON.stringify({
        composerId: chat,
        createdAt: START,
        fullConversationHeadersOnly: messages.map((bubbleId) => ({ bubbleId, type: 1 })),
      }),
    );
    this.database.exec("commit");
  }

  /** What stands beside its database. */
  beside(): readonly string[] {
    return Array.from(Deno.readDirSync(dirname(this.file)), ({ name }) => name).toSorted();
  }

  [Symbol.dispose](): void {
    if (this.database.isOpen) this.database.close();
    this.#home[Symbol.dispose]();
  }
}

/** A new database of an agent, below its first root in a home. */
function databaseOf(agent: Agent, home: string, relativePath: string): DatabaseSync {
  const { os } = readEnvironment((name) => name === "HOME" || name === "USERPROFILE" ? home : undefined);
  const file = join(agent.roots({ os, home, get: () => undefined })[0]!, relativePath);
  Deno.mkdirSync(dirname(file), { recursive: true });
  return new DatabaseSync(file);
}

/** Has all sources read again, as a newer version would. */
function distrustAll(home: string): void {
  using store = new DatabaseSync(storePath(home));
  store.exec("update sources set adapter_version = 0");
}

function isoAt(seconds: number): string {
  return new Date(START + 1000 * seconds).toISOString();
}

for (const mode of ["wal", "delete"]) {
  Deno.test(`a database in mode ${mode} is followed while its program writes, which sees nothing of it`, async () => {
    using editor = new Editor(mode);
    editor.say("one", "a", "first");
    await using _running = await startUpToDate(editor.path);
    assertEquals(await prompts(editor.path), ["first"]);
    editor.say("one", "b", "second");
    editor.say("two", "c", "third");
    await eventually("new messages", async () => (await prompts(editor.path)).length === 3);
    editor.say("one", "a", "first, as it grew");
    await eventually(
      "a changed message",
      async () => (await prompts(editor.path)).includes("first, as it grew"),
    );
    assertEquals(await prompts(editor.path), ["first, as it grew", "second", "third"]);
    const revisions = (await query(editor.path, "--type", "llm_request")).map(({ revision }) => revision);
    assertEquals(revisions.toSorted(), [1, 1, 2]);

    const before = editor.beside();
    editor.database.close();
    // It tidies up as if nobody else were there.
    assertEquals(editor.beside(), ["state.vscdb"]);
    assertEquals(before.filter((name) => !name.startsWith("state.vscdb")), []);
    const { sync: facts } = await statusOf(editor.path);
    assertEquals(facts.unreadRecords, 0);
  });
}

Deno.test("a conversation that does not say of what project it is has that of the window that lists it", async () => {
  using editor = new Editor("wal");
  editor.say("one", "a", "first");
  editor.say("two", "b", "second");
  const window = join(dirname(dirname(editor.file)), "workspaceStorage", "0".repeat(32));
  Deno.mkdirSync(window, { recursive: true });
  Deno.writeTextFileSync(join(window, "workspace.json"), JSON.stringify({ folder: "file:///home/ada/shop" }));
  {
    using database = new DatabaseSync(join(window, "state.vscdb"));
    database.exec("create table ItemTable (key text unique on conflict replace, value blob)");
    const list = JSON.stringify({ allComposers: [{ composerId: "one" }] });
    database.prepare("insert into ItemTable values ('composer.composerData', ?)").run(list);
  }
  await sync(editor.path);
  const told = (await query(editor.path)).map((
    { type, sessionId, workspace },
  ) => [type, sessionId, workspace]);
  assertEquals(told.toSorted(), [
    ["llm_request", "one", "/home/ada/shop"],
    ["llm_request", "two", undefined],
    ["session_start", "one", "/home/ada/shop"],
    ["session_start", "two", undefined],
  ]);
  // Nothing is read outside of the folders that are collected.
  const config = join(editor.path, ".devlog", "config.yaml");
  Deno.writeTextFileSync(
    config,
    `agents: { cursor: { paths: [${JSON.stringify(dirname(editor.file))}] },
    github-copilot: { enabled: false } }\n`,
  );
  editor.say("one", "c", "third");
  await sync(editor.path);
  assertEquals((await query(editor.path, "--search", "third")).map(({ workspace }) => workspace), [
    undefined,
  ]);
});

Deno.test("a database that can't be read says why, and stops no other", async () => {
  using editor = new Editor("delete");
  editor.say("one", "a", "first");
  const other = join(dirname(dirname(editor.file)), "workspaceStorage", "0".repeat(32));
  Deno.mkdirSync(other, { recursive: true });
  Deno.writeTextFileSync(join(other, "state.vscdb"), "not a database at all, though it has the name of one");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["first"]);
  const { sync: { failures } } = await statusOf(editor.path);
  assertEquals(failures.map(({ error }) => error.replace(/^.*state\.vscdb/, "")), [
    " is cut or damaged: it is no SQLite database",
  ]);
});

Deno.test("a session that is forked in a database takes nothing from the one it was made of", async () => {
  using home = temporaryHome();
  using database = databaseOf(openclaw, home.path, "main/agent/openclaw-agent.sqlite");
  database.exec(`pragma journal_mode = wal;
    create table transcript_events (session_id text, seq integer, event_json text, created_at integer)`);
  const put = (session: string, seq: number, event: object) =>
    database.prepare("insert into transcript_events values (?, ?, ?, ?)")
      .run(session, seq, JSON.stringify({ id: String(seq), ...event }), START);
  const begin = (id: string, seconds: number) =>
    put(id, 0, { type: "session", id, timestamp: isoAt(seconds) });
  const say = (session: string, seq: number, content: string) =>
    put(session, seq, { type: "message", timestamp: isoAt(seq), message: { role: "user", content } });
  const told = async () =>
    (await query(home.path, "--type", "llm_request")).map(({ sessionId, revision }) => [sessionId, revision]);
  begin("first", 0);
  say("first", 1, "asked once");
  await sync(home.path);
  begin("fork", 10);
  say("fork", 1, "asked once");
  await sync(home.path);
  say("fork", 20, "asked later");
  await sync(home.path);
  assertEquals(await told(), [["first", 1], ["fork", 1]]);
  distrustAll(home.path);
  await sync(home.path);
  assertEquals(await told(), [["first", 1], ["fork", 1]]);
});

Deno.test("a conversation that another one took the place of stays, also when all is read again", async () => {
  using home = temporaryHome();
  using database = databaseOf(amazonQ, home.path, "data.sqlite3");
  database.exec("create table conversations (key text primary key, value text)");
  const say = (id: string, prompt: string) => {
    const user = { content: { Prompt: { prompt } }, timestamp: isoAt(1) };
    const history = [{ user, assistant: { Response: { message_id: `m-${id}`, content: "Yes." } } }];
    database.prepare("insert or replace into conversations values ('/home/ada/shop', ?)")
      .run(JSON.stringify({ conversation_id: id, history }));
  };
  say("one", "first");
  await sync(home.path);
  say("two", "second");
  await sync(home.path);
  distrustAll(home.path);
  await sync(home.path);
  assertEquals(await prompts(home.path), ["first", "second"]);
});

Deno.test("a first sync of databases that is killed again and again loses and doubles nothing", async () => {
  using home = temporaryHome();
  const made = (Object.keys(DATABASES) as (keyof typeof DATABASES)[]).map((name) =>
    makeDatabase(name, home.path, 12e6)
  );
  const expected = made.reduce(
    (sum, { events }) => sum + Object.values(events).reduce((count, more) => count + more, 0),
    0,
  );
  for (let kill = 1; kill <= 6; kill++) {
    const running = spawn(["sync", "--initial-sync-days", "0"], { home: home.path, env: {} });
    await new Promise((resolve) => setTimeout(resolve, 150 * kill));
    await running.kill();
  }
  await sync(home.path, "--initial-sync-days", "0");
  const events = await query(home.path, "--all");
  assertEquals(events.length, expected);
  assertEquals(new Set(events.map(({ id }) => id)).size, expected);
});
