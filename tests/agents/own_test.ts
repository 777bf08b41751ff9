import { assertEquals } from "@std/assert";
import { ownAgent, ownRoots } from "../../src/agents/own.ts";
import { loadReading } from "../../src/agents/agent.ts";
import { pointed } from "../../src/agents/own/parser.ts";
import type { AgentMap } from "../../src/config/agent_map.ts";
import type { CustomAgentConfig } from "../../src/config/config.ts";
import { checkAdapter, parseAll } from "./harness.ts";

const MAP: AgentMap = {
  type: "/kind",
  types: {
    start: "session_start",
    ask: "llm_request",
    answer: "llm_response",
    call: "tool_use",
    run: "command_execution",
    edit: "file_modify",
    done: "result",
    note: "user_interaction",
    failed: "error_encountered",
    end: "session_end",
    debug: "ignore",
  },
  timestamp: "/at",
  id: "/id",
  session: "/meta/session",
  workspace: "/meta/folder",
  model: "/model",
  title: "/title",
  prompt: "/text",
  text: "/text",
  message: "/text",
  action: "/action",
  reason: "/text",
  tool: "/tool",
  callId: "/call",
  arguments: "/input",
  command: "/input/line",
  path: "/input/file",
  result: "/output",
  isError: "/failed",
  exitCode: "/code",
  inputTokens: "/usage/in",
  outputTokens: "/usage/out",
};
const CONFIG: CustomAgentConfig = { enabled: true, format: "jsonl", paths: ["/logs/*.jsonl"], map: MAP };
const meta = { session: "s1", folder: "/home/ada/shop" };
const RECORDS = [
  { kind: "start", at: "2026-05-04T10:00:00.000Z", meta, title: "Files" },
  {
    kind: "ask",
    id: 1,
    at: 1777888801,
    meta,
    text: [{ type: "text", text: "List" }, { type: "text", text: "files" }],
  },
  { kind: "answer", id: 2, at: 1777888802000, meta, model: "m1", text: "I look.", usage: { in: 10, out: 3 } },
  { kind: "run", id: 3, at: "1777888803", meta, tool: "sh", call: "c1", input: { line: "ls" } },
  { kind: "done", call: "c1", output: "a.txt", code: 0, failed: false, usage: { in: 1 } },
  {
    kind: "edit",
    id: 4,
    at: 1777888804000,
    meta,
    tool: "patch",
    call: "c2",
    input: { file: "a.txt", diff: "+b" },
    output: "ok",
  },
  { kind: "call", id: 5, at: 1777888805000, meta, tool: "search", input: { q: "x" } },
  { kind: "debug", at: 1777888806000 },
  { kind: "note", id: 6, at: 1777888806000, meta, action: "approve", text: "yes" },
  { kind: "failed", id: 7, at: 1777888807000, meta, text: "no model" },
  { kind: "end", at: 1777888808000, meta, text: "quit" },
];

Deno.test("an agent of one's own keeps the rules of adapters", async () => {
  checkAdapter(await loadReading(ownAgent("mine", CONFIG)), "a.jsonl", RECORDS);
});

Deno.test("an agent of one's own makes of its records what its map says", async () => {
  const { events, unknown } = parseAll(await loadReading(ownAgent("mine", CONFIG)), "a.jsonl", RECORDS);
  assertEquals(unknown, {});
  assertEquals(
    events.map((
      { type, data, metrics, timestamp, model },
    ) => [type, JSON.parse(JSON.stringify(data)), metrics, timestamp, model]),
    [
      ["session_start", { title: "Files" }, undefined, 1777888800000, undefined],
      ["llm_request", { prompt: "List\nfiles" }, undefined, 1777888801000, undefined],
      ["llm_response", { text: "I look." }, { inputTokens: 10, outputTokens: 3 }, 1777888802000, "m1"],
      [
        "command_execution",
        { tool: "sh", callId: "c1", command: "ls", output: "a.txt", exitCode: 0, isError: false },
        {
          inputTokens: 1,
        },
        1777888803000,
        "m1",
      ],
      [
        "file_modify",
        { tool: "patch", callId: "c2", path: "a.txt", patch: { diff: "+b" }, result: "ok" },
        undefined,
        1777888804000,
        "m1",
      ],
      ["tool_use", { tool: "search", arguments: { q: "x" } }, undefined, 1777888805000, "m1"],
      ["user_interaction", { action: "approve", text: "yes" }, undefined, 1777888806000, "m1"],
      ["error_encountered", { message: "no model" }, undefined, 1777888807000, "m1"],
      ["session_end", { reason: "quit" }, undefined, 1777888808000, "m1"],
    ],
  );
  assertEquals(
    new Set(events.map(({ sessionId, workspace }) => `${sessionId} ${workspace}`)),
    new Set(["s1 /home/ada/shop"]),
  );
});

Deno.test("an agent of one's own may give one id to records that belong together, and number calls in each session", async () => {
  const agent = await loadReading(ownAgent("mine", CONFIG));
  const at = 1777888801000;
  const told = (session: string) =>
    parseAll(agent, "a.jsonl", [
      { kind: "ask", id: session, at, text: "List files" },
      { kind: "answer", id: session, at, text: "I look." },
      { kind: "run", id: session, at, call: 1, input: { line: "ls" } },
      { kind: "run", id: session, at, call: 2, input: { line: "pwd" } },
      { kind: "failed", id: session, at, text: "no model" },
    ]).events.map(({ id }) => id);
  assertEquals(new Set([...told("s1"), ...told("s2")]).size, 10);
});

Deno.test("an agent of one's own counts what its map does not name, and what has no time", async () => {
  const { unknown } = parseAll(await loadReading(ownAgent("mine", CONFIG)), "a.jsonl", [
    { kind: "other", at: 1777888801 },
    { kind: 7, at: 1777888801 },
    { at: 1777888801 },
    { kind: "ask", text: "when?" },
    { kind: "ask", at: "2026-05-04 10:00", text: "in which zone?" },
    { kind: "done", call: "never made" },
  ]);
  assertEquals(unknown, { "type:other": 1, "type:none": 2, "timestamp:none": 2, "result:without-call": 1 });
});

Deno.test("an agent of one's own may write records of one kind alone, with nothing but a time", async () => {
  const agent = await loadReading(ownAgent("mine", {
    ...CONFIG,
    map: { type: "llm_request", types: {}, timestamp: "/at", prompt: "/q" },
  }));
  const { events } = parseAll(agent, "2026/notes.jsonl", [{ at: 1777888801, q: "one" }, {
    at: 1777888801,
    q: "two",
  }]);
  assertEquals(events.map(({ data, sessionId }) => [data, sessionId]).toSorted(), [
    [{ prompt: "one" }, "notes"],
    [{ prompt: "two" }, "notes"],
  ]);
});

Deno.test("ownRoots() searches the folder before the first wildcard, for what matches", () => {
  const roots = (os: "linux" | "windows", ...paths: readonly string[]) =>
    ownRoots("mine", { ...CONFIG, paths }, os);
  const [flat, deep, file] = roots(
    "linux",
    "/home/ada/logs/*.jsonl",
    "/srv/**/agent-?.ndjson",
    "/var/log/one.jsonl",
  );
  assertEquals([flat!.root, deep!.root, file!.root], ["/home/ada/logs", "/srv", "/var/log"]);
  const finds = (root: typeof flat, path: string) => root!.agent.classify(path) !== undefined;
  assertEquals([finds(flat, "a.jsonl"), finds(flat, "b/a.jsonl"), finds(flat, "a.json")], [
    true,
    false,
    false,
  ]);
  assertEquals([flat!.agent.enters("b"), deep!.agent.enters("b/c/d")], [false, true]);
  assertEquals([finds(deep, "x/y/agent-1.ndjson"), finds(deep, "agent-12.ndjson")], [true, false]);
  assertEquals([finds(file, "one.jsonl"), finds(file, "two.jsonl")], [true, false]);
  const [both, ...others] = roots("linux", "/srv/a.jsonl", "/srv/*/b.jsonl");
  assertEquals([both!.root, others], ["/srv", []]);
  assertEquals(["a.jsonl", "x/b.jsonl", "b.jsonl"].map((path) => finds(both, path)), [true, true, false]);
  assertEquals([both!.agent.enters("x"), both!.agent.enters("x/y")], [true, false]);
  const [app, apps] = roots("windows", "C:\\Program Files (x86)\\*.jsonl", "C:\\*\\app (x86)\\*.jsonl");
  assertEquals([app!.root, finds(app, "a.jsonl")], ["C:\\Program Files (x86)", true]);
  assertEquals([apps!.root, finds(apps, "x/app (x86)/a.jsonl")], ["C:\\", true]);
  const [windows] = roots("windows", "C:\\logs\\*\\a.jsonl");
  assertEquals([windows!.root, finds(windows, "X/A.jsonl")], ["C:\\logs", true]);
});

Deno.test("ownAgent() has another version when its map is another one", () => {
  const version = (map: AgentMap) => ownAgent("mine", { ...CONFIG, map }).adapterVersion;
  assertEquals(version(MAP), version({ ...MAP }));
  assertEquals(version(MAP) === version({ ...MAP, prompt: "/q" }), false);
});

Deno.test("pointed() follows JSON pointers as RFC 6901 has them", () => {
  const value = { foo: ["bar", "baz"], "a/b": 1, "m~n": 8, " ": 7, "": 0 };
  for (
    const [pointer, expected] of [["/foo/0", "bar"], ["/a~1b", 1], ["/m~0n", 8], ["/ ", 7], ["/", 0]] as const
  ) {
    assertEquals(pointed(value, pointer), expected);
  }
  for (const pointer of ["/foo/2", "/bar", "/foo/0/x", "/__proto__", "/foo/length/x", "/constructor"]) {
    assertEquals(pointed(value, pointer), undefined, pointer);
  }
});
