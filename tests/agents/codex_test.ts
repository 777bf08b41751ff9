import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/agents/agent.ts";
import { codex } from "../../src/agents/codex.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { checkAdapter, checkGoldenIds, parseAll } from "./harness.ts";
import { FIXTURES, IDS, NAMES, pathOf, readEvents, readFixture, sumTokens, typed } from "./codex/rollouts.ts";

function environment(os: Environment["os"], home: string, codexHome?: string): Environment {
  return { os, home, get: (name) => name === "CODEX_HOME" ? codexHome : undefined };
}

/** A record with the times of writing changed; the times within ids are no such times. */
function changeTimes(record: JsonObject): JsonObject {
  const change = (name: string, value: unknown): unknown => {
    if (name === "timestamp" && typeof value === "string") {
      return new Date(Date.parse(value) * 3 % 1e12 + 1e12).toISOString();
    }
    if (/_at$/.test(name) && typeof value === "number") return value + 86_400;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([inner, part]) => [inner, change(inner, part)]));
  };
  return change("", record) as JsonObject;
}

for (const name of NAMES) {
  Deno.test(`codex keeps the rules of adapters when it reads ${name}.jsonl`, async () => {
    checkAdapter(codex, pathOf(name), await readFixture(name), { changeOtherTimes: changeTimes });
  });
}

Deno.test("codex keeps its ids when nothing but the program changes", async () => {
  const events = (await Promise.all(NAMES.map(readEvents))).flat();
  await checkGoldenIds(new URL("golden_ids.json", FIXTURES), events);
});

Deno.test("codex.roots() names $CODEX_HOME, else the folder in the home", () => {
  assertEquals(codex.roots(environment("linux", "/home/ada")), ["/home/ada/.codex"]);
  assertEquals(codex.roots(environment("linux", "/home/ada", "/srv/codex")), ["/srv/codex"]);
  assertEquals(codex.roots(environment("linux", "/home/ada", "elsewhere")), ["/home/ada/.codex"]);
  assertEquals(codex.roots(environment("windows", "C:\\Users\\ada")), ["C:\\Users\\ada\\.codex"]);
});

Deno.test("codex.classify() gives a rollout one name wherever and however it lies", () => {
  const name = `rollout-2026-05-04T10-00-00-${IDS.parent}`;
  const plain = { format: "jsonl", twin: IDS.parent, rank: 0 } as const;
  const compressed = { format: "jsonl.zst", twin: IDS.parent, rank: 1 } as const;
  assertEquals(codex.classify(`sessions/2026/05/04/${name}.jsonl`), plain);
  assertEquals(codex.classify(`sessions/2026/05/04/${name}.jsonl.zst`), compressed);
  assertEquals(codex.classify(`archived_sessions/${name}.jsonl`), plain);
  assertEquals(codex.classify(`archived_sessions/${name}.jsonl.zst`), compressed);
  assertEquals(codex.classify("archived_sessions/child.jsonl")?.twin, "child");
  for (
    const other of [
      "history.jsonl",
      `log/${name}.jsonl`,
      `sessions/${name}.json`,
      "sessions/2026/a.jsonl.tmp",
    ]
  ) {
    assertEquals(codex.classify(other), undefined, other);
  }
});

Deno.test("codex.enters() enters the folders of sessions alone", () => {
  for (const folder of ["sessions", "sessions/2026/05", "archived_sessions"]) assert(codex.enters(folder));
  for (const folder of ["log", ".tmp", "sessions_old", "skills/sessions"]) assert(!codex.enters(folder));
});

Deno.test("codex makes one event of each prompt, model call and tool call", async () => {
  const events = await readEvents("parent");
  assertEquals(
    events.map(({ type, data, metrics, revision, complete }) => ({
      type,
      data,
      metrics,
      revision,
      complete,
    })),
    [
      { type: "session_start", data: { source: "cli" }, metrics: undefined, revision: 1, complete: true },
      {
        type: "llm_request",
        data: { prompt: "List the files" },
        metrics: undefined,
        revision: 1,
        complete: true,
      },
      {
        type: "llm_response",
        data: { text: "I will look.", reasoning: "I will list them." },
        metrics: { inputTokens: 800, outputTokens: 40, cacheReadTokens: 200, reasoningTokens: 10 },
        revision: 2,
        complete: true,
      },
      {
        type: "command_execution",
        data: {
          tool: "exec_command",
          callId: "call_ls",
          command: "ls",
          cwd: "/home/ada/shop",
          exitCode: 0,
          isError: false,
          output: "Chunk ID: 1\nWall time: 0.0120 seconds\nProcess exited with code 0\nOutput:\na.txt\n",
        },
        metrics: { durationMs: 12 },
        revision: 3,
        complete: true,
      },
      {
        type: "file_modify",
        data: {
          tool: "apply_patch",
          callId: "call_patch",
          path: "a.txt",
          patch: "*** Begin Patch\n*** Update File: a.txt\n@@\n-a\n+b\n*** End Patch\n",
          isError: false,
          result: "Success. Updated the following files:\nM a.txt\n",
        },
        metrics: { durationMs: 100 },
        revision: 3,
        complete: true,
      },
      // A call of the model without a word of its own.
      {
        type: "llm_response",
        data: {},
        metrics: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 1000, reasoningTokens: 0 },
        revision: 1,
        complete: true,
      },
      {
        type: "llm_response",
        data: { text: "Done." },
        metrics: { inputTokens: 100, outputTokens: 5, cacheReadTokens: 1100, reasoningTokens: 0 },
        revision: 2,
        complete: true,
      },
      { type: "llm_request", data: { prompt: "continue" }, metrics: undefined, revision: 1, complete: true },
      {
        type: "llm_response",
        data: { text: "Done." },
        metrics: { inputTokens: 100, outputTokens: 5, cacheReadTokens: 1200, reasoningTokens: 0 },
        revision: 2,
        complete: true,
      },
    ],
  );
  assertEquals(sumTokens(events), { inputTokens: 4600, outputTokens: 70 });
});

Deno.test("codex tells where and with what an event came about", async () => {
  const [, prompt] = await readEvents("parent");
  assertEquals(prompt?.sessionId, IDS.parent);
  assertEquals(prompt?.anchor, IDS.parent);
  assertEquals(prompt?.timestamp, Date.parse("2026-05-04T08:00:20.001Z"));
  assertEquals(prompt?.workspace, "/home/ada/shop");
  assertEquals(prompt?.repository, "https://git.example.com/ada/shop.git");
  assertEquals(prompt?.branch, "main");
  assertEquals(prompt?.model, "gpt-5.5");
  assertEquals(prompt?.agentVersion, "0.130.0");
});

Deno.test("codex names the thread after the file when no line does", () => {
  const { events } = parseAll(codex, `archived_sessions/rollout-2026-05-04T10-00-00-${IDS.parent}.jsonl`, [
    typed("go"),
  ]);
  assertEquals(events.map((event) => event.sessionId), [IDS.parent]);
});
