import { assert, assertEquals, assertLess, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import type { JsonObject } from "../../src/agents/agent.ts";
import { claudeCode } from "../../src/agents/claude_code.ts";
import type { EventDraft } from "../../src/events/event.ts";
import type { Environment } from "../../src/platform/environment.ts";
import {
  checkAdapter,
  checkGoldenIds,
  type IdentifiedDraft,
  type Line,
  parseAll,
  readLines,
} from "./harness.ts";
import { readable } from "./readable.ts";

const FIXTURES = new URL("../fixtures/claude-code/", import.meta.url);
const SESSION = "11111111-aaaa-4aaa-8aaa-000000000001";
const FORK = "22222222-bbbb-4bbb-8bbb-000000000002";
const PATH = `-home-ada-shop/${SESSION}.jsonl`;

const session = await readFixture("session.jsonl");
const subagent = await readFixture("agent-a1b2c3d.jsonl");

async function readFixture(name: string): Promise<readonly JsonObject[]> {
  return (await readLines(new URL(name, FIXTURES))).map((line) => JSON.parse(line));
}

function parse(lines: readonly Line[], path = PATH): readonly IdentifiedDraft[] {
  return parseAll(claudeCode, path, lines).events;
}

/** Type and data of each event, in the order of the records that opened them, session starts left out. */
function outline(events: readonly IdentifiedDraft[]): unknown[] {
  return events.filter((event) => event.type !== "session_start").map(({ type, data }) => [type, data]);
}

function ofType<T extends IdentifiedDraft["type"]>(events: readonly IdentifiedDraft[], type: T) {
  return events.filter((event): event is Extract<IdentifiedDraft, { type: T }> => event.type === type);
}

function find(events: readonly IdentifiedDraft[], key: string): IdentifiedDraft {
  const event = events.find((event) => event.key === key);
  assert(event !== undefined, `no event ${key}`);
  return event;
}

function ids(events: readonly IdentifiedDraft[]): string[] {
  return events.filter((event) => event.type !== "session_start").map((event) => event.id).sort();
}

/** A record of a conversation. */
function record(type: string, message: unknown, more: object = {}): object {
  return { type, message, sessionId: SESSION, timestamp: "2026-01-23T09:57:01.000Z", ...more };
}

function answer(content: unknown, more: object = {}): object {
  return record("assistant", { id: "msg_01", model: "claude-x", role: "assistant", content }, more);
}

Deno.test("claudeCode keeps the rules of every adapter", () => {
  const changeOtherTimes = (record: JsonObject): JsonObject => {
    const other = "2031-05-06T07:08:09.000Z";
    const { attachment, snapshot } = record;
    if (record.type === "file-history-snapshot") {
      return { ...record, snapshot: { ...snapshot as JsonObject, timestamp: other } };
    }
    if (record.type === "queue-operation" || record.type === "progress") {
      return { ...record, timestamp: other };
    }
    if (attachment !== undefined) {
      return { ...record, attachment: { ...attachment as JsonObject, timestamp: other } };
    }
    return record;
  };
  checkAdapter(claudeCode, PATH, session, { changeOtherTimes });
  checkAdapter(claudeCode, `-home-ada-shop/${SESSION}/subagents/agent-a1b2c3d.jsonl`, subagent);
});

Deno.test("claudeCode keeps its ids from version to version", async () => {
  await checkGoldenIds(new URL("golden_ids.json", FIXTURES), [...parse(session), ...parse(subagent)]);
});

Deno.test("readable(claudeCode).parser() understands every record of the fixtures", () => {
  assertEquals(parseAll(claudeCode, PATH, session).unknown, {});
  assertEquals(parseAll(claudeCode, PATH, subagent).unknown, {});
});

Deno.test("readable(claudeCode).parser() makes one response of the lines of one message", () => {
  const response = find(parse(session), "message:msg_01");
  assertEquals(response.data, {
    text: "I will look at the cart.",
    reasoning: "The cart is read from a file.",
    stopReason: "tool_use",
  });
  assertEquals(response.metrics, {
    inputTokens: 3,
    outputTokens: 140,
    cacheReadTokens: 12000,
    cacheWriteTokens: 900,
  });
  assertEquals(response.complete, true);
  assertEquals(response.model, "claude-opus-4-5-20251101");
});

Deno.test("readable(claudeCode).parser() gives each event where and when it happened", () => {
  const { timestamp, agentVersion, sessionId, parentSessionId, workspace, branch } = find(
    parse(session),
    "call:toolu_read",
  );
  assertEquals({ timestamp, agentVersion, sessionId, parentSessionId, workspace, branch }, {
    timestamp: Date.UTC(2026, 0, 23, 9, 57, 5),
    agentVersion: "2.1.42",
    sessionId: SESSION,
    parentSessionId: undefined,
    workspace: "/home/ada/shop",
    branch: "main",
  });
});

Deno.test("readable(claudeCode).parser() completes calls with their results", () => {
  const events = parse(session);
  assertEquals(outline([...ofType(events, "file_read"), ...ofType(events, "command_execution")]), [
    ["file_read", {
      tool: "Read",
      callId: "toolu_read",
      path: "/home/ada/shop/cart.ts",
      result: "1\texport const cart = [];",
      isError: false,
    }],
    ["command_execution", {
      tool: "Bash",
      callId: "toolu_bash",
      command: "npm test",
      cwd: "/home/ada/shop",
      output: "Exit code 1\n1 test failed",
      exitCode: 1,
      isError: true,
    }],
  ]);
  const task = find(events, "call:toolu_task");
  assertEquals(task.type, "tool_use");
  assertEquals(task.data, {
    tool: "Task",
    callId: "toolu_task",
    arguments: { description: "Find prices", prompt: "Find all prices", subagent_type: "Explore" },
    result: "Apples cost 2.\nPears cost 3.",
    isError: false,
  });
  assertEquals(task.metrics, { durationMs: 8000 });
  assert(
    events.every((event) => event.complete || event.key === "message:0f0e0d0c-1111-4222-8333-444455557777"),
  );
});

Deno.test("readable(claudeCode).parser() takes the patch from the result, and before it from the arguments", () => {
  const edit = session.findIndex((line) => JSON.stringify(line).includes('"toolu_edit"'));
  const pending = find(parse(session.slice(0, edit + 1)), "call:toolu_edit");
  assertEquals(pending.complete, false);
  assertEquals(pending.data, {
    tool: "Edit",
    callId: "toolu_edit",
    path: "/home/ada/shop/cart.ts",
    patch: { old_string: "[]", new_string: "load()", replace_all: false },
  });
  const [done] = ofType(parse(session), "file_modify");
  assertEquals(done!.data.patch, [{
    oldStart: 1,
    oldLines: 1,
    newStart: 1,
    newLines: 1,
    lines: ["-export const cart = [];", "+export const cart = load();"],
  }]);
  const [written] = ofType(parse(session), "file_write");
  assertEquals(written!.data.content, "export const load = () => [1];\n");
});

Deno.test("readable(claudeCode).parser() tells prompts from what a person does that no model answers", () => {
  const events = parse(session);
  assertEquals(outline(ofType(events, "llm_request")).map((entry) => (entry as [string, unknown])[1]), [
    { prompt: "Why is the cart empty?", attachments: [{ kind: "image" }] },
    { prompt: "Use JSON please" },
    { prompt: "And what does it cost?" },
    { prompt: "Go on" },
    { prompt: "And now?" },
  ]);
  assertEquals(ofType(events, "user_interaction").map((event) => event.data), [
    { action: "deny", text: "put it into cart.ts" },
    { action: "cancel", text: "[Request interrupted by user for tool use]" },
    { action: "slash_command", text: "/model sonnet" },
    { action: "command_output", text: "Set model to Sonnet" },
    { action: "slash_command", text: "/skills" },
    { action: "bash", text: "git status" },
    { action: "command_output", text: "clean" },
    { action: "compact", text: "This session is about an empty cart." },
  ]);
});

Deno.test("readable(claudeCode).parser() makes errors of what the API refused, without tokens", () => {
  const events = parse(session);
  assertEquals(ofType(events, "error_encountered").map((event) => event.data), [
    { message: "Overloaded", code: "529" },
    { message: "API Error: 401 Invalid authentication credentials", code: "authentication_failed" },
  ]);
  const synthetic = find(events, "message:0f0e0d0c-1111-4222-8333-444455557777");
  assertEquals([synthetic.type, synthetic.model, synthetic.metrics], ["llm_response", undefined, undefined]);
});

Deno.test("readable(claudeCode).parser() starts a session once and prefers the title that a person gave", () => {
  const starts = ofType(parse(session), "session_start");
  assertEquals(starts.map((event) => [event.sessionId, event.data]), [
    [SESSION, { source: "cli", title: "The cart" }],
  ]);
});

Deno.test("readable(claudeCode).parser() keeps the title of a session that was named before it began", () => {
  const named = (customTitle: string, sessionId = SESSION) => ({
    type: "custom-title",
    customTitle,
    sessionId,
  });
  const prompt = record("user", { content: "Why?" });
  const guess = { type: "ai-title", aiTitle: "A guess", sessionId: SESSION };
  const titles = (lines: readonly Line[]) =>
    ofType(parse(lines), "session_start").map(({ data }) => data.title);
  assertEquals(titles([named("The cart"), prompt, guess]), ["The cart"]);
  assertEquals(titles([named("The cart"), prompt, named("Prices")]), ["Prices"]);
  assertEquals(titles([guess, prompt]), ["A guess"]);
  assertEquals(titles([named("Another", FORK), prompt]), [undefined]);
});

Deno.test("readable(claudeCode).parser() gives a sub-agent its own session below its parent's", () => {
  const events = parse(subagent, `-home-ada-shop/${SESSION}/subagents/agent-a1b2c3d.jsonl`);
  for (const event of events) {
    assertEquals([event.sessionId, event.parentSessionId], [`${SESSION}/a1b2c3d`, SESSION]);
  }
  assertEquals(events.map((event) => event.type).sort(), [
    "llm_request",
    "llm_response",
    "llm_response",
    "session_start",
    "tool_use",
  ]);
  assertEquals(ofType(events, "session_start")[0]!.data, { source: "subagent" });
});

Deno.test("readable(claudeCode).parser() gives a copy the ids of the original", async (t) => {
  const original = new Set(ids(parse(session)));
  const added = { same: ["message:msg_200"], fresh: ["message:msg_300"], fork: ["message:msg_500"] };
  for (
    const [name, message] of [
      ["resumed_same_uuids.jsonl", added.same[0]],
      ["resumed_new_uuids.jsonl", added.fresh[0]],
      ["forked.jsonl", added.fork[0]],
    ]
  ) {
    await t.step(`when it is ${name}`, async () => {
      const copy = parse(await readFixture(name!), `-home-ada-shop/${FORK}.jsonl`);
      const fresh = copy.filter((event) => !original.has(event.id));
      assertEquals(fresh.map((event) => event.type).sort(), ["llm_request", "llm_response", "session_start"]);
      assert(fresh.some((event) => event.key === message));
      // All but what the session did after the copy was made.
      const upto = session.findIndex((line) => line.subtype === "compact_boundary");
      assertEquals(ids(copy.filter((event) => original.has(event.id))), ids(parse(session.slice(0, upto))));
    });
  }
  await t.step("when a side question replays it under another request", async () => {
    const copy = parse(await readFixture("agent-aside_9.jsonl"));
    const replayed = copy.filter((event) => original.has(event.id)).map((event) => event.key).sort();
    const [prompt] = ofType(parse(session), "llm_request");
    assertEquals(replayed, ["call:toolu_bash", "call:toolu_read", "message:msg_01", prompt!.key].sort());
  });
});

Deno.test("readable(claudeCode).parser() marks what a fork copied, and only that", async () => {
  const events = parse(await readFixture("forked.jsonl"), `-home-ada-shop/${FORK}.jsonl`);
  const [start] = ofType(events, "session_start");
  assertEquals(
    [start!.sessionId, start!.parentSessionId, start!.data.forkedFrom, start!.copied],
    [FORK, SESSION, SESSION, undefined],
  );
  const own = events.filter((event) => event.type !== "session_start" && event.sessionId === FORK);
  assertEquals(own.map((event) => event.copied), [undefined, undefined]);
  const copied = events.filter((event) => event.type !== "session_start" && event.sessionId === SESSION);
  assert(copied.length > 20 && copied.every((event) => event.copied === true));
});

Deno.test("readable(claudeCode).parser() invents no event in a copy that lacks records or orders them otherwise", () => {
  // A message over the turn of an hour is known by its first line: without it, and only then, it is another one.
  const lines = session.filter((line) => !JSON.stringify(line).includes('"toolu_task"'));
  const original = new Set(parse(lines).map((event) => event.id));
  fc.assert(
    fc.property(fc.shuffledSubarray(lines), (copy) => {
      for (const event of parse(copy)) assert(original.has(event.id), `${event.type} ${event.key}`);
    }),
    { numRuns: 200 },
  );
});

Deno.test("readable(claudeCode).parser() says nothing twice when lines are repeated", () => {
  const repeated = parse(session.flatMap((line) => [line, line]));
  const strip = (events: readonly IdentifiedDraft[]) =>
    new Map(events.map(({ id, type, data, metrics }) => [id, { type, data, metrics }]));
  assertEquals(strip(repeated), strip(parse(session)));
});

Deno.test("readable(claudeCode).parser() emits a call once when its line is repeated before its result", () => {
  const call = answer([{ type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } }]);
  const result = record("user", { content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "a" }] });
  const { emitted } = parseAll(claudeCode, PATH, [call, call, result]);
  assertEquals(emitted.filter((event) => event.key === "call:toolu_1").map((event) => event.revision), [2]);
});

Deno.test("readable(claudeCode).parser() tells calls apart that a model of another kind only numbers", () => {
  const call = (message: string, id: string, command: string) => {
    const content = [{ type: "tool_use", id, name: "Bash", input: { command } }];
    return record("assistant", { id: message, model: "kimi-k2", content });
  };
  const result = (id: string, content: string, more: object = {}) =>
    record("user", { content: [{ type: "tool_result", tool_use_id: id, content, ...more }] });
  const denial = "The user doesn't want to proceed with this tool use.";
  for (const numbered of ["functions.Bash:0", "Bash:0", "Bash_0", "functions_Bash_0"]) {
    const lines = [
      call("msg_1", numbered, "ls"),
      result(numbered, "a.txt"),
      // It was stopped, and the conversation compacted.
      call("msg_2", numbered, "sleep 9"),
      call("msg_3", numbered, "date"),
      call("msg_3", numbered, "date"),
      result(numbered, "today"),
      call("msg_4", numbered, "rm b"),
      result(numbered, denial, { is_error: true }),
    ];
    const other = [call("msg_5", numbered, "rm c"), result(numbered, denial, { is_error: true })];
    const events = new Map([...parse(lines), ...parse(other)].map((event) => [event.id, event]));
    const commands = ofType([...events.values()], "command_execution").map(({ data }) => data);
    assertEquals(commands.map(({ command, output }) => [command, output]), [
      ["ls", "a.txt"],
      ["sleep 9", undefined],
      ["date", "today"],
      ["rm b", denial],
      ["rm c", denial],
    ]);
    assertEquals(ofType([...events.values()], "user_interaction").length, 2);
  }
});

Deno.test("readable(claudeCode).parser() keeps the largest usage of a message whose first line comes again", () => {
  const line = (text: string, output_tokens: number) =>
    record("assistant", { id: "msg_01", content: [{ type: "text", text }], usage: { output_tokens } });
  const [response] = ofType(parse([line("a", 1), line("b", 9), line("a", 1)]), "llm_response");
  assertEquals([response!.data.text, response!.metrics], ["a\n\nb", { outputTokens: 9 }]);
});

Deno.test("readable(claudeCode).parser() finds a message again between those of parallel sub-agents", () => {
  const line = (id: string, text: string) =>
    record("assistant", { id, model: "m", content: [{ type: "text", text }] }, { isSidechain: true });
  const events = parse([line("msg_a", "a"), line("msg_b", "b"), line("msg_c", "c"), line("msg_a", "d")]);
  assertEquals(ofType(events, "llm_response").map((event) => event.data.text), ["a\n\nd", "b", "c"]);
});

Deno.test("readable(claudeCode).parser() keeps a result that is not all text as blocks", () => {
  const blocks = [{ type: "text", text: "see" }, { type: "tool_reference", tool_name: "Grep" }];
  const events = parse([
    answer([{ type: "tool_use", id: "toolu_1", name: "ToolSearch", input: { query: "x" } }]),
    record("user", { content: [{ type: "tool_result", tool_use_id: "toolu_1", content: blocks }] }),
  ]);
  assertEquals(ofType(events, "tool_use")[0]!.data.result, blocks);
});

Deno.test("readable(claudeCode).parser() takes tokens only where they are counts", () => {
  const usage = {
    input_tokens: -1,
    output_tokens: "7",
    cache_read_input_tokens: null,
    cache_creation_input_tokens: 4,
  };
  const message = { id: "msg_01", model: "m", content: [{ type: "text", text: "x" }], usage };
  const [response] = ofType(parse([record("assistant", message)]), "llm_response");
  assertEquals(response!.metrics, { cacheWriteTokens: 4 });
});

Deno.test("readable(claudeCode).parser() reads what it can of a record and counts what it can't", () => {
  const { events, unknown } = parseAll(claudeCode, PATH, [
    answer([{ type: "text", text: "Here." }, { type: "hologram" }]),
    record("user", { content: [{ type: "text", text: "And?" }, { type: "smell" }] }),
    { type: "mood", sessionId: SESSION },
    { ...record("system", undefined), subtype: "solar_flare" },
    record("user", { content: "When?" }, { timestamp: "2026-01-23T09:57:01.000" }),
    record("user", { content: [{ type: "tool_result", tool_use_id: "toolu_lost", content: "x" }] }),
  ]);
  assertEquals(unknown, {
    "block:hologram": 1,
    "block:smell": 1,
    "type:mood": 1,
    "subtype:solar_flare": 1,
    // A time without a zone means another instant on another machine.
    "timestamp:user": 1,
    "result:without-call": 1,
  });
  assertEquals(outline(events), [["llm_response", { text: "Here." }], ["llm_request", { prompt: "And?" }]]);
});

Deno.test("readable(claudeCode).parser() keeps a small state", () => {
  const lines = Array.from({ length: 2_000 }, (_, index) => [
    record("assistant", {
      id: `msg_${index}`,
      content: [{ type: "tool_use", id: `toolu_${index}`, name: "Bash", input: { command: "ls" } }],
    }, { sessionId: `session-${index}` }),
  ]).flat();
  const parser = readable(claudeCode).parser({ relativePath: PATH }, () => {});
  lines.forEach((line, index) => parser.record(line as JsonObject, index));
  assertLess(JSON.stringify(parser.state?.()).length, 32_000);
});

Deno.test("readable(claudeCode).parser() forgets a call that has its result", () => {
  const parser = readable(claudeCode).parser({ relativePath: PATH }, () => {});
  session.forEach((line, index) => parser.record(line, index));
  assertNotMatch(JSON.stringify(parser.state?.()), /toolu_/);
});

Deno.test("claudeCode.roots() are the projects of each configuration folder", () => {
  const roots = (os: Environment["os"], home: string, variables: Record<string, string> = {}) =>
    claudeCode.roots({ os, home, get: (name) => variables[name] }).filter((root) =>
      root.endsWith("projects")
    );
  assertEquals(roots("linux", "/home/ada"), [
    "/home/ada/.claude/projects",
    "/home/ada/.config/claude/projects",
  ]);
  assertEquals(roots("linux", "/home/ada", { XDG_CONFIG_HOME: "/cfg" }), [
    "/home/ada/.claude/projects",
    "/cfg/claude/projects",
  ]);
  assertEquals(roots("linux", "/home/ada", { CLAUDE_CONFIG_DIR: "/a, ~/b/,/a,not/absolute" }), [
    "/a/projects",
    "/home/ada/b/projects",
  ]);
  assertEquals(roots("windows", "C:\\Users\\ada"), [
    "C:\\Users\\ada\\.claude\\projects",
    "C:\\Users\\ada\\.config\\claude\\projects",
  ]);
});

Deno.test("claudeCode looks for the tasks of Claude's desktop app, too, and gives them the project that was chosen", async () => {
  const roots = (os: "linux" | "darwin" | "windows", home: string) =>
    claudeCode.roots({ os, home, get: () => undefined }).filter((root) => root.endsWith("-sessions"));
  assertEquals(roots("linux", "/home/ada"), [
    "/home/ada/.config/Claude/local-agent-mode-sessions",
    "/home/ada/.config/Claude-3p/local-agent-mode-sessions",
  ]);
  assertEquals(
    roots("darwin", "/Users/ada")[0],
    "/Users/ada/Library/Application Support/Claude/local-agent-mode-sessions",
  );
  assertEquals(roots("windows", "C:\\Users\\ada"), [
    "C:\\Users\\ada\\AppData\\Roaming\\Claude\\local-agent-mode-sessions",
    "C:\\Users\\ada\\AppData\\Roaming\\Claude-3p\\local-agent-mode-sessions",
    "C:\\Users\\ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\local-agent-mode-sessions",
  ]);
  const root = roots("linux", "/home/ada")[0]!;
  for (const task of ["org/account/local_1", "org/account/agent/local_ditto_1"]) {
    const path = `${task}/.claude/projects/-p/a.jsonl`;
    assertEquals(claudeCode.classify(path, root), { format: "jsonl", twin: path, rank: 0 });
    const agents = `${task}/.claude/projects/-p/a/subagents/agent-a1.jsonl`;
    assertEquals(claudeCode.classify(agents, root)?.rank, 1);
    assertEquals(claudeCode.companions!(path, () => []), [`${task}.json`]);
    for (const at of path.matchAll(/\//g)) assert(claudeCode.enters(path.slice(0, at.index)));
    assertEquals(claudeCode.enters(`${task}/.claude/projects/-p/memory`), false);
    assertEquals(claudeCode.enters(`${task}/uploads`), false);
    assertEquals(claudeCode.classify(`${task}/audit.jsonl`, root), undefined);
  }
  assertEquals(claudeCode.classify("org/a.jsonl", root), undefined);
  assertEquals(claudeCode.companions!("-p/a.jsonl", () => []), []);

  const task = "org/account/local_1";
  const lines = await readLines(new URL("../fixtures/claude-code/session.jsonl", import.meta.url));
  const own = parseAll(claudeCode, "-p/a.jsonl", lines).emitted;
  const emitted: EventDraft[] = [];
  const companions = { [`${task}.json`]: { userSelectedFolders: ["/home/ada/shop", "/home/ada/x"] } };
  const relativePath = `${task}/.claude/projects/-p/a.jsonl`;
  const emit = (event: EventDraft) => void emitted.push({ ...event });
  const parser = readable(claudeCode).parser({ relativePath, companions }, emit);
  for (const line of lines) parser.record(JSON.parse(line), 0);
  parser.flush();
  assertEquals(emitted.map(({ anchor, key }) => [anchor, key]), own.map(({ anchor, key }) => [anchor, key]));
  assertEquals(new Set(emitted.map(({ workspace }) => workspace)), new Set(["/home/ada/shop"]));
});

Deno.test("claudeCode.classify() takes sessions and sub-agents, and enters only where they are", () => {
  const kind = (path: string, rank: number) => ({ format: "jsonl" as const, twin: path, rank });
  for (
    const [path, rank] of [
      ["-p/a.jsonl", 0],
      ["-p/agent-a1.jsonl", 1],
      ["-p/a/subagents/agent-a1.jsonl", 1],
      ["-p/a/subagents/workflows/w1/agent-a1.jsonl", 1],
    ] as const
  ) assertEquals(claudeCode.classify(path), kind(path, rank));
  for (
    const path of [
      "a.jsonl",
      "-p/a.json",
      "-p/a/tool-results/b.jsonl",
      "-p/a/subagents/agent-a1.meta.json",
      "-p/a/subagents/workflows/w1/journal.jsonl",
    ]
  ) assertEquals(claudeCode.classify(path), undefined);

  for (const folder of ["-p", "-p/a", "-p/a/subagents", "-p/a/subagents/workflows/w1"]) {
    assertEquals(claudeCode.enters(folder), true, folder);
  }
  for (const folder of ["-p/memory", "-p/a/tool-results", "-p/a/session-memory"]) {
    assertEquals(claudeCode.enters(folder), false, folder);
  }
});
