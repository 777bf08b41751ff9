import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { codex } from "../../../src/agents/codex.ts";
import { readable } from "../readable.ts";
import { foldById, type Line, parseAll } from "../harness.ts";
import {
  answer,
  given,
  IDS,
  line,
  META,
  ofType,
  parse,
  pathOf,
  readEvents,
  readFixture,
  sumTokens,
  tokens,
  typed,
} from "./rollouts.ts";

Deno.test("codex attributes usage that stands before its call, as until 0.36", async () => {
  const responses = ofType(await readEvents("old_parent"), "llm_response");
  assertEquals(responses.map(({ data, metrics }) => [data, metrics?.outputTokens]), [
    [{ text: "Looking." }, 50],
    [{ reasoning: "One test fails." }, 40],
    [{ text: "Looking." }, 30],
  ]);
});

Deno.test("codex reads rollouts without envelopes", async () => {
  const events = await readEvents("bare");
  assertEquals(events.map(({ type, data }) => [type, Object.values(data)[0]]), [
    ["session_start", undefined],
    ["llm_request", "fix it"],
    ["llm_response", "Where is the fault?"],
    ["command_execution", "shell"],
    ["llm_response", "Fixed."],
    ["llm_request", "fix it"],
    ["llm_response", "Fixed."],
  ]);
  for (const event of events) assertEquals(event.timestamp, Date.parse("2025-07-01T10:00:00.000Z"));
  assertEquals(ofType(events, "command_execution")[0]?.data, {
    tool: "shell",
    callId: "call_cat",
    command: "cat 'a b.txt'",
    cwd: "/home/ada/shop",
    output: "x",
    exitCode: 0,
    isError: false,
  });
});

Deno.test("codex reads the kinds of newer versions, and says which it does not know", async () => {
  const { events, unknown } = parseAll(codex, pathOf("kinds"), await readFixture("kinds"));
  assertEquals(unknown, { "event_msg:brand_new": 1, "response_item:brand_new": 1, "type:brand_new": 1 });
  assertEquals(events.map(({ type, data }) => [type, data]), [
    ["session_start", { title: "What is this", source: "cli" }],
    ["user_interaction", { action: "shell_command", text: "git status" }],
    ["llm_request", { prompt: "What is this?", attachments: [{ kind: "image" }] }],
    ["llm_response", { text: "I will search.", reasoning: "Look closely." }],
    ["tool_use", { tool: "web_search", callId: "ws_9", arguments: { type: "search", query: "cat" } }],
    ["tool_use", {
      tool: "mcp__tracker.list_issues",
      callId: "call_mcp",
      arguments: { state: "open" },
      isError: true,
      result: "err: no access",
    }],
    ["tool_use", {
      tool: "exec",
      callId: "call_exec",
      arguments: 'await tools.exec_command({cmd:"ls"})',
      result: "Script failed\nWall time 0.2 seconds",
      isError: true,
    }],
    ["command_execution", {
      tool: "local_shell",
      callId: "call_local",
      command: "echo 'a b' c",
      cwd: "/tmp",
      output: "a b c",
      isError: false,
    }],
    ["user_interaction", { action: "compact", text: "So far: a cat." }],
    // Told twice: when it happened and when it ended the turn.
    ["error_encountered", { message: "Rate limit reached", code: "usage_limit_exceeded" }],
    ["user_interaction", { action: "rewind", text: "turns: 2" }],
  ]);
  assertEquals(ofType(events, "llm_response")[0]?.metrics, {
    inputTokens: 4500,
    outputTokens: 90,
    cacheReadTokens: 4000,
    cacheWriteTokens: 500,
    reasoningTokens: 20,
  });
  assert(!JSON.stringify(events).includes("gAAAAA"), "ciphertext is kept");
});

Deno.test("codex counts a prompt once, whichever of its two records comes first", () => {
  const prompts = (lines: readonly Line[]) =>
    ofType(parse([META, ...lines]), "llm_request").map(({ data }) => Object.values(data)[0]);
  assertEquals(prompts([given("go"), typed("go")]), ["go"]);
  assertEquals(prompts([typed("go"), given("go")]), ["go"]);
  assertEquals(prompts([given("go"), typed("go"), answer("ok"), given("go"), typed("go")]), ["go", "go"]);
  assertEquals(prompts([given("go"), answer("ok"), given("go")]), ["go", "go"]);
  // Once the screen's events tell of prompts, what only the history has was not typed.
  assertEquals(prompts([given("go"), typed("go"), given("<not_known_yet>rules</not_known_yet>")]), ["go"]);
  assertEquals(prompts([given("<environment_context>\n</environment_context>"), given("go")]), ["go"]);
});

Deno.test("codex leaves out what it took over from another agent, and goes on with what is its own", () => {
  const turn = (id: string) => line("event_msg", { type: "task_started", turn_id: id });
  const completed = (type: string, text: string) =>
    line("event_msg", { type: "item_completed", item: { type, content: [{ type: "text", text }] } });
  const imported = (id: string) => [
    turn(id),
    completed("UserMessage", "Why is the cart empty?"),
    typed("Why is the cart empty?"),
    given("Why is the cart empty?"),
    line("event_msg", { type: "agent_message", message: "It is never read." }),
    answer("It is never read."),
    answer("[external_agent_tool_call: Bash]\ncommand: ls\n[/external_agent_tool_call]"),
    completed("AgentMessage", "<EXTERNAL SESSION IMPORTED>"),
    tokens({ input_tokens: 0, output_tokens: 0, total_tokens: 3_900 }, { total_tokens: 3_900 }),
    line("event_msg", { type: "task_complete", turn_id: id }),
  ];
  const own = [
    turn(IDS.parent),
    typed("Go on"),
    answer("Done."),
    tokens({ input_tokens: 500, output_tokens: 20 }, { input_tokens: 500, output_tokens: 20 }),
  ];
  const title = line("event_msg", {
    type: "thread_name_updated",
    thread_id: "thread-1",
    thread_name: "The cart",
  });
  const events = parse([
    META,
    ...imported("external-import-turn-1"),
    title,
    ...own,
    // It goes on to take over what was said to the other agent since.
    ...imported("external-import-turn-2"),
  ]);
  assertEquals(events.map(({ type, data }) => [type, data]), [
    ["session_start", { title: "The cart" }],
    ["llm_request", { prompt: "Go on" }],
    ["llm_response", { text: "Done." }],
  ]);
  assertEquals(sumTokens(events), { inputTokens: 500, outputTokens: 20 });
});

Deno.test("codex tells each command, change and call that a script made", () => {
  const completed = (item: object) => line("event_msg", { type: "item_completed", item });
  const end = { status: "completed", duration: { secs: 1, nanos: 500_000_000 } };
  const shell = ["/bin/zsh", "-lc", "npm test"];
  const change = { type: "update", unified_diff: "@@ -1 +1 @@\n-a\n+b\n", move_path: null };
  const script = { type: "custom_tool_call", call_id: "call_1", name: "exec", input: "await tools.x()" };
  const { events, unknown } = parseAll(codex, pathOf("nested"), [
    META,
    line("response_item", script),
    completed({
      ...end,
      type: "CommandExecution",
      id: "exec-1",
      command: shell,
      cwd: "file:///home/ada/a%20shop",
      aggregated_output: "1 failed",
      status: "failed",
      exit_code: 2,
    }),
    completed({ ...end, type: "FileChange", id: "exec-2", changes: { "/a.ts": change, "/b.ts": change } }),
    completed({
      type: "FileChange",
      id: "exec-3",
      changes: { "/c.ts": { type: "add", content: "c\n" } },
      status: "declined",
      stderr: "No.",
    }),
    completed({
      ...end,
      type: "McpToolCall",
      id: "exec-4",
      server: "docs",
      tool: "search",
      arguments: { q: "cart" },
      result: { content: [{ type: "text", text: "found 2" }], isError: false },
    }),
    completed({
      type: "Extension",
      kind: "web.search",
      id: "exec-5",
      query: "cart",
      action: { type: "search" },
    }),
    completed({ type: "ImageView", id: "exec-6", path: "/cart.png" }),
    // A call of the model's own: its history has it.
    completed({ ...end, type: "CommandExecution", id: "call_2", command: shell, exit_code: 0 }),
    completed({ type: "CommandExecution", id: "exec-7", command: null, cwd: 7, aggregated_output: {} }),
    line("response_item", { type: "custom_tool_call_output", call_id: "call_1", output: "Script completed" }),
  ]);
  assertEquals(unknown, {});
  const told = events.slice(1).map(({ type, data, metrics }) =>
    JSON.parse(JSON.stringify([type, data, metrics?.durationMs ?? 0]))
  );
  const patch = { "/a.ts": change, "/b.ts": change };
  assertEquals(told, [
    ["tool_use", {
      tool: "exec",
      callId: "call_1",
      arguments: "await tools.x()",
      result: "Script completed",
    }, 0],
    ["command_execution", {
      tool: "exec_command",
      callId: "exec-1",
      command: "npm test",
      cwd: "/home/ada/a shop",
      output: "1 failed",
      exitCode: 2,
      isError: true,
    }, 1500],
    ["file_modify", { tool: "apply_patch", callId: "exec-2", path: "/a.ts", patch }, 1500],
    ["file_write", {
      tool: "apply_patch",
      callId: "exec-3",
      path: "/c.ts",
      result: "No.",
      content: "c\n",
      isError: true,
    }, 0],
    ["tool_use", {
      tool: "mcp__docs.search",
      callId: "exec-4",
      arguments: { q: "cart" },
      result: "found 2",
      isError: false,
    }, 1500],
    ["tool_use", { tool: "web.search", callId: "exec-5", arguments: { query: "cart", type: "search" } }, 0],
    ["file_read", { tool: "view_image", callId: "exec-6", path: "/cart.png" }, 0],
    ["command_execution", { tool: "exec_command", callId: "exec-7" }, 0],
  ]);
});

Deno.test("codex names a sub-agent's parent and takes what that one writes as its prompt", () => {
  const source = { subagent: { thread_spawn: { parent_thread_id: IDS.parent, depth: 1 } } };
  const events = parse([
    line("session_meta", { id: IDS.fork, session_id: IDS.parent, source, parent_thread_id: IDS.parent }),
    line("response_item", { type: "agent_message", content: [{ type: "input_text", text: "Explore." }] }),
    answer("Explored."),
  ]);
  assertEquals(events.map(({ type, data }) => [type, data]), [
    ["session_start", { source: "subagent" }],
    ["llm_request", { prompt: "Explore." }],
    ["llm_response", { text: "Explored." }],
  ]);
  for (const event of events) assertEquals([event.sessionId, event.parentSessionId], [IDS.fork, IDS.parent]);
});

Deno.test("codex tells what a script made by the events of older versions, too", () => {
  const ended = (type: string, call_id: string, end: object) =>
    line("event_msg", { type, call_id, duration: { secs: 0, nanos: 9_000_000 }, ...end });
  const invocation = { server: "docs", tool: "search", arguments: { q: "cart" } };
  const content = [{ type: "text", text: "found 2" }];
  const command = { command: ["bash", "-lc", "ls"], cwd: "/home/ada", aggregated_output: "a", exit_code: 0 };
  const events = parse([
    META,
    ended("exec_command_end", "exec-1", command),
    ended("patch_apply_end", "exec-2", {
      changes: { "/c.ts": { type: "add", content: "c\n" } },
      success: true,
      stdout: "Success.",
      stderr: "",
    }),
    ended("mcp_tool_call_end", "exec-3", { invocation, result: { Ok: { content } } }),
    ended("mcp_tool_call_end", "exec-4", { invocation, result: { Err: "no access" } }),
    // Calls of the model's own, which its history has.
    ended("patch_apply_end", "call_5", { changes: {}, success: true }),
    // Told again as an item: the same call.
    line("event_msg", {
      type: "item_completed",
      item: { ...command, type: "CommandExecution", id: "exec-1" },
    }),
  ]);
  assertEquals(
    foldById(events).slice(1).map(({ type, data }) => JSON.parse(JSON.stringify([type, data]))),
    [
      ["command_execution", {
        tool: "exec_command",
        callId: "exec-1",
        command: "ls",
        cwd: "/home/ada",
        output: "a",
        exitCode: 0,
        isError: false,
      }],
      ["file_write", {
        tool: "apply_patch",
        callId: "exec-2",
        path: "/c.ts",
        result: "Success.",
        content: "c\n",
        isError: false,
      }],
      ["tool_use", {
        tool: "mcp__docs.search",
        callId: "exec-3",
        arguments: { q: "cart" },
        result: "found 2",
        isError: false,
      }],
      ["tool_use", {
        tool: "mcp__docs.search",
        callId: "exec-4",
        arguments: { q: "cart" },
        result: "no access",
        isError: true,
      }],
    ],
  );
});

Deno.test("codex counts once what a call used, though it is told twice", () => {
  const usage = { input_tokens: 100, cached_input_tokens: 40, output_tokens: 10, total_tokens: 110 };
  const { events, unknown } = parseAll(codex, pathOf("usage"), [
    META,
    answer("Done."),
    line("token_usage_record", { response_id: "resp_1", usage, thread_token_usage: usage }),
    tokens(usage, usage),
  ]);
  assertEquals(unknown, {});
  assertEquals(sumTokens(events), { inputTokens: 100, outputTokens: 10 });
});

Deno.test("codex takes a review for a sub-agent", () => {
  const meta = {
    id: IDS.fork,
    source: { subagent: "review" },
    parent_thread_id: IDS.parent,
    originator: "x",
  };
  const [start] = parse([line("session_meta", meta)]);
  assertEquals([start?.data, start?.parentSessionId], [{ source: "subagent" }, IDS.parent]);
});

Deno.test("codex adds up to the running totals, over repeats and restarts of the count", () => {
  const count = fc.record({
    input: fc.integer({ min: 1, max: 9_999 }),
    output: fc.integer({ min: 1, max: 999 }),
  });
  const step = fc.record({
    count,
    repeats: fc.nat(2),
    restarts: fc.boolean(),
    speaks: fc.boolean(),
    tellsLast: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const lines: Line[] = [META, typed("go")];
    const spent = { inputTokens: 0, outputTokens: 0 };
    let total = { input_tokens: 0, output_tokens: 0 };
    for (const { count: { input, output }, repeats, restarts, speaks, tellsLast } of steps) {
      const last = { input_tokens: input, output_tokens: output };
      // A count that begins anew with more than it had shows only in that the last call is all of it.
      total = restarts && (tellsLast || input < total.input_tokens)
        ? last
        : { input_tokens: total.input_tokens + input, output_tokens: total.output_tokens + output };
      spent.inputTokens += input;
      spent.outputTokens += output;
      lines.push(speaks ? answer("ok") : line("response_item", { type: "reasoning", summary: [] }));
      for (let index = 0; index <= repeats; index++) lines.push(tokens(total, tellsLast ? last : undefined));
    }
    const events = parse(lines);
    assertEquals(sumTokens(events), spent);
    assertEquals(ofType(events, "llm_response").length, steps.length);
  }));
});

Deno.test("codex remembers little of a long thread", () => {
  const parser = readable(codex).parser({ relativePath: pathOf("rollout") }, () => {});
  const lines = [META, line("event_msg", { type: "task_started", turn_id: IDS.fork })];
  for (let index = 0; index < 10_000; index++) lines.push(answer(`Step ${index}`));
  lines.forEach((record, position) => parser.record(record, position));
  assertLess(JSON.stringify(parser.state?.()).length, 16_384);
});

Deno.test("codex tells equal messages of one turn apart", () => {
  const lines = [META, line("event_msg", { type: "task_started", turn_id: IDS.fork })];
  for (let index = 0; index < 1_000; index++) lines.push(answer(`Step ${index % 300}`), answer("Again"));
  assertEquals(ofType(parse(lines), "llm_response").length, 2_000);
});

Deno.test("codex keeps the reasoning of each model call with it", () => {
  const reasoning = (text: string) =>
    line("response_item", { type: "reasoning", summary: [{ type: "summary_text", text }] });
  const call = (id: string) =>
    line("response_item", {
      type: "function_call",
      name: "shell",
      arguments: '{"command":"ls"}',
      call_id: id,
    });
  const output = (id: string) =>
    line("response_item", { type: "function_call_output", call_id: id, output: "a.txt" });
  const responses = (...lines: readonly Line[]) =>
    ofType(parse([META, typed("go"), ...lines]), "llm_response").map(({ data }) => data);

  // Nothing counts tokens: what follows the tool is the next call.
  assertEquals(responses(reasoning("one"), call("1"), output("1"), reasoning("two"), answer("Done.")), [
    { reasoning: "one" },
    { reasoning: "two", text: "Done." },
  ]);
  // The model thinks on after it has spoken.
  assertEquals(
    responses(answer("Look."), reasoning("which?"), call("1"), tokens({ input_tokens: 9, output_tokens: 1 })),
    [{ text: "Look.", reasoning: "which?" }],
  );
  // The screen tells it again.
  assertEquals(
    responses(reasoning("one"), line("event_msg", { type: "agent_reasoning", text: "one" }), answer("Done.")),
    [{ reasoning: "one", text: "Done." }],
  );
});

Deno.test("codex tells a file that is written from one that is changed", () => {
  const patch = (text: string) =>
    parse([
      META,
      line("response_item", { type: "custom_tool_call", name: "apply_patch", call_id: "1", input: text }),
    ])
      .slice(1).map(({ type, data }) => [type, data]);
  const begin = "*** Begin Patch\n";
  const end = "*** End Patch";
  const call = { tool: "apply_patch", callId: "1" };
  assertEquals(patch(`${begin}*** Add File: a b.txt\n+one\n+\n${end}`), [
    ["file_write", { ...call, path: "a b.txt", content: "one\n\n" }],
  ]);
  const two = `${begin}*** Add File: a.txt\n+one\n*** Delete File: b.txt\n${end}`;
  assertEquals(patch(two), [["file_modify", { ...call, path: "a.txt", patch: two }]]);
  assertEquals(patch("not a patch"), [["file_modify", { ...call, patch: "not a patch" }]]);
});
