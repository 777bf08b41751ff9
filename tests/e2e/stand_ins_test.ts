import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { cursor } from "../../src/agents/cursor.ts";
import { kilo } from "../../src/agents/opencode.ts";
import { type Environment, readEnvironment } from "../../src/platform/environment.ts";
import { prompts, query, startUpToDate, statusOf, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { temporaryHome } from "./program.ts";

const CREATED = Date.now() - 60_000;

/** Cursor, which writes a chat into its database and says less of it in a transcript. */
class Editor implements Disposable {
  readonly #home = temporaryHome();
  readonly path = this.#home.path;
  #database: DatabaseSync | undefined;

  say(chat: string, text: string): void {
    const database = this.#database ??= this.#makeDatabase();
    const put = database.prepare("insert into cursorDiskKV values (?, ?)");
    put.run(`bubbleId:${chat}:b-${chat}`, JSON.stringify({ type: 1, bubbleId: `b-${chat}`, text }));
    put.run(
      `composerData:${chat}`,
      JSON.stringify({
        composerId: chat,
        createdAt: CREATED,
        fullConversationHeadersOnly: [{ bubbleId: `b-${chat}`, type: 1 }],
      }),
    );
  }

  transcribe(chat: string, text: string): void {
    const file = join(
      this.path,
      ".cursor",
      "projects",
      "home-ada-shop",
      "agent-transcripts",
      chat,
      `${chat}.jsonl`,
    );
    Deno.mkdirSync(dirname(file), { recursive: true });
    const message = { content: [{ type: "text", text: `<user_query>\n${text}\n</user_query>` }] };
    Deno.writeTextFileSync(file, `${JSON.stringify({ role: "user", message })}\n`, { append: true });
  }

  /** As its first versions did: as text, written whole. */
  transcribeAsText(chat: string, ...texts: readonly string[]): void {
    const folder = join(this.path, ".cursor", "projects", "home-ada-shop", "agent-transcripts");
    Deno.mkdirSync(folder, { recursive: true });
    const messages = texts.map((text) => `user:\n<user_query>\n${text}\n</user_query>\n\nassistant:\nDone.`);
    Deno.writeTextFileSync(join(folder, `${chat}.txt`), messages.join("\n\n"));
  }

  #makeDatabase(): DatabaseSync {
    const [folder] = cursor.roots(environmentOf(this.path));
    Deno.mkdirSync(folder!, { recursive: true });
    const database = new DatabaseSync(join(folder!, "state.vscdb"));
    database.exec("create table cursorDiskKV (key text unique on conflict replace, value blob)");
    return database;
  }

  [Symbol.dispose](): void {
    this.#database?.close();
    this.#home[Symbol.dispose]();
  }
}

function environmentOf(home: string): Environment {
  return readEnvironment((name) => name === "HOME" || name === "USERPROFILE" ? home : undefined);
}

Deno.test("a transcript is told while no database holds its chat, also where both were there from the beginning", async () => {
  using editor = new Editor();
  editor.say("one", "one in the database");
  editor.transcribe("one", "one in a transcript");
  editor.transcribe("two", "two in a transcript");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["one in the database", "two in a transcript"]);
  // What a transcript says later of a chat that is told already says nothing either.
  editor.transcribe("one", "more of one in a transcript");
  editor.transcribe("two", "more of two in a transcript");
  await sync(editor.path);
  const both = ["more of two in a transcript", "one in the database", "two in a transcript"];
  assertEquals(await prompts(editor.path), both);
  const all = await query(editor.path, "--all", "--type", "llm_request");
  assertEquals(all.length, 3, "the transcript was stored first");
});

Deno.test("a transcript whose chat turns up in a database later is superseded by it", async () => {
  using editor = new Editor();
  editor.transcribe("one", "one in a transcript");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["one in a transcript"]);
  editor.say("one", "one in the database");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["one in the database"]);
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["one in the database"]);
  const { sync: { failures } } = await statusOf(editor.path);
  assertEquals(failures, []);
});

Deno.test("a transcript in text is told as far as it goes, and gives way to one in JSON lines and to a database", async () => {
  using editor = new Editor();
  editor.transcribeAsText("one", "one in text");
  editor.transcribeAsText("two", "two in text");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["one in text", "two in text"]);
  assertEquals((await query(editor.path, "--type", "llm_response")).length, 2, "the last line has no end");
  editor.transcribeAsText("one", "one in text", "more of one");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["more of one", "one in text", "two in text"]);
  // What is written anew may be short for a moment.
  editor.transcribeAsText("one", "one in text");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["more of one", "one in text", "two in text"]);

  editor.transcribe("one", "one in JSON");
  editor.say("two", "two in the database");
  await sync(editor.path);
  assertEquals(await prompts(editor.path), ["one in JSON", "two in the database"]);
  assertEquals((await statusOf(editor.path)).sync.failures, []);
});

Deno.test("a task that Kilo took over into its database is told once, as the database has it", async () => {
  using home = temporaryHome();
  const now = Date.now() - 60_000;
  const folders = kilo.roots(environmentOf(home.path));
  for (const task of [now, now + 1]) {
    const folder = join(folders[1]!, "tasks", String(task));
    Deno.mkdirSync(folder, { recursive: true });
    const said = { ts: task, type: "say", say: "text", text: `task ${task - now}` };
    Deno.writeTextFileSync(join(folder, "ui_messages.json"), JSON.stringify([said]));
  }
  await sync(home.path);
  assertEquals(await prompts(home.path), ["task 0", "task 1"]);

  Deno.mkdirSync(folders[0]!, { recursive: true });
  const database = new DatabaseSync(join(folders[0]!, "kilo.db"));
  const [tables] = Deno.readTextFileSync(new URL("../fixtures/opencode/opencode.sql", import.meta.url))
    .split(/^insert/m);
  database.exec(tables!);
  const insert = (table: string, ...values: readonly (string | number | null)[]) =>
    database.prepare(`insert into ${table} values (${values.map(() => "?").join(", ")})`).run(...values);
  insert("project", "p", "/home/ada/shop", null);
  insert("session", "ses_1", "p", null, String(now), "/home/ada/shop", "x", "v2", now, now, null);
  insert("message", "msg_1", "ses_1", now, now, JSON.stringify({ role: "user", time: { created: now } }));
  insert(
    "part",
    "prt_1",
    "msg_1",
    "ses_1",
    now,
    now,
    JSON.stringify({ type: "text", text: "task 0, taken over" }),
  );
  database.close();
  await sync(home.path);
  assertEquals(await prompts(home.path), ["task 0, taken over", "task 1"]);
  const sessions = (await query(home.path, "--type", "llm_request")).map(({ sessionId }) => sessionId);
  assertEquals(sessions.toSorted(), [String(now), String(now + 1)]);
});

Deno.test("a new transcript waits a moment while start runs, and is told if nothing tells the same", async () => {
  using editor = new Editor();
  editor.say("one", "one in the database");
  await using _running = await startUpToDate(editor.path);
  editor.transcribe("two", "two in a transcript");
  editor.transcribe("three", "three in a transcript");
  editor.say("two", "two in the database");
  await eventually(
    "the transcript that stands alone",
    async () => (await prompts(editor.path)).includes("three in a transcript"),
    40_000,
  );
  assertEquals(await prompts(editor.path), [
    "one in the database",
    "three in a transcript",
    "two in the database",
  ]);
  const all = await query(editor.path, "--all", "--type", "llm_request");
  assertEquals(all.length, 3, "the transcript was stored first");
});
