import { assert, assertEquals } from "@std/assert";
import { qwenCode } from "../../src/agents/qwen_code.ts";
import { type IdentifiedDraft, parseAll, readLines } from "./harness.ts";

const PARENT = "69f0814a-0000-4000-8000-000000000001";
const FORK = "69f0814a-0000-4000-8000-000000000002";

/** A record of a session, so many seconds after ten o'clock. */
function record(seconds: number, type: string, fields: object, sessionId = PARENT): object {
  const timestamp = new Date(1_777_888_800_000 + 1_000 * seconds).toISOString();
  return { uuid: `u-${sessionId}-${seconds}`, sessionId, timestamp, type, cwd: "/home/ada/shop", ...fields };
}

function message(...parts: readonly object[]): object {
  return { message: { role: "user", parts } };
}

function pathOf(session: string): string {
  return `-home-ada-shop/chats/${session}.jsonl`;
}

/** The events of a session but its start, which stands at the place of the first of them. */
function withoutStart(events: readonly IdentifiedDraft[]): readonly IdentifiedDraft[] {
  return events.filter(({ type }) => type !== "session_start");
}

Deno.test("a branch of Qwen Code has its parent's events under the same ids, marked as copies, and its own", async () => {
  const lines = (await readLines(new URL("../fixtures/qwen-code/session.jsonl", import.meta.url)))
    .map((line) => JSON.parse(line));
  const parent = withoutStart(parseAll(qwenCode, pathOf(PARENT), lines).events);
  const copies = lines.map((line) => ({
    ...line,
    sessionId: FORK,
    forkedFrom: { sessionId: PARENT, messageUuid: line.uuid },
  }));
  const own = record(4_000, "user", message({ text: "Again" }), FORK);
  const fork = parseAll(qwenCode, pathOf(FORK), [...copies, own]);
  assertEquals(fork.unknown, {});
  const known = new Set(parent.map(({ id }) => id));
  const shared = fork.events.filter(({ id }) => known.has(id));
  assertEquals(shared.length, parent.length);
  assert(shared.every(({ copied }) => copied));
  const others = fork.events.filter(({ id }) => !known.has(id));
  assertEquals(
    others.map(({ type, copied, sessionId, parentSessionId }) => [type, copied, sessionId, parentSessionId]),
    [
      ["session_start", undefined, FORK, PARENT],
      ["llm_request", undefined, FORK, PARENT],
    ],
  );
});

Deno.test("a sub-agent of Qwen Code is a session of its own, and its calls are no answers", () => {
  const path = `-home-ada-shop/subagents/${PARENT}/agent-explore-7f3c.jsonl`;
  assert(qwenCode.classify(path) !== undefined);
  for (const folder of ["-home-ada-shop", "-home-ada-shop/subagents", `-home-ada-shop/subagents/${PARENT}`]) {
    assert(qwenCode.enters(folder));
  }
  const agent = { agentId: "explore-7f3c", isSidechain: true };
  const call = {
    functionCall: { id: "call_0", name: "read_file", args: { file_path: "/home/ada/shop/a.txt" } },
  };
  const result = { functionResponse: { id: "call_0", name: "read_file", response: { output: "a" } } };
  const { events, unknown } = parseAll(qwenCode, path, [
    record(0, "system", {
      ...agent,
      subtype: "agent_bootstrap",
      systemPayload: { kind: "fork", history: [] },
    }),
    record(1, "user", { ...agent, ...message({ text: "Look" }) }),
    record(2, "assistant", {
      ...agent,
      ...message({ text: "I look." }),
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2 },
    }),
    record(2.5, "assistant", { ...agent, ...message(call) }),
    record(3, "tool_result", { ...agent, ...message(result), toolCallResult: { callId: "call_0" } }),
  ]);
  assertEquals(unknown, {});
  assertEquals(withoutStart(events).map(({ type, metrics }) => [type, metrics?.inputTokens]), [
    ["llm_request", undefined],
    ["llm_response", 9],
    ["file_read", undefined],
  ]);
  for (const { sessionId, parentSessionId } of events) {
    assertEquals([sessionId, parentSessionId], [`${PARENT}/explore-7f3c`, PARENT]);
  }
});

Deno.test("calls of Qwen Code whose ids are counted anew in each answer are calls of their own", () => {
  const call = { functionCall: { id: "call_0", name: "run_shell_command", args: { command: "ls" } } };
  const result = { functionResponse: { id: "call_0", response: { output: "a.txt" } } };
  const { events } = parseAll(qwenCode, pathOf(PARENT), [
    record(1, "assistant", message(call)),
    record(2, "tool_result", message(result)),
    record(3, "assistant", message(call)),
    record(4, "tool_result", message(result)),
  ]);
  assertEquals(events.filter(({ type }) => type === "command_execution").length, 2);
});

Deno.test("a slash command of Qwen Code, told as it is typed and with what it gave, is one event", () => {
  const command = (seconds: number, phase: string) =>
    record(seconds, "system", { subtype: "slash_command", systemPayload: { rawCommand: "/about", phase } });
  const { events } = parseAll(qwenCode, pathOf(PARENT), [command(1, "invocation"), command(2, "result")]);
  assertEquals(events.map(({ data }) => data), [{ action: "slash_command", text: "/about" }]);
});

Deno.test("a prompt of Qwen Code is what was typed, and its bookkeeping is none", () => {
  const { events, unknown } = parseAll(qwenCode, pathOf(PARENT), [
    record(1, "system", { subtype: "parent_session", systemPayload: { parentSessionId: FORK } }),
    record(2, "user", {
      ...message({ text: "Read @a.txt\n--- Content ---\na" }),
      systemPayload: { displayText: "Read @a.txt", hookContext: "" },
    }),
    record(3, "user", { subtype: "goal_runtime", ...message({ text: "Go on" }) }),
    record(4, "system", { subtype: "file_history_snapshot", systemPayload: { snapshots: [] } }),
  ]);
  assertEquals(unknown, {});
  assertEquals(withoutStart(events).map(({ data, parentSessionId }) => [data, parentSessionId]), [
    [{ prompt: "Read @a.txt" }, FORK],
  ]);
});
