/**
 * The agents whose sources tell a conversation line by line: each is held to the rules of all adapters, and what its
 * fixture becomes is written down in a golden file beside it, which people have read. `UPDATE_GOLDEN=1` writes it anew.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Agent, JsonObject, ReadableAgent, SourceInfo } from "../../src/agents/agent.ts";
import { aider } from "../../src/agents/aider.ts";
import { amp } from "../../src/agents/amp.ts";
import { antigravity } from "../../src/agents/antigravity.ts";
import { cline, rooCode } from "../../src/agents/cline.ts";
import { continueDev } from "../../src/agents/continue.ts";
import { copilotCli } from "../../src/agents/copilot_cli.ts";
import { cursor } from "../../src/agents/cursor.ts";
import { droid } from "../../src/agents/droid.ts";
import { geminiCli } from "../../src/agents/gemini_cli.ts";
import { goose } from "../../src/agents/goose.ts";
import { gptme } from "../../src/agents/gptme.ts";
import { parseConfig, workspaceOf } from "../../src/agents/gptme/config.ts";
import { grok } from "../../src/agents/grok.ts";
import { kimiCli, kimiCode } from "../../src/agents/kimi.ts";
import { kiro } from "../../src/agents/kiro.ts";
import { kiroCli } from "../../src/agents/kiro_cli.ts";
import { omp } from "../../src/agents/omp.ts";
import { openclaw } from "../../src/agents/openclaw.ts";
import { openHands } from "../../src/agents/openhands.ts";
import { pi } from "../../src/agents/pi.ts";
import { qwenCode } from "../../src/agents/qwen_code.ts";
import { vibe } from "../../src/agents/vibe.ts";
import { windsurf } from "../../src/agents/windsurf.ts";
import type { EventDraft } from "../../src/events/event.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { checkAdapter, type IdentifiedDraft, parseAll, readLines } from "./harness.ts";
import { readable } from "./readable.ts";

/** A fixture of an agent. */
interface Told {
  readonly agent: Agent;
  readonly fixture: string;
  /** Where the agent would have written it, below its root. */
  readonly path: string;
  /** What the files beside it hold. */
  readonly companions?: { readonly [name: string]: unknown };
  /** When its file was made, ms since the epoch. */
  readonly madeAt?: number;
  /** The times that no id may hang on. */
  readonly otherTimes?: readonly string[];
}

/** What gptme writes of a conversation. */
const GPTME_CONFIG = new URL("../fixtures/gptme/config.toml", import.meta.url);

/** The lists of two projects of Kiro. */
const KIRO_LISTS = {
  "workspace-sessions/L2hvbWUvYWRhL290aGVy/sessions.json": [
    { sessionId: "1", title: "x", dateCreated: "1769800000000", workspaceDirectory: "/home/ada/other" },
  ],
  "workspace-sessions/L2hvbWUvYWRhL3Nob3A_/sessions.json": [
    {
      sessionId: "0a0a0a0a-0000-4000-8000-000000000001",
      title: "Run ls",
      dateCreated: "1769939990000",
      workspaceDirectory: "/home/ada/shop",
    },
  ],
};

const TOLD: readonly Told[] = [
  {
    agent: pi,
    fixture: "session.jsonl",
    path: "--home-ada-shop--/2026-05-04T10-00-00-000Z_019e5cb2-0000-7000-8000-000000000001.jsonl",
    otherTimes: ["message.timestamp"],
  },
  {
    agent: pi,
    fixture: "fork.jsonl",
    path: "--home-ada-shop--/2026-05-04T11-00-00-000Z_019e5cb2-0000-7000-8000-000000000002.jsonl",
    otherTimes: ["message.timestamp"],
  },
  {
    agent: omp,
    fixture: "session.jsonl",
    path: "-shop/2026-05-04T09-00-00-000Z_0197aaaa-0000-7000-8000-00000000000f/worker.jsonl",
    otherTimes: ["message.timestamp", "updatedAt"],
  },
  {
    agent: omp,
    fixture: "imported.jsonl",
    path: "-shop/2026-05-05T10-00-00-000Z_0197aaaa-0000-7000-8000-000000000005.jsonl",
    otherTimes: ["message.timestamp"],
  },
  {
    agent: openclaw,
    fixture: "session.jsonl",
    path: "main/sessions/a1b2c3d4-0000-4000-8000-000000000001.jsonl",
  },
  {
    agent: copilotCli,
    fixture: "events.jsonl",
    path: "301561f1-0000-4000-8000-000000000001/events.jsonl",
    otherTimes: ["timestamp", "data.startTime", "data.resumeTime"],
  },
  {
    agent: geminiCli,
    fixture: "session.jsonl",
    path: "tmp/shop/chats/session-2026-05-04T10-00-5354fc97.jsonl",
    otherTimes: ["timestamp", "startTime", "lastUpdated"],
  },
  {
    agent: qwenCode,
    fixture: "session.jsonl",
    path: "-home-ada-shop/chats/69f0814a-0000-4000-8000-000000000001.jsonl",
  },
  {
    agent: droid,
    fixture: "session.jsonl",
    path: "-home-ada-shop/052cb8d0-0000-4000-8000-000000000001.jsonl",
    otherTimes: ["timestamp"],
  },
  {
    agent: cline,
    fixture: "task.jsonl",
    path: "tasks/1777888800000/ui_messages.json",
    companions: {
      "taskHistory.json": [{
        id: "1777888800000",
        ts: 1,
        task: "x",
        cwdOnTaskInitialization: "/home/ada/shop",
      }],
      "task_metadata.json": { model_usage: [{ ts: 1, model_id: "claude-sonnet-5", mode: "act" }] },
    },
  },
  {
    agent: cline,
    fixture: "session.jsonl",
    path: "sessions/1777888800000_abcde/1777888800000_abcde.messages.json",
    companions: {
      "1777888800000_abcde.json": {
        source: "cli",
        started_at: "2026-05-04T10:00:00.000Z",
        model: "anthropic/claude-opus-4.8",
        cwd: "/home/ada/shop",
        metadata: { title: "What is in it?", fork: { forkedFromSessionId: "1777888700000_zzzzz" } },
      },
    },
    otherTimes: ["updated_at"],
  },
  {
    agent: cline,
    fixture: "agent.jsonl",
    path: "sessions/1777888800000_abcde/agent_1.messages.json",
    companions: {
      "1777888800000_abcde.json": {
        source: "cli",
        cwd: "/home/ada/shop",
        metadata: { title: "What is in it?" },
      },
    },
  },
  { agent: cline, fixture: "old_task.jsonl", path: "tasks/1777888800000/claude_messages.json" },
  {
    agent: rooCode,
    fixture: "task.jsonl",
    path: "tasks/0197aaaa-0000-7000-8000-000000000001/ui_messages.json",
    companions: {
      "history_item.json": {
        id: "0197aaaa-0000-7000-8000-000000000001",
        parentTaskId: "0197aaaa-0000-7000-8000-000000000000",
      },
    },
  },
  {
    agent: continueDev,
    fixture: "session.jsonl",
    path: "aaaaaaaa-0000-4000-8000-00000000000c.json",
    companions: {
      "sessions.json": [{ sessionId: "aaaaaaaa-0000-4000-8000-00000000000c", dateCreated: "1777888800000" }],
    },
  },
  {
    agent: continueDev,
    fixture: "cli_session.jsonl",
    path: "aaaaaaaa-0000-4000-8000-00000000000d.json",
    companions: { "sessions.json": [] },
    madeAt: 1777888800000,
  },
  {
    agent: amp,
    fixture: "thread.jsonl",
    path: "T-019ca1ce-0000-7000-8000-000000000001.json",
    otherTimes: ["created"],
  },
  {
    agent: kimiCode,
    fixture: "wire.jsonl",
    path: "wd_shop_0123/session_1/agents/main/wire.jsonl",
    companions: { "state.json": { title: "Run ls", workDir: "/home/ada/shop" } },
  },
  {
    agent: kimiCli,
    fixture: "wire.jsonl",
    path: "sessions/5cd8dfc0a3e2a65ff6c4d0d0a0e2e6a1/0197aaaa-0000-7000-8000-000000000001/wire.jsonl",
  },
  {
    agent: openHands,
    fixture: "base_state.jsonl",
    path: "aaaabbbbccccddddeeeeffff00001111/base_state.json",
    companions: Object.fromEntries([
      { kind: "SystemPromptEvent", id: "e0", source: "agent", timestamp: "2026-05-04T10:00:00Z" },
      {
        kind: "MessageEvent",
        id: "e1",
        source: "user",
        timestamp: "2026-05-04T10:00:01Z",
        llm_message: { role: "user", content: [{ type: "text", text: "Run ls" }] },
      },
      {
        kind: "ActionEvent",
        id: "e2",
        source: "agent",
        timestamp: "2026-05-04T10:00:02Z",
        thought: [{ type: "text", text: "I run it." }],
        reasoning_content: "Simple.",
        action: { command: "ls", kind: "TerminalAction" },
        tool_name: "terminal",
        tool_call_id: "toolu_1",
        tool_call: { id: "toolu_1", name: "terminal", arguments: '{"command": "ls"}' },
        llm_response_id: "chatcmpl-1",
      },
      {
        kind: "ActionEvent",
        id: "e3",
        source: "agent",
        timestamp: "2026-05-04T10:00:02Z",
        thought: [],
        action: { command: "view", path: "/home/ada/shop/a.txt", kind: "FileEditorAction" },
        tool_name: "file_editor",
        tool_call_id: "toolu_2",
        llm_response_id: "chatcmpl-1",
      },
      {
        kind: "ObservationEvent",
        id: "e4",
        source: "environment",
        timestamp: "2026-05-04T10:00:03Z",
        observation: { content: [{ type: "text", text: "a.txt" }], is_error: false, exit_code: 0 },
        action_id: "e2",
        tool_name: "terminal",
        tool_call_id: "toolu_1",
      },
      {
        kind: "AgentErrorEvent",
        id: "e5",
        source: "agent",
        timestamp: "2026-05-04T10:00:04Z",
        error: "no such file",
        tool_name: "file_editor",
        tool_call_id: "toolu_2",
      },
      {
        kind: "ActionEvent",
        id: "e9",
        source: "agent",
        timestamp: "2026-05-04T10:00:04Z",
        thought: [],
        action: { command: "rm a.txt", kind: "TerminalAction" },
        tool_name: "terminal",
        tool_call_id: "toolu_3",
        llm_response_id: "chatcmpl-1",
      },
      {
        kind: "UserRejectObservation",
        id: "e6",
        source: "user",
        timestamp: "2026-05-04T10:00:05Z",
        rejection_reason: "not now",
        rejection_source: "user",
        action_id: "e9",
        tool_name: "terminal",
        tool_call_id: "toolu_3",
      },
      {
        kind: "MessageEvent",
        id: "e7",
        source: "agent",
        timestamp: "2026-05-04T10:00:06Z",
        llm_message: { role: "assistant", content: [{ type: "text", text: "One file." }] },
        llm_response_id: "chatcmpl-2",
      },
      {
        kind: "Condensation",
        id: "e10",
        source: "environment",
        timestamp: "2026-05-04T10:00:07Z",
        forgotten_event_ids: ["e2"],
        summary: "There is one file.",
        llm_response_id: "chatcmpl-3",
      },
      {
        kind: "ACPToolCallEvent",
        id: "e11",
        source: "agent",
        timestamp: "2026-05-04T10:00:08Z",
        tool_call_id: "acp_1",
        title: "Run ls",
        status: "in_progress",
        tool_kind: "execute",
        raw_input: { command: "ls" },
      },
      {
        kind: "ACPToolCallEvent",
        id: "e12",
        source: "agent",
        timestamp: "2026-05-04T10:00:09Z",
        tool_call_id: "acp_1",
        title: "Run ls",
        status: "completed",
        raw_output: "a.txt",
        is_error: false,
      },
    ].map((
      event,
      index,
    ) => [
      `aaaabbbbccccddddeeeeffff00001111/events/event-${String(index).padStart(5, "0")}-${event.id}.json`,
      event,
    ])),
  },
  {
    agent: kiroCli,
    fixture: "session.jsonl",
    path: "67c92375-0000-4000-8000-00000000000a.jsonl",
    companions: {
      "67c92375-0000-4000-8000-00000000000a.json": {
        cwd: "/home/ada/shop",
        title: "Run ls",
        session_created_reason: "rewind",
        parent_session_id: "67c92375-0000-4000-8000-00000000000b",
        session_state: { rts_model_state: { model_info: { model_id: "claude-sonnet-5" } } },
      },
    },
  },
  {
    agent: vibe,
    fixture: "messages.jsonl",
    path: "session_20260504_100000_0123abcd/messages.jsonl",
    companions: {
      "meta.json": {
        title: "Run ls",
        environment: { working_directory: "/home/ada/shop" },
        git_branch: "main",
        config: { active_model: "devstral-2" },
        stats: { session_prompt_tokens: 1000, session_completion_tokens: 20, session_cached_tokens: 900 },
      },
    },
  },
  {
    agent: grok,
    fixture: "updates.jsonl",
    path: "%2Fhome%2Fada%2Fshop/5a72e26e/updates.jsonl",
    companions: {
      "summary.json": {
        info: { id: "5a72e26e", cwd: "/home/ada/shop" },
        generated_title: "Run ls",
        parent_session_id: "5a72e26d",
        session_kind: "fork",
      },
    },
    otherTimes: ["timestamp"],
  },
  { agent: windsurf, fixture: "transcript.jsonl", path: "b1c2d3e4-0000-4000-8000-000000000001.jsonl" },
  {
    agent: gptme,
    fixture: "conversation.jsonl",
    path: "2026-05-04-run-ls/conversation.jsonl",
    companions: { "config.toml": parseConfig(Deno.readTextFileSync(GPTME_CONFIG)) },
  },
  {
    agent: cursor,
    fixture: "transcript.jsonl",
    path: "home-ada-shop/agent-transcripts/a1b2c3d4/subagents/b2c3d4e5.jsonl",
  },
  { agent: cursor, fixture: "text_transcript.txt", path: "home-ada-shop/agent-transcripts/a1b2c3d4.txt" },
  { agent: goose, fixture: "session.jsonl", path: "20260504_100000.jsonl" },
  {
    agent: kiro,
    fixture: "messages.jsonl",
    path: "0123456789abcdef/sess_0001/messages.jsonl",
    companions: {
      "session.json": { modelId: "claude-sonnet-5", title: "Run ls", workspacePaths: ["/home/ada/shop"] },
    },
    otherTimes: ["timestamp"],
  },
  {
    agent: kiro,
    fixture: "spine.jsonl",
    path: "L2hvbWUvYWRhL3Nob3A_/0a0a0a0a-0000-4000-8000-000000000001.json",
    companions: KIRO_LISTS,
  },
  {
    agent: kiro,
    fixture: "execution.jsonl",
    path:
      "ff0a01d53d837e70275074a42c9709b5/414d1636299d2b9e4ce7e17fb11f63e9/10c5832fa6128cd84693b7e2bf2bcb81",
    companions: KIRO_LISTS,
  },
  {
    agent: kiro,
    fixture: "context.jsonl",
    path:
      "ff0a01d53d837e70275074a42c9709b5/414d1636299d2b9e4ce7e17fb11f63e9/c3ffde7ccc099692d5435697504f8235",
    companions: KIRO_LISTS,
  },
  {
    agent: kiro,
    fixture: "chat.jsonl",
    path: "ff0a01d53d837e70275074a42c9709b5/0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d.chat",
    companions: KIRO_LISTS,
  },
  { agent: aider, fixture: "history.md", path: ".aider.chat.history.md" },
  {
    agent: antigravity,
    fixture: "transcript.jsonl",
    path: "11111111-0000-4000-8000-000000000001/.system_generated/logs/transcript.jsonl",
    otherTimes: ["created_at"],
  },
];

function fixtureUrl({ agent, fixture }: Pick<Told, "agent" | "fixture">): URL {
  return new URL(`../fixtures/${agent.id}/${fixture}`, import.meta.url);
}

/** The records of a fixture: its lines, of Markdown each as its reader hands it over, or a text as a whole. */
async function readRecords(told: Pick<Told, "agent" | "fixture">): Promise<readonly (string | object)[]> {
  if (told.fixture.endsWith(".txt")) return [{ text: await Deno.readTextFile(fixtureUrl(told)) }];
  const lines = await readLines(fixtureUrl(told));
  return told.fixture.endsWith(".md") ? lines.map((line) => ({ line })) : lines;
}

/** The agent, with what lies beside the fixture. */
function withCompanions({ agent, companions, madeAt }: Told): ReadableAgent {
  const known = readable(agent);
  return companions === undefined ? known : {
    ...known,
    parser: (source, emit, state) =>
      known.parser({ ...source, companions, madeAt, home: "/home/ada" }, emit, state),
  };
}

/** The record with another value at each of the paths, where it has one. */
function withOtherTimes(paths: readonly string[]): (record: JsonObject) => JsonObject {
  return (record) => paths.reduce((changed, path) => change(changed, path.split(".")), record);
}

function change(value: JsonObject, [name, ...rest]: readonly string[]): JsonObject {
  const part = value[name!];
  if (part === undefined) return value;
  if (rest.length > 0) return { ...value, [name!]: change(part as JsonObject, rest) };
  const other = typeof part === "number"
    ? part + 86_400_000
    : new Date(Date.parse(part as string) + 86_400_000).toISOString();
  return { ...value, [name!]: other };
}

// Aider and OpenHands write times without a zone; golden files need one.
Deno.env.set("TZ", "UTC");

for (const told of TOLD) {
  const { fixture, path, otherTimes } = told;
  const agent = withCompanions(told);

  Deno.test(`${agent.id} keeps the rules of adapters when it reads ${fixture}`, async () => {
    const lines = await readRecords(told);
    checkAdapter(agent, path, lines, {
      ...otherTimes !== undefined && { changeOtherTimes: withOtherTimes(otherTimes) },
    });
  });

  Deno.test(`${agent.id} makes of ${fixture} what its golden file says, with the same ids`, async () => {
    const { events, unknown } = parseAll(agent, path, await readRecords(told));
    assertEquals(unknown, {});
    const found = events.map(({ complete: _, ...event }: IdentifiedDraft) => JSON.stringify(event));
    const golden = fixtureUrl({ agent, fixture: fixture.replace(/\.\w+$/, ".golden.jsonl") });
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(golden, found.join("\n") + "\n");
    const expected = (await Deno.readTextFile(golden)).trimEnd().split("\n");
    assertEquals(found.map((line) => JSON.parse(line)), expected.map((line) => JSON.parse(line)));
  });

  Deno.test(`${agent.id} gives what it makes of ${fixture} the same ids in another time zone`, async () => {
    const records = await readRecords(told);
    const ids = () => parseAll(agent, path, records).events.map(({ id }) => id);
    const here = ids();
    Deno.env.set("TZ", "Asia/Tokyo");
    try {
      assertEquals(ids().toSorted(), here.toSorted());
    } finally {
      Deno.env.set("TZ", "UTC");
    }
  });

  Deno.test(`${agent.id} finds ${fixture} where the agent would have written it`, () => {
    assert(agent.classify(path) !== undefined);
    const folders = path.split("/").slice(0, -1);
    for (const depth of folders.keys()) {
      const folder = folders.slice(0, depth + 1).join("/");
      assert(agent.enters(folder), `it does not enter ${folder}`);
    }
  });
}

Deno.test("pi's fork has its parent's entries under the same ids, marked as copies, and its own", async () => {
  const events = async (fixture: string, path: string) =>
    parseAll(pi, path, await readLines(fixtureUrl({ agent: pi, fixture }))).events;
  const [parent, fork] = await Promise.all(
    TOLD.slice(0, 2).map(({ fixture, path }) => events(fixture, path)),
  );
  const known = new Set(parent!.map(({ id }) => id));
  const shared = fork!.filter(({ id }) => known.has(id));
  assertEquals(shared.map(({ type, copied }) => [type, copied]), [
    ["llm_request", true],
    ["llm_response", true],
    ["command_execution", true],
  ]);
  const own = fork!.filter(({ id }) => !known.has(id));
  assertEquals(own.map(({ type, copied, parentSessionId }) => [type, copied, parentSessionId]), [
    ["session_start", undefined, "019e5cb2-0000-7000-8000-000000000001"],
    ["llm_request", undefined, "019e5cb2-0000-7000-8000-000000000001"],
  ]);
});

Deno.test("a fork of OpenHands has the events that it copied under the same ids, marked as copies", () => {
  const fork = "bbbbccccddddeeeeffff000011112222";
  const told = TOLD.find(({ agent }) => agent === openHands)!;
  const [first] = told.path.split("/");
  const copied = Object.entries(told.companions!).map(([path, event]) => [path.replace(first!, fork), event]);
  const own = {
    kind: "MessageEvent",
    id: "f1",
    source: "user",
    timestamp: "2026-05-04T11:00:01Z",
    llm_message: { role: "user", content: [{ type: "text", text: "And now?" }] },
  };
  const companions = Object.fromEntries([...copied, [`${fork}/events/event-00099-f1.json`, own]]);
  const idsOf = (relativePath: string, { madeAt, companions }: Pick<SourceInfo, "madeAt" | "companions">) => {
    const events: EventDraft[] = [];
    const source = { relativePath, madeAt, companions };
    const parser = readable(openHands).parser(source, (event) => events.push(event));
    parser.record({ id: "x", stats: { usage_to_metrics: {} } }, 0);
    parser.flush();
    return new Map(events.map(({ anchor, key, copied }) => [`${anchor} ${key}`, copied]));
  };
  const original = idsOf(told.path, { ...told, madeAt: Date.parse("2026-05-04T10:00:00Z") });
  const forked = idsOf(`${fork}/base_state.json`, { madeAt: Date.parse("2026-05-04T11:00:00Z"), companions });
  assertEquals([...original.values()].filter((isCopy) => isCopy), []);
  assertEquals(
    [...forked].filter(([id]) => !original.has(id)),
    [[`agent start:${fork}`, undefined], ["agent f1", undefined]],
  );
  assertEquals([...forked.values()].filter((isCopy) => isCopy).length, forked.size - 2);
});

Deno.test("pi gives entries without ids, of its first version, the ids of those that were migrated", async () => {
  const lines = await readLines(fixtureUrl({ agent: pi, fixture: "session.jsonl" }));
  const before = lines.map((line) => {
    const { id, parentId: _, version: __, ...entry } = JSON.parse(line);
    return entry.type === "session" ? { id, ...entry } : entry;
  });
  const ids = (lines: readonly (string | object)[]) =>
    parseAll(pi, TOLD[0]!.path, lines).events.map(({ id }) => id);
  assertEquals(ids(before), ids(lines));
});

Deno.test("pi's calls are told apart that a model only numbers, in each session anew", () => {
  const path = (session: string) => `--home-ada-shop--/2026-05-04T10-00-00-000Z_${session}.jsonl`;
  const entry = (second: number, message: object) => {
    const timestamp = `2026-05-04T10:00:0${second}.000Z`;
    return { type: "message", id: `a000000${second}`, parentId: null, timestamp, message };
  };
  const call = (second: number, command: string) =>
    entry(second, {
      role: "assistant",
      model: "kimi-k2",
      content: [{ type: "toolCall", id: "functions.bash:0", name: "bash", arguments: { command } }],
    });
  const result = (second: number, text: string) =>
    entry(second, { role: "toolResult", toolCallId: "functions.bash:0", content: [{ type: "text", text }] });
  const events = [
    ...parseAll(pi, path("one"), [call(0, "ls"), call(1, "pwd"), result(2, "/"), call(3, "date")]).events,
    ...parseAll(pi, path("two"), [call(4, "cat a"), result(5, "a")]).events,
  ].filter(({ type }) => type === "command_execution");
  assertEquals(events.map(({ data }) => [(data as JsonObject).command, (data as JsonObject).output]), [
    ["ls", undefined],
    ["pwd", "/"],
    ["date", undefined],
    ["cat a", "a"],
  ]);
  assertEquals(new Set(events.map(({ id }) => id)).size, 4);
});

Deno.test("calls of Copilot CLI that a model only numbers are one each, though told once more when they are carried out", () => {
  const { path } = TOLD.find(({ agent }) => agent === copilotCli)!;
  const entry = (second: number, type: string, data: object) => {
    return { type, id: `e${second}`, timestamp: `2026-05-04T10:00:0${second}.000Z`, data };
  };
  const called = { toolCallId: "functions.bash:0" };
  const call = (second: number, command: string) => {
    const given = { ...called, arguments: { command } };
    return [
      entry(second, "assistant.message", {
        messageId: `m${second}`,
        toolRequests: [{ ...given, name: "bash" }],
      }),
      entry(second + 1, "tool.execution_start", { ...given, toolName: "bash" }),
    ];
  };
  const result = (second: number, content: string) =>
    entry(second, "tool.execution_complete", { ...called, success: true, result: { content } });
  const lines = [...call(0, "ls"), ...call(2, "pwd"), result(4, "/"), ...call(5, "date"), result(7, "today")];
  const events = parseAll(copilotCli, path, lines).events.filter(({ type }) => type === "command_execution");
  assertEquals(events.map(({ data }) => [(data as JsonObject).command, (data as JsonObject).output]), [
    ["ls", undefined],
    ["pwd", "/"],
    ["date", "today"],
  ]);
});

Deno.test("Continue's calls that a model only numbers keep their ids, whenever its session is said to have begun", () => {
  const call = { id: "functions.Bash:0", function: { name: "Bash", arguments: '{"command":"ls"}' } };
  const history = ["One.", "Two."].map((content) => ({
    message: { role: "assistant", content, toolCalls: [call] },
    toolCallStates: [{ toolCallId: call.id, status: "done", output: [{ content }] }],
  }));
  const told = (madeAt: number) => {
    const drafts: EventDraft[] = [];
    const source = { relativePath: "aaaaaaaa-0000-4000-8000-00000000000e.json", madeAt };
    const parser = readable(continueDev).parser(source, (event) => drafts.push(event));
    assertEquals(parser.record({ history }, 0), undefined);
    parser.flush();
    return drafts.filter(({ type }) => type === "command_execution").map(({ anchor, key, data }) => [
      anchor,
      key,
      (data as JsonObject).output,
    ]);
  };
  const calls = told(1777888800000);
  assertEquals(calls.map(([, , output]) => output), ["One.", "Two."]);
  assertEquals(new Set(calls.map(([, key]) => key)).size, 2);
  assertEquals(told(1777999900000), calls);
});

Deno.test("a chat of Gemini CLI is the same as a document, as a log and as a large document", async () => {
  const { path } = TOLD.find(({ agent }) => agent === geminiCli)!;
  const lines = await readLines(fixtureUrl({ agent: geminiCli, fixture: "session.jsonl" }));
  const asLog = parseAll(geminiCli, path, lines).events;
  const records = lines.map((line) => JSON.parse(line));
  const messages = [
    ...records[1].$set.messages,
    ...records.filter(({ id }) => ["f0000002", "f0000004", "f0000005", "f0000008"].includes(id)),
    records[4],
  ].toSorted((a, b) => a.id < b.id ? -1 : 1);
  const header = { ...records[0], ...records[5].$set };
  const asDocument = parseAll(geminiCli, path.replace("jsonl", "json"), [{ ...header, messages }]).events;
  assertEquals(asDocument, asLog);
  const operations = [
    { kind: 0, v: { messages: [] } },
    ...messages.map((message) => ({ kind: 2, k: ["messages"], v: [message] })),
    ...Object.entries(header).map(([name, value]) => ({ kind: 1, k: [name], v: value })),
  ];
  assertEquals(parseAll(geminiCli, path, operations).events, asLog);
  assertEquals(geminiCli.classify(path)?.twin, geminiCli.classify(path.replace("jsonl", "json"))?.twin);
});

Deno.test("Copilot CLI counts each part of a session that ends several times once, whichever way it counts", async () => {
  const { path } = TOLD.find(({ agent }) => agent === copilotCli)!;
  const lines = await readLines(fixtureUrl({ agent: copilotCli, fixture: "events.jsonl" }));
  const ends = (lines: readonly string[]) =>
    parseAll(copilotCli, path, lines).events.filter(({ type }) => type === "session_end").map(({ metrics }) =>
      metrics
    );
  const expected = [
    { inputTokens: 700, cacheReadTokens: 300, cacheWriteTokens: 0, outputTokens: 5 },
    { inputTokens: 200, cacheReadTokens: 400, cacheWriteTokens: 0, outputTokens: 0 },
  ];
  assertEquals(ends(lines), expected);
  const each = lines.with(
    -1,
    lines.at(-1)!.replace(
      '"inputTokens":1600,"outputTokens":30,"cacheReadTokens":700',
      '"inputTokens":600,"outputTokens":5,"cacheReadTokens":400',
    ),
  );
  assertEquals(ends(each), expected);
  // One that counts nothing says nothing of what was counted before.
  const silent = JSON.stringify({
    type: "session.shutdown",
    data: { shutdownType: "error" },
    id: "s",
    timestamp: "2026-05-04T11:00:00.000Z",
  });
  assertEquals(ends(lines.toSpliced(-3, 0, silent)), [expected[0], undefined, expected[1]]);
});

Deno.test("Copilot CLI's newer versions count what was thought, and what went in without what came from a cache", () => {
  const { path } = TOLD.find(({ agent }) => agent === copilotCli)!;
  const usage = {
    inputTokens: 1000,
    outputTokens: 90,
    cacheReadTokens: 300,
    cacheWriteTokens: 100,
    reasoningTokens: 64,
  };
  const tokenDetails = { input: { tokenCount: 600 } };
  const end = {
    type: "session.shutdown",
    data: { modelMetrics: { m: { usage, tokenDetails } } },
    id: "s",
    timestamp: "2026-05-04T11:00:00.000Z",
  };
  assertEquals(parseAll(copilotCli, path, [end]).events.map(({ metrics }) => metrics), [
    { ...usage, inputTokens: 600 },
  ]);
});

Deno.test("a record that Copilot CLI wrote twice in a row says what it says once", async () => {
  const { path } = TOLD.find(({ agent }) => agent === copilotCli)!;
  const lines = await readLines(fixtureUrl({ agent: copilotCli, fixture: "events.jsonl" }));
  const withoutPosition = (lines: readonly string[]) =>
    parseAll(copilotCli, path, lines).events.map(({ position: _, revision: __, ...event }) => event);
  assertEquals(withoutPosition(lines.flatMap((line) => [line, line])), withoutPosition(lines));
});

Deno.test("what Copilot CLI says in the person's name is no prompt; what the person refuses is a denial", () => {
  const { path } = TOLD.find(({ agent }) => agent === copilotCli)!;
  const lines = [
    { type: "user.message", data: { content: "", isAutopilotContinuation: true } },
    { type: "user.message", data: { content: "How to make a PDF: …", source: "skill-pdf" } },
    { type: "user.message", data: { content: "Go and look", source: "agent-1" } },
    {
      type: "user.message",
      data: { content: "Why?", attachments: [{ type: "selection", filePath: "/p/a.ts", text: "x" }] },
    },
    { type: "permission.completed", data: { requestId: "1", result: { kind: "approved" } } },
    {
      type: "permission.completed",
      data: { requestId: "2", result: { kind: "denied-interactively-by-user" } },
    },
  ].map((line, index) => ({ ...line, id: `e${index}`, timestamp: "2026-05-04T11:00:00.000Z" }));
  const { events, unknown } = parseAll(copilotCli, path, lines);
  assertEquals(unknown, {});
  assertEquals(events.map(({ data }) => data as unknown), [
    { prompt: "Go and look" },
    { prompt: "Why?", attachments: [{ kind: "selection", path: "/p/a.ts" }] },
    { action: "deny" },
  ]);
});

Deno.test("Droid's session says which one called it, or was forked", () => {
  const { path } = TOLD.find(({ agent }) => agent === droid)!;
  const told = (facts: object) => {
    const message = { role: "user", content: "Run ls" };
    const { emitted } = parseAll(droid, path, [
      { type: "session_start", id: "own", title: "Files", ...facts },
      { type: "message", id: "m1", timestamp: "2026-05-04T10:00:00.000Z", message },
    ]);
    return emitted.map(({ parentSessionId, data }) => [parentSessionId, data]);
  };
  const prompt = { prompt: "Run ls" };
  assertEquals(told({ callingSessionId: "caller" }), [["caller", { title: "Files" }], ["caller", prompt]]);
  assertEquals(told({ parent: "first" }), [
    ["first", { title: "Files", forkedFrom: "first" }],
    ["first", prompt],
  ]);
});

Deno.test("Droid's session has the tokens and the model that stand beside it", async () => {
  const { path } = TOLD.find(({ agent }) => agent === droid)!;
  const settings = {
    model: "claude-opus-4-6",
    tokenUsage: {
      inputTokens: 10,
      outputTokens: 5,
      cacheCreationTokens: 1,
      cacheReadTokens: 2,
      thinkingTokens: 3,
    },
  };
  assertEquals(droid.companions!(path, () => []), [path.replace(".jsonl", ".settings.json")]);
  const starts: unknown[] = [];
  const parser = readable(droid).parser(
    { relativePath: path, companions: { "x.settings.json": settings } },
    (event) => {
      if (event.type === "session_start") starts.push([event.metrics, event.model]);
    },
  );
  for (const line of await readLines(fixtureUrl({ agent: droid, fixture: "session.jsonl" }))) {
    parser.record(JSON.parse(line), 0);
  }
  parser.flush();
  parser.flush();
  // It is told at once, and again as soon as more is known of it.
  assertEquals(starts.slice(1), [[
    { inputTokens: 10, outputTokens: 5, cacheReadTokens: 2, cacheWriteTokens: 1, reasoningTokens: 3 },
    "claude-opus-4-6",
  ]]);
});

Deno.test("gptme's workspace is an absolute path, with the home folder for ~", () => {
  const workspace = (path: string, home?: string) =>
    workspaceOf(parseConfig(`[chat]\nworkspace = '${path}'\n`), home);
  assertEquals(workspace("~/shop", "/home/ada"), "/home/ada/shop");
  assertEquals(workspace("~", "/home/ada"), "/home/ada");
  assertEquals(workspace("~\\shop", "C:\\Users\\ada"), "C:\\Users\\ada\\shop");
  assertEquals(workspace("D:\\shop", "C:\\Users\\ada"), "D:\\shop");
  assertEquals(workspace("/srv/shop", "/home/ada"), "/srv/shop");
  assertEquals(workspace("~/a$&b", "/home/$1"), "/home/$1/a$&b");
  // Without a home folder, another user's, one that the agent gave no whole path of.
  assertEquals(["~/shop", "~bob/shop", "@log", "."].map((path) => workspace(path)), Array(4).fill(undefined));
  assertEquals(workspace("~bob/shop", "/home/ada"), undefined);
  assertEquals([undefined, [], { chat: 7 }, { chat: { workspace: 7 } }].map((it) => workspaceOf(it, "/h")), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a configuration of gptme that is very long is passed over", () => {
  assertThrows(() => parseConfig(`a = "${"x".repeat(70_000)}"`), RangeError);
});

Deno.test("a running execution of Kiro has no turn of its own in its context yet, and a call of it may be open", async () => {
  const { path } = TOLD.find(({ agent, fixture }) => agent === kiro && fixture === "context.jsonl")!;
  const [line] = await readLines(fixtureUrl({ agent: kiro, fixture: "context.jsonl" }));
  const running = { ...JSON.parse(line!), status: "running" };
  assertEquals(parseAll(kiro, path, [running]).events, []);
  const call = { actionId: "t1", actionType: "runCommand", emittedAt: 1, input: { command: "ls" } };
  const [event] = parseAll(kiro, path, [{ ...running, actions: [call] }]).events;
  assertEquals([event!.type, event!.complete], ["command_execution", false]);
});

Deno.test("an action of Kiro of another kind is counted, and spoils nothing", async () => {
  const { path } = TOLD.find(({ agent, fixture }) => agent === kiro && fixture === "execution.jsonl")!;
  const [line] = await readLines(fixtureUrl({ agent: kiro, fixture: "execution.jsonl" }));
  const record = JSON.parse(line!);
  const before = parseAll(kiro, path, [record]);
  const actions = [...record.actions, { actionId: "a9", actionType: "teleport" }];
  const { events, unknown } = parseAll(kiro, path, [{ ...record, actions }]);
  assertEquals(unknown, { "action:teleport": 1 });
  assertEquals(events, before.events);
});

Deno.test("what a rewind of Kiro CLI keeps is a copy, and what follows is its own", async () => {
  const { path } = TOLD.find(({ agent }) => agent === kiroCli)!;
  const lines = (await readLines(fixtureUrl({ agent: kiroCli, fixture: "session.jsonl" })))
    .map((line) => JSON.parse(line));
  const [first] = lines;
  const seconds = first.data.meta.timestamp;
  const later = structuredClone(first);
  Object.assign(later.data, { message_id: "later", meta: { timestamp: seconds + 1000 } });
  const told = (reason: string) => {
    const copied: unknown[] = [];
    const facts = {
      session_created_reason: reason,
      created_at: new Date(1000 * (seconds + 1000) + 999).toISOString(),
    };
    const parser = readable(kiroCli).parser(
      { relativePath: path, companions: { [path.replace("jsonl", "json")]: facts } },
      (event) => event.type === "llm_request" && copied.push(event.copied),
    );
    for (const line of [first, later]) parser.record(line, 0);
    parser.flush();
    return copied;
  };
  assertEquals(told("rewind"), [true, undefined]);
  assertEquals(told("subagent"), [undefined, undefined]);
});

Deno.test("agents are looked for where they write, and where their variables say", () => {
  const roots = (
    agent: Agent,
    values: Readonly<Record<string, string>> = {},
    os: Environment["os"] = "linux",
  ) =>
    agent.roots({ os, home: os === "windows" ? "C:\\Users\\ada" : "/home/ada", get: (name) => values[name] });
  assertEquals(roots(pi), ["/home/ada/.pi/agent/sessions"]);
  assertEquals(roots(pi, { PI_CODING_AGENT_DIR: "~/pi" }), ["/home/ada/pi/sessions"]);
  assertEquals(roots(pi, { PI_CODING_AGENT_SESSION_DIR: "/srv/pi" }), [
    "/home/ada/.pi/agent/sessions",
    "/srv/pi",
  ]);
  assertEquals(roots(copilotCli), ["/home/ada/.copilot/session-state"]);
  assertEquals(roots(copilotCli, { COPILOT_HOME: "/srv/copilot" }), ["/srv/copilot/session-state"]);
  assertEquals(roots(geminiCli, { GEMINI_CLI_HOME: "/srv" }), ["/srv/.gemini"]);
  assertEquals(roots(geminiCli, {}, "windows"), ["C:\\Users\\ada\\.gemini"]);
  assertEquals(roots(openclaw, { OPENCLAW_STATE_DIR: "relative" })[0], "/home/ada/.openclaw/agents");
  assertEquals(roots(openclaw, { CLAWDBOT_STATE_DIR: "~/claw" }), ["/home/ada/claw/agents"]);
  assertEquals(roots(openclaw, { OPENCLAW_HOME: "/srv" })[0], "/srv/.openclaw/agents");
  assertEquals(roots(omp, { XDG_DATA_HOME: "/data" }).slice(2), ["/data/omp/sessions", "/data/omp/profiles"]);
  assertEquals(roots(kimiCli, { KIMI_SHARE_DIR: "/srv/kimi" }), ["/srv/kimi"]);
  assertEquals(roots(qwenCode), ["/home/ada/.qwen/projects"]);
  assertEquals(roots(qwenCode, { QWEN_HOME: "/srv/qwen" }), ["/srv/qwen/projects"]);
  assertEquals(roots(qwenCode, { QWEN_HOME: "/srv/qwen", QWEN_RUNTIME_DIR: "/tmp/qwen" }), [
    "/tmp/qwen/projects",
  ]);
  assertEquals(roots(droid), ["/home/ada/.factory/sessions"]);
});

Deno.test("a session of Cline and each of its agents are sources of their own", () => {
  const folder = "sessions/1777888800000_abcde";
  const twins = ["1777888800000_abcde", "agent_1", "agent_2__task_1"].map((name) =>
    cline.classify(`${folder}/${name}.messages.json`)?.twin
  );
  assertEquals(new Set(twins).size, 3);
  assertEquals(cline.companions!(`${folder}/agent_1.messages.json`, () => []), [
    `${folder}/1777888800000_abcde.json`,
  ]);
});

Deno.test("what lies beside sessions is none", () => {
  const others: readonly (readonly [Agent, string])[] = [
    [openclaw, "main/sessions/a.checkpoint.11111111-2222-4333-8444-555555555555.jsonl"],
    [openclaw, "main/sessions/a.trajectory.jsonl"],
    [openclaw, "main/sessions/sessions.json"],
    [copilotCli, "a/session.db"],
    [copilotCli, "a/files/b.jsonl"],
    [geminiCli, "tmp/shop/logs.json"],
    [geminiCli, "settings.json"],
    [qwenCode, "-home-ada-shop/memory.jsonl"],
    [droid, "-home-ada-shop/x.settings.json"],
    [kiro, "L2hvbWUvYWRhL3Nob3A_/sessions.json"],
    [kiro, "ff0a01d53d837e70275074a42c9709b5/f62de366d0006e17ea00a01f6624aabf"],
    [
      kiro,
      "ff0a01d53d837e70275074a42c9709b5/0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d/0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d",
    ],
  ];
  for (const [agent, path] of others) assertEquals(agent.classify(path), undefined, `${agent.id} ${path}`);
});

Deno.test("a session of OpenClaw that was put aside is one still, and the same one when it is compressed", () => {
  for (const reason of ["reset", "deleted", "bak"]) {
    const path = `main/sessions/a.jsonl.${reason}.2026-02-19T08-59-24.951Z`;
    assertEquals(openclaw.classify(path), { format: "jsonl", twin: path, rank: 1 });
    assertEquals(openclaw.classify(`${path}.zst`), { format: "jsonl.zst", twin: path, rank: 2 });
  }
});

Deno.test("what OpenClaw's tool for messages repeats is no answer", () => {
  const { path } = TOLD.find(({ agent }) => agent === openclaw)!;
  const content = [{ type: "text", text: "Sent." }];
  const answer = { role: "assistant", content, openclawMessageToolMirror: { toolName: "message" } };
  const line = { type: "message", id: "m1", timestamp: "2026-05-04T10:00:01.000Z", message: answer };
  assertEquals(parseAll(openclaw, path, [line]), { events: [], emitted: [], unknown: {} });
});
