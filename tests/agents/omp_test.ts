import { assertEquals } from "@std/assert";
import { omp } from "../../src/agents/omp.ts";
import { pi } from "../../src/agents/pi.ts";
import { type Line, parseAll } from "./harness.ts";

const PATH = "-shop/2026-05-04T09-00-00-000Z_0197aaaa-0000-7000-8000-00000000000f/worker.jsonl";

function entry(seconds: number, type: string, fields: object): Line {
  const timestamp = new Date(1_777_888_800_000 + 1_000 * seconds).toISOString();
  return { type, id: `c000000${seconds}`, timestamp, ...fields };
}

function userEntry(seconds: number, text: string): Line {
  return entry(seconds, "message", {
    message: { role: "user", content: [{ type: "text", text }], attribution: "agent" },
  });
}

Deno.test("the task of a sub-agent of OhMyPi, which is its first prompt as well, is one event", () => {
  const lines = [
    entry(0, "session", { id: "worker" }),
    entry(1, "session_init", { systemPrompt: "You are a worker.", task: "Count the files" }),
    userEntry(2, "Count the files"),
    userEntry(3, "Count the files"),
  ];
  const times = (options: object) =>
    parseAll(omp, PATH, lines, options).events.filter(({ type }) => type === "llm_request")
      .map(({ timestamp }) => timestamp - 1_777_888_800_000);
  assertEquals(times({}), [1_000, 3_000]);
  assertEquals(times({ restartEvery: 1 }), [1_000, 3_000]);
  assertEquals(parseAll(omp, PATH, lines.with(2, userEntry(2, "Something else"))).events.length, 4);
});

Deno.test("what a sub-agent of OhMyPi used is in its own transcript alone; pi's tools have none", () => {
  const call = { type: "toolCall", id: "t1", name: "task", arguments: {} };
  const lines = [
    entry(0, "message", { message: { role: "assistant", content: [call] } }),
    entry(1, "message", {
      message: { role: "toolResult", toolCallId: "t1", toolName: "task", content: [], usage: { input: 9 } },
    }),
  ];
  const used = (agent: typeof omp) =>
    parseAll(agent, PATH, lines).events.find(({ type }) => type === "tool_use")!.metrics;
  assertEquals(used(omp), undefined);
  assertEquals(used(pi), { inputTokens: 9 });
});
