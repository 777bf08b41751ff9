import { assertEquals } from "@std/assert";
import type { Agent } from "../../src/agents/agent.ts";
import { kimiCli, kimiCode } from "../../src/agents/kimi.ts";
import { type IdentifiedDraft, type Line, parseAll, readLines } from "./harness.ts";
import { readable } from "./readable.ts";

const CODE = "wd_shop_0123/session_1/agents/main/wire.jsonl";
const CLI = "sessions/5cd8dfc0a3e2a65ff6c4d0d0a0e2e6a1/0197aaaa-0000-7000-8000-000000000001/wire.jsonl";

/** The lines of the fixture of an agent. */
function fixtureOf(agent: Agent): Promise<string[]> {
  return readLines(new URL(`../fixtures/${agent.id}/wire.jsonl`, import.meta.url));
}

/** What an agent makes of lines, with what lies beside them. */
function tell(agent: Agent, path: string, lines: readonly Line[], companions = {}) {
  const known = readable(agent);
  const withCompanions = {
    ...known,
    parser:
      ((source, emit, state) => known.parser({ ...source, companions }, emit, state)) as typeof known.parser,
  };
  return parseAll(withCompanions, path, lines);
}

/** The events of a session but its start, which stands at the place of the first of them. */
function withoutStart(events: readonly IdentifiedDraft[]): readonly IdentifiedDraft[] {
  return events.filter(({ type }) => type !== "session_start");
}

/** A line of Kimi Code, `seconds` after ten o'clock. */
function codeLine(seconds: number, type: string, fields: object): object {
  return { type, ...fields, time: 1_777_888_800_000 + 1_000 * seconds };
}

/** A line of kimi-cli, `seconds` after ten o'clock. */
function cliLine(seconds: number, type: string, payload: object): object {
  return { timestamp: 1_777_888_800 + seconds, message: { type, payload } };
}

Deno.test("a fork of Kimi Code has its parent's events under the same ids, marked as copies, and its own", async () => {
  const lines = await fixtureOf(kimiCode);
  const parent = tell(kimiCode, CODE, lines).events;
  const own = codeLine(1_300, "context.append_message", { message: { role: "user", content: "Again" } });
  const fork = tell(kimiCode, CODE.replace("session_1", "session_2"), [
    ...lines,
    codeLine(1_200, "forked", {}),
    own,
  ], {
    "state.json": { title: "Fork", forkedFrom: "session_1", createdAt: "2026-05-04T10:20:00.000Z" },
  });
  assertEquals(fork.unknown, {});
  const known = new Set(withoutStart(parent).map(({ id }) => id));
  const isShared = ({ id }: IdentifiedDraft) => known.has(id);
  assertEquals(fork.events.filter(isShared).length, known.size);
  assertEquals(fork.events.filter(isShared).every(({ copied }) => copied), true);
  assertEquals(
    fork.events.filter((event) => !isShared(event))
      .map(({ type, data, copied, parentSessionId }) => [type, data, copied, parentSessionId]),
    [
      ["session_start", { title: "Fork", forkedFrom: "session_1" }, undefined, "session_1"],
      ["llm_request", { prompt: "Again" }, undefined, "session_1"],
    ],
  );
});

Deno.test("a fork of kimi-cli has its parent's events under the same ids", async () => {
  const lines = await fixtureOf(kimiCli);
  const ids = (path: string) => withoutStart(parseAll(kimiCli, path, lines).events).map(({ id }) => id);
  assertEquals(ids(CLI.replace("000001/", "000002/")), ids(CLI));
});

Deno.test("Kimi Code's session takes the title that it is given later", async () => {
  const starts: unknown[] = [];
  const emit = (event: { type: string; data: unknown }) => {
    if (event.type === "session_start") starts.push(structuredClone(event.data));
  };
  const [first] = await fixtureOf(kimiCode);
  const parser = readable(kimiCode).parser({ relativePath: CODE }, emit);
  parser.record(JSON.parse(first!), 0);
  parser.flush();
  const companions = { "state.json": { title: "Run ls" } };
  readable(kimiCode).parser({ relativePath: CODE, companions }, emit, parser.state!()).flush();
  assertEquals(starts, [{}, { title: "Run ls" }]);
});

Deno.test("a session of Kimi Code that says nothing else of its project is of the folder that it is set to", () => {
  const lines = [
    codeLine(0, "config.update", { cwd: "/home/ada/shop" }),
    codeLine(1, "context.append_message", { message: { role: "user", content: "Hi" } }),
  ];
  const workspaces = (state?: object) =>
    tell(kimiCode, CODE, lines, { "state.json": state }).events.map(({ workspace }) => workspace);
  assertEquals(workspaces(), ["/home/ada/shop"]);
  assertEquals(workspaces({ workDir: "/home/ada" }), ["/home/ada"]);
});

Deno.test("what Kimi Code's compaction used is an answer; what a turn used is in its steps already", () => {
  const usage = { inputOther: 1_411, output: 937, inputCacheRead: 40_960, inputCacheCreation: 0 };
  const model = "moonshot-ai/kimi-k2.7-code";
  const { events } = parseAll(kimiCode, CODE, [
    codeLine(1, "usage.record", { model, usage, usageScope: "turn" }),
    codeLine(2, "usage.record", { model, usage, usageScope: "session" }),
  ]);
  assertEquals(events.map(({ type, model, metrics }) => [type, model, metrics?.outputTokens]), [
    ["llm_response", "kimi-k2.7-code", 937],
  ]);
});

Deno.test("a prompt of Kimi may be a picture, or a command for a skill", () => {
  const picture = { type: "image_url", imageUrl: { url: "blobref:image/png;0a" } };
  const origin = { kind: "skill_activation", trigger: "user-slash", skillName: "review", skillArgs: "a.ts" };
  const message = (content: unknown, origin?: object) =>
    codeLine(1, "context.append_message", { message: { role: "user", content, origin } });
  const { events } = parseAll(kimiCode, CODE, [
    message([picture]),
    message("What the skill says.", origin),
    message("What the model loaded.", { ...origin, trigger: "model-tool" }),
  ]);
  assertEquals(events.map(({ data }) => data), [
    { prompt: "", attachments: [{ kind: "image" }] },
    { prompt: "/review a.ts" },
  ]);
});

Deno.test("what a person says while kimi-cli works is a prompt", () => {
  const { events, unknown } = parseAll(kimiCli, CLI, [
    cliLine(1, "TurnBegin", { user_input: "Run ls" }),
    cliLine(2, "SteerInput", { user_input: [{ type: "text", text: "And pwd" }] }),
    cliLine(3, "HookTriggered", { event: "Stop" }),
  ]);
  assertEquals(unknown, {});
  assertEquals(withoutStart(events).map(({ data }) => data), [{ prompt: "Run ls" }, { prompt: "And pwd" }]);
});

Deno.test("sub-agents of kimi-cli that do the same at one time are sessions of their own", () => {
  const lines = [
    cliLine(1, "TurnBegin", { user_input: "Look" }),
    cliLine(2, "StepBegin", { n: 1 }),
    cliLine(3, "ContentPart", { type: "text", text: "Seen." }),
    cliLine(4, "ToolCall", { id: "Shell:0", function: { name: "Shell", arguments: "{}" } }),
  ];
  const tellAgent = (agent: string) =>
    parseAll(kimiCli, CLI.replace("wire", `subagents/${agent}/wire`), lines).events;
  const [one, other] = [tellAgent("a0000001"), tellAgent("a0000002")];
  assertEquals(one.length, 4);
  assertEquals(one.filter(({ id }) => other.some((event) => event.id === id)), []);
  const { sessionId, parentSessionId } = one[0]!;
  assertEquals([sessionId, parentSessionId], [
    "0197aaaa-0000-7000-8000-000000000001/a0000001",
    "0197aaaa-0000-7000-8000-000000000001",
  ]);
});

Deno.test("what a sub-agent of kimi-cli asked its user stands in two files and is one event", () => {
  const answer = (at: number) => [cliLine(at, "ApprovalResponse", { request_id: "r1", response: "reject" })];
  const tellAnswer = (path: string, at: number) => withoutStart(parseAll(kimiCli, path, answer(at)).events);
  const [inParent] = tellAnswer(CLI, 1);
  const [inAgent] = tellAnswer(CLI.replace("wire", "subagents/a1/wire"), 1.01);
  assertEquals(inParent!.data, { action: "deny" });
  assertEquals(inAgent!.id, inParent!.id);
});

Deno.test("kimi-cli's session is called what its user calls it", async () => {
  const path = CLI.replace("wire.jsonl", "state.json");
  assertEquals(kimiCli.companions!(CLI, () => []), ["kimi.json", path]);
  const { events } = tell(kimiCli, CLI, await fixtureOf(kimiCli), { "state.json": { custom_title: "Ls" } });
  assertEquals(events.find(({ type }) => type === "session_start")!.data, { title: "Ls" });
});
