import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { query, sync } from "../e2e/collecting.ts";
import { temporaryHome } from "../e2e/program.ts";
import { Project } from "./collecting.ts";
import { append, promptLine } from "./prompts.ts";

Deno.test("sync takes a line once its newline has come, wherever it was cut", async () => {
  using project = new Project();
  project.write("a", "one");
  const line = new TextEncoder().encode(promptLine("two ü €"));
  const umlaut = line.indexOf(0xc3);
  for (const [from, to] of [[0, 20], [20, umlaut + 1], [umlaut + 1, line.length - 1]] as const) {
    append(project.path("a"), line.subarray(from, to));
    await project.sync();
    const isWhole = to === line.length - 1;
    // An object that is complete is one, with or without its newline.
    assertEquals(project.prompts(), isWhole ? ["one", "two ü €"] : ["one"]);
  }
  append(project.path("a"), "\n");
  project.append("a", "three");
  await project.sync();
  assertEquals(project.prompts(), ["one", "three", "two ü €"]);
  assertEquals(project.summary().unreadRecords, 0);
});

Deno.test("sync takes lines that end as on Windows, and blank ones between them", async () => {
  using project = new Project();
  const crlf = (text: string) => promptLine(text).replace("\n", "\r\n");
  Deno.writeTextFileSync(project.path("a"), `\ufeff${crlf("one")}\r\n\n${crlf("two")}`);
  await project.sync();
  append(project.path("a"), crlf("three"));
  await project.sync();
  assertEquals(project.prompts(), ["one", "three", "two"]);
  assertEquals(project.summary().unreadRecords, 0);
});

Deno.test("sync passes over a line of 100 MB and takes what is around it", async () => {
  using project = new Project();
  project.write("a", "one");
  using file = Deno.openSync(project.path("a"), { append: true });
  const part = new Uint8Array(1_000_000).fill(0x61);
  for (let parts = 0; parts < 100; parts++) file.writeSync(part);
  append(project.path("a"), "\n");
  project.append("a", "two");
  project.write("b", "three");
  await project.sync();
  assertEquals(project.prompts(), ["one", "three", "two"]);
  assertEquals(project.summary().unreadKinds, [{
    agent: "claude-code",
    agentVersion: "2.1.42",
    kind: "damaged:too_long",
    records: 1,
  }]);
});

Deno.test("sync counts what is no record, and takes what is around it", async (t) => {
  const cases: readonly { name: string; bytes: Uint8Array | string; kind?: string; prompt?: string }[] = [
    {
      name: "invalid UTF-8 in a string becomes U+FFFD",
      bytes: Uint8Array.from(promptLine("bad "), (char) => char.charCodeAt(0)).map((byte) =>
        byte === 0x20 ? 0xff : byte
      ),
      prompt: "bad\ufffd",
    },
    {
      name: "invalid UTF-8 outside of one",
      bytes: Uint8Array.of(0xff, 0xfe, 0x0a),
      kind: "damaged:not_json",
    },
    { name: "NUL bytes", bytes: "\0".repeat(70_000), kind: "damaged:nul_run" },
    { name: "a line of NUL bytes", bytes: `${"\0".repeat(10)}\n`, kind: "damaged:nul_run" },
    { name: "half a record", bytes: `${promptLine("half").slice(0, 50)}\n`, kind: "damaged:not_json" },
    { name: "a list", bytes: "[1]\n", kind: "damaged:not_object" },
    { name: "an unknown kind", bytes: `{"type":"stranger"}\n`, kind: "type:stranger" },
  ];
  for (const { name, bytes, kind, prompt } of cases) {
    await t.step(name, async () => {
      using project = new Project();
      project.write("a", "one");
      append(project.path("a"), bytes);
      project.append("a", "two");
      project.write("b", "three");
      await project.sync();
      await project.sync();
      assertEquals(
        project.prompts(),
        ["one", "three", "two", ...prompt === undefined ? [] : [prompt]].sort(),
      );
      assertEquals(
        project.summary().unreadKinds,
        kind === undefined ? [] : [{ agent: "claude-code", agentVersion: "2.1.42", kind, records: 1 }],
      );
    });
  }
});

Deno.test("sync takes JSON that is 10,000 deep, or counts it, and takes what is around it", async () => {
  using project = new Project();
  project.write("a", "one");
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  append(project.path("a"), promptLine("deep").replace('"cwd"', `"deep":${deep},"cwd"`));
  const call = { type: "tool_use", id: "t", name: "Odd", input: { deep: "HERE" } };
  const message = {
    type: "assistant",
    timestamp: "2026-01-23T09:00:00Z",
    message: { id: "m", content: [call] },
  };
  append(project.path("a"), JSON.stringify(message).replace('"HERE"', deep) + "\n");
  project.append("a", "two");
  project.write("b", "three");
  await project.sync();
  assertEquals(project.prompts(), ["deep", "one", "three", "two"]);
  assertEquals(project.source("a").status, "synced");
  assertEquals(project.summary().unreadKinds, [
    {
      agent: "claude-code",
      agentVersion: "2.1.42",
      kind: "failed:Maximum call stack size exceeded",
      records: 1,
    },
  ]);
});

Deno.test("sync counts a call in a database that is nested too deeply to be printed, and takes what is around it", async () => {
  using home = temporaryHome();
  const folder = join(home.path, ".hermes");
  Deno.mkdirSync(folder);
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  const calls = [{ id: "c1", function: { name: "odd", arguments: `{"deep":${deep}}` } }];
  using database = new DatabaseSync(join(folder, "state.db"));
  database.exec(`pragma journal_mode = wal;
    create table sessions (id text primary key, source text, started_at real);
    create table messages (id integer primary key, session_id text, role text, content text, timestamp real,
      tool_calls text);
    insert into sessions values ('one', 'cli', 1777888800);
    insert into messages values (1, 'one', 'user', 'Run ls', 1777888801, null)`);
  database.prepare("insert into messages values (2, 'one', 'assistant', 'I run it', 1777888802, ?)")
    .run(JSON.stringify(calls));
  await sync(home.path, "--initial-sync-days", "0");
  assertEquals((await query(home.path)).map(({ type }) => type), [
    "session_start",
    "llm_request",
    "llm_response",
  ]);
});
