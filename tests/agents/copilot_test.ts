import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { copilot } from "../../src/agents/copilot.ts";
import { FoldedDocument } from "../../src/agents/folded_document.ts";
import { pathOfUri, workspaceOf } from "../../src/agents/copilot/uri.ts";
import type { EventDraft } from "../../src/events/event.ts";
import { invocation, request, rounds, session } from "./copilot/sessions.ts";
import { checkEvent, type Line, parseAll } from "./harness.ts";

const PATH = "0123/chatSessions/11111111-2222-4333-8444-555555555555.json";

function eventsOf(document: object, path = PATH) {
  const { events, unknown } = parseAll(copilot, path, [document]);
  for (const event of events) checkEvent(event);
  assertEquals(unknown, {});
  return events;
}

/** Type and what matters of the data. */
const told = (events: readonly EventDraft[]) =>
  events.map(({ type, data }) => [type, JSON.parse(JSON.stringify(data))]);

Deno.test("a session makes its start, prompts, answers and calls, each call with what was asked and what came of it", () => {
  const events = eventsOf(session([
    request("a", 1_770_000_001_000, {
      variableData: {
        variables: [
          { kind: "file", name: "x.ts", value: { path: "/p/x.ts", scheme: "file" } },
          { kind: "image", name: "shot" },
        ],
      },
      response: [
        { kind: "thinking", value: "Hm." },
        { value: "I look at " },
        { kind: "inlineReference", inlineReference: { path: "/p/x.ts", scheme: "file" } },
        { value: "." },
        invocation("i1", "copilot_readFile"),
        invocation("i2", "copilot_insertEdit", { presentation: "hidden" }),
        invocation("i3", "vscode_editFile_internal", { presentation: "hidden" }),
        invocation("i4", "copilot_runInTerminal", {
          toolSpecificData: { kind: "terminal", commandLine: { original: "ls" } },
        }),
        { value: "Done." },
      ],
      result: {
        timings: { totalElapsed: 500 },
        metadata: rounds(
          { id: "call_1", name: "read_file", args: { filePath: "/p/x.ts" }, result: "one" },
          { id: "call_2", name: "insert_edit_into_file", args: { filePath: "/p/x.ts", code: "two" } },
          { id: "call_3", name: "run_in_terminal", args: { command: "ls" }, result: "x.ts" },
        ),
        usage: { promptTokens: 900, completionTokens: 30 },
      },
    }),
  ]));
  assertEquals(told(events), [
    ["session_start", { title: "A title", source: "panel" }],
    ["llm_request", {
      prompt: "Question a",
      attachments: [{ kind: "file", path: "/p/x.ts" }, { kind: "image", path: "shot" }],
    }],
    ["file_read", { tool: "read_file", callId: "i1", path: "/p/x.ts", result: "one" }],
    ["file_modify", {
      tool: "insert_edit_into_file",
      callId: "i2",
      path: "/p/x.ts",
      patch: { code: "two" },
      result: "Used copilot_insertEdit",
    }],
    ["command_execution", { tool: "run_in_terminal", callId: "i4", command: "ls", output: "x.ts" }],
    ["llm_response", { text: "I look at `x.ts`.\n\nDone.", reasoning: "Hm." }],
  ]);
  assertEquals(events.at(-1)!.metrics, { inputTokens: 900, outputTokens: 30, durationMs: 500 });
  assertEquals(events.at(-1)!.timestamp, 1_770_000_001_500);
  assertEquals(events.map(({ complete }) => complete), events.map(() => true));
});

Deno.test("an answer that still runs is not complete, and keeps its ids when it is", () => {
  const running = request("a", 1_770_000_001_000, {
    responseId: undefined,
    response: [{ value: "Let me " }, invocation("i1", "copilot_readFile", { isComplete: false })],
    modelState: { value: 0 },
    result: undefined,
  });
  const done = request("a", 1_770_000_001_000, {
    response: [{ value: "Let me see." }, invocation("i1", "copilot_readFile")],
    result: {
      metadata: rounds({ id: "call_1", name: "read_file", args: { filePath: "/p/x.ts" }, result: "one" }),
    },
  });
  const before = eventsOf(session([running]));
  const after = eventsOf(session([done]));
  assertEquals(before.map(({ id }) => id), after.map(({ id }) => id));
  assertEquals(before.map(({ complete }) => complete), [true, true, false, false]);
  assertEquals(after.map(({ complete }) => complete), [true, true, true, true]);
});

Deno.test("cancelled and failed requests say so; a call that was refused is a denial", () => {
  const events = eventsOf(session([
    request("a", 1_770_000_001_000, { modelState: { value: 2, completedAt: 1_770_000_002_000 } }),
    request("b", 1_770_000_003_000, {
      modelState: { value: 3 },
      result: { errorDetails: { message: "Sorry, no quota", code: "quotaExceeded" } },
    }),
    request("c", 1_770_000_004_000, {
      modelState: undefined,
      isCanceled: true,
      response: [invocation("i1", "copilot_createFile", { isConfirmed: { type: 0 } })],
    }),
  ]));
  const types = events.map(({ type, data }) =>
    `${type} ${(data as { action?: string }).action ?? ""}`.trim()
  );
  assertEquals(types, [
    "session_start",
    "llm_request",
    "llm_response",
    "user_interaction cancel",
    "llm_request",
    "llm_response",
    "error_encountered",
    "llm_request",
    "file_write",
    "user_interaction deny",
    "llm_response",
    "user_interaction cancel",
  ]);
  assertEquals(told(events)[6], ["error_encountered", { message: "Sorry, no quota", code: "quotaExceeded" }]);
});

Deno.test("old forms are read: a message that is a text, edits without a call, a model that was chosen by itself", () => {
  const events = eventsOf({
    requests: [{
      requestId: "r",
      timestamp: 1_730_000_000_000,
      message: "Change it",
      modelId: "copilot/auto",
      response: [{ kind: "textEditGroup", uri: "file:///p/a%20b.ts", edits: [[{ text: "x" }]], done: true }],
      result: { details: "Claude Sonnet 4 • 1x" },
    }],
  }, "w/chatSessions/stem.json");
  assertEquals(events.map(({ type, sessionId, model }) => ({ type, sessionId, model })), [
    { type: "session_start", sessionId: "stem", model: "Claude Sonnet 4" },
    { type: "llm_request", sessionId: "stem", model: "Claude Sonnet 4" },
    { type: "file_modify", sessionId: "stem", model: "Claude Sonnet 4" },
    { type: "llm_response", sessionId: "stem", model: "Claude Sonnet 4" },
  ]);
  assertEquals(told(events)[2], ["file_modify", {
    tool: "textEditGroup",
    path: "/p/a b.ts",
    patch: [[{ text: "x" }]],
  }]);
});

Deno.test("of a call in an answer that was broken off there is what the editor showed", () => {
  const events = eventsOf(session([request("a", 1_770_000_001_000, {
    response: [
      invocation("i1", "mcp_search", { toolSpecificData: { kind: "input", rawInput: { q: "x" } } }),
      invocation("i2", "mcp_search", {
        resultDetails: {
          input: '{"q":"y"}',
          output: [
            { type: "embed", isText: true, value: "found" },
            { type: "embed", mimeType: "image/png", value: "aGk=" },
          ],
        },
      }),
    ],
    result: undefined,
  })]));
  assertEquals(told(events).slice(2, 4), [
    ["tool_use", {
      tool: "mcp_search",
      callId: "i1",
      arguments: { q: "x" },
      result: "Used mcp_search",
    }],
    ["tool_use", { tool: "mcp_search", callId: "i2", arguments: { q: "y" }, result: "found" }],
  ]);
});

Deno.test("the calls of a sub-agent are told as they are shown, and take nothing of what the session asked for", () => {
  const events = eventsOf(session([request("a", 1_770_000_001_000, {
    response: [
      invocation("i1", "runSubagent", { toolSpecificData: { kind: "subagent", description: "Look" } }),
      invocation("i2", "copilot_readFile", { subAgentInvocationId: "i1" }),
      invocation("i3", "copilot_runInTerminal", {
        subAgentInvocationId: "i1",
        toolSpecificData: { kind: "terminal", commandLine: { original: "ls" } },
      }),
      invocation("i4", "copilot_createFile"),
    ],
    result: {
      metadata: rounds(
        { id: "call_1", name: "runSubagent", args: { prompt: "Look" }, result: "Seen." },
        { id: "call_2", name: "create_file", args: { filePath: "/p/x.ts", content: "x" }, result: "Made." },
        { id: "call_3", name: "read_file", args: { filePath: "/p/x.ts" }, result: "x" },
      ),
    },
  })]));
  assertEquals(told(events).slice(2, -1), [
    ["tool_use", { tool: "runSubagent", callId: "i1", arguments: { prompt: "Look" }, result: "Seen." }],
    ["file_read", { tool: "copilot_readFile", callId: "i2", result: "Used copilot_readFile" }],
    ["command_execution", {
      tool: "copilot_runInTerminal",
      callId: "i3",
      command: "ls",
      output: "Used copilot_runInTerminal",
    }],
    ["file_write", {
      tool: "create_file",
      callId: "i4",
      path: "/p/x.ts",
      content: "x",
      result: "Made.",
    }],
    ["file_read", { tool: "read_file", callId: "call_3", path: "/p/x.ts", result: "x" }],
  ]);
});

Deno.test("calls that are shown under the ids that they were asked for are paired by those", () => {
  const events = eventsOf(session([request("a", 1_770_000_001_000, {
    response: [invocation("call_2", "copilot_readFile"), invocation("i3", "copilot_listDirectory")],
    result: {
      metadata: rounds(
        { id: "call_1", name: "list_dir", args: { path: "/p" }, result: "x.ts" },
        { id: "call_2", name: "read_file", args: { filePath: "/p/x.ts" }, result: "x" },
      ),
    },
  })]));
  assertEquals(told(events).slice(2, -1), [
    ["file_read", { tool: "read_file", callId: "call_2", path: "/p/x.ts", result: "x" }],
    ["tool_use", { tool: "list_dir", callId: "i3", arguments: { path: "/p" }, result: "x.ts" }],
  ]);
});

Deno.test("each change of a file and each call is an event of its own, also where two have one name", () => {
  const change = (kind: string, path: string, text: string) => ({
    kind,
    uri: { scheme: "file", path },
    edits: [[{ text }]],
    done: true,
  });
  const edited = eventsOf(session([request("a", 1_770_000_001_000, {
    response: [
      change("textEditGroup", "/p/a.ts", "one"),
      change("textEditGroup", "/p/a.ts", "two"),
      change("notebookEditGroup", "/p/a.ipynb", "three"),
    ],
  })]));
  assertEquals(told(edited.filter(({ type }) => type === "file_modify")), [
    ["file_modify", { tool: "textEditGroup", path: "/p/a.ts", patch: [[{ text: "one" }]] }],
    ["file_modify", { tool: "textEditGroup", path: "/p/a.ts", patch: [[{ text: "two" }]] }],
    ["file_modify", { tool: "notebookEditGroup", path: "/p/a.ipynb", patch: [[{ text: "three" }]] }],
  ]);
  const called = eventsOf(session([request("a", 1_770_000_001_000, {
    response: [
      invocation("call_0", "copilot_readFile", { isConfirmed: { type: 0 } }),
      invocation("call_0", "copilot_readFile", { isConfirmed: { type: 0 } }),
    ],
  })]));
  assertEquals(called.map(({ type }) => type).slice(2, -1), [
    "file_read",
    "user_interaction",
    "file_read",
    "user_interaction",
  ]);
});

Deno.test("a log of operations makes the same events as the document that it makes", () => {
  const first = request("a", 1_770_000_001_000);
  const second = request("b", 1_770_000_003_000);
  const log: Line[] = [
    { kind: 0, v: session([], { customTitle: undefined }) },
    {
      kind: 2,
      k: ["requests"],
      v: [{ ...first, response: [], modelState: { value: 0 }, result: undefined }],
    },
    { kind: 2, k: ["requests", 0, "response"], v: [{ value: "Ans" }, { value: "junk" }] },
    { kind: 2, k: ["requests", 0, "response"], i: 0, v: first.response },
    { kind: 1, k: ["requests", 0, "result"], v: first.result },
    { kind: 1, k: ["requests", 0, "modelState"], v: first.modelState },
    // A request that was edited away.
    { kind: 2, k: ["requests"], v: [request("gone", 1_770_000_002_000)] },
    { kind: 2, k: ["requests"], i: 1, v: [second] },
    { kind: 1, k: ["customTitle"], v: "A title" },
    { kind: 1, k: ["requests", 1, "completionTokens"], v: 44 },
    { kind: 3, k: ["hasPendingEdits"] },
  ];
  const { events, unknown } = parseAll(copilot, PATH.replace(/json$/, "jsonl"), log);
  assertEquals(unknown, {});
  assertEquals(events, eventsOf(session([first, { ...second, completionTokens: 44 }])));
});

Deno.test("a log without its beginning, or with a path that leads nowhere, is damaged and says nothing", () => {
  const lines = [{ kind: 1, k: ["customTitle"], v: "x" }, { kind: 2, k: ["requests"], v: [] }];
  assertEquals(parseAll(copilot, `${PATH}l`, lines), {
    events: [],
    emitted: [],
    unknown: { "damaged:no-start": 2, "damaged:incomplete": 1 },
  });
  const bad = [{ kind: 0, v: session([]) }, { kind: 1, k: ["requests", 3, "vote"], v: 1 }, {
    kind: 9,
    k: ["x"],
  }, {
    kind: 1,
    k: ["__proto__", "polluted"],
    v: 1,
  }];
  assertEquals(parseAll(copilot, `${PATH}l`, bad).unknown, { "damaged:bad-operation": 3 });
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("FoldedDocument folds what it is told to, as plain assignments do", () => {
  const operations = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant(1), k: fc.tuple(fc.constantFrom("a", "b")), v: fc.jsonValue() }),
      fc.record({ kind: fc.constant(3), k: fc.tuple(fc.constantFrom("a", "b")) }),
      fc.record(
        { kind: fc.constant(2), k: fc.tuple(fc.constant("list")), v: fc.array(fc.nat(9)), i: fc.nat(4) },
        { requiredKeys: ["kind", "k", "v"] },
      ),
    ),
  );
  fc.assert(
    fc.property(operations, fc.boolean(), (operations, isLarge) => {
      const folded = new FoldedDocument("list");
      if (isLarge) folded.startPacking();
      folded.apply({ kind: 0, v: { list: [] } });
      const model: Record<string, unknown> = { list: [] };
      for (const operation of operations) {
        assertEquals(folded.apply(structuredClone(operation)), "folded");
        const [key] = operation.k;
        if (operation.kind === 1) model[key] = (operation as { v: unknown }).v;
        else if (operation.kind === 3) delete model[key];
        else {
          const { v, i } = operation as { v: number[]; i?: number };
          model.list = [...(model.list as number[]).slice(0, i ?? Infinity), ...v];
        }
      }
      assertEquals({ ...folded.header, list: [...folded.items] }, model);
    }),
  );
});

Deno.test("ids hang on no time but the request's own name, and survive the copy of a session into another window", () => {
  const requests = [request("a", 1_770_000_001_000, { response: [invocation("i1", "copilot_readFile")] })];
  const later = requests.map((request) => ({
    ...request,
    timestamp: 1_780_000_000_000,
    modelState: { value: 1, completedAt: 1 },
  }));
  const ids = (document: object, path?: string) => eventsOf(document, path).map(({ id }) => id);
  assertEquals(ids(session(later, { creationDate: 5 })), ids(session(requests)));
  assertEquals(ids(session(requests), "other/chatSessions/copy.json"), ids(session(requests)));
});

Deno.test("pathOfUri() and workspaceOf() read what VS Code writes of folders, near and far", () => {
  for (
    const [uri, path] of [
      ["file:///home/u/app", "/home/u/app"],
      ["file:///c%3A/work/my%20app", "c:\\work\\my app"],
      ["file://server/share/app", "\\\\server\\share\\app"],
      ["vscode-remote://ssh-remote%2Bhost/home/u/app", "/home/u/app"],
      ["vscode-remote://wsl%2BUbuntu/home/u/100%", "/home/u/100%"],
      ["untitled:Untitled-1", undefined],
      ["https://example.com/x", undefined],
      [{ path: "/c:/x/y", scheme: "file" }, "c:\\x\\y"],
      [7, undefined],
    ] as const
  ) assertEquals(pathOfUri(uri), path);
  assertEquals(workspaceOf({ folder: "file:///p" }), "/p");
  assertEquals(workspaceOf({ workspace: "file:///p/all.code-workspace" }), "/p");
  assertEquals(workspaceOf(undefined), undefined);
});

Deno.test("roots() are the folders of every editor on each system, and in WSL those of Windows' users", () => {
  const roots = (
    os: "linux" | "darwin" | "windows",
    home: string,
    variables: Record<string, string> = {},
    windowsHomes?: string[],
  ) => copilot.roots({ os, home, windowsHomes, get: (name) => variables[name] });
  const linux = roots("linux", "/home/u", {}, ["/mnt/c/Users/u"]);
  for (
    const root of [
      "/home/u/.config/Code/User/workspaceStorage",
      "/home/u/.config/VSCodium/User/globalStorage/emptyWindowChatSessions",
      "/home/u/.vscode-server/data/User/workspaceStorage",
      "/home/u/.var/app/com.visualstudio.code/config/Code/User/workspaceStorage",
      "/mnt/c/Users/u/AppData/Roaming/Code - Insiders/User/workspaceStorage",
    ]
  ) assertEquals(linux.includes(root), true, root);
  assertEquals(
    roots("linux", "/home/u", { XDG_CONFIG_HOME: "/x", VSCODE_PORTABLE: "/p" }).filter((root) =>
      /^\/[xp]\//.test(root)
    ).length,
    56,
  );
  assertEquals(
    roots("darwin", "/Users/u")[0],
    "/Users/u/Library/Application Support/Code/User/workspaceStorage",
  );
  assertEquals(
    roots("windows", "C:\\Users\\u")[0],
    "C:\\Users\\u\\AppData\\Roaming\\Code\\User\\workspaceStorage",
  );
  assertEquals(
    roots("windows", "C:\\Users\\u", { APPDATA: "D:\\R" })[0],
    "D:\\R\\Code\\User\\workspaceStorage",
  );
});

Deno.test("classify() takes sessions, a log before the document beside it; enters() goes only where they may lie", () => {
  const { beginning, ...log } = copilot.classify("0123/chatSessions/s.jsonl")!;
  assertEquals(log, { format: "operations", twin: "0123/chatSessions/s", rank: 0 });
  assertEquals(['{"kind":0,"v":{}}', '{"kind":1,"k":[]}', ""].map((text) => beginning!.test(text)), [
    true,
    false,
    false,
  ]);
  assertEquals(copilot.classify("0123/chatSessions/s.json"), {
    format: "document",
    twin: "0123/chatSessions/s",
    rank: 1,
  });
  assertEquals(copilot.classify("s.json")?.twin, "s");
  for (
    const path of [
      "0123/workspace.json",
      "0123/chatSessions/s.json.tmp",
      "0123/chatEditingSessions/x/state.json",
    ]
  ) {
    assertEquals(copilot.classify(path), undefined);
  }
  assertEquals(copilot.companions!("0123/chatSessions/s.json", () => []), ["0123/workspace.json"]);
  assertEquals(copilot.companions!("s.json", () => []), []);
  const transcript = "0123/GitHub.copilot-chat/transcripts/s.jsonl";
  assertEquals(copilot.classify(transcript), {
    format: "jsonl",
    twin: transcript,
    rank: 2,
    standsInFor: "s",
  });
  assertEquals(copilot.companions!(transcript, () => []), ["0123/workspace.json"]);
  const extension = "/home/u/.config/Code/User/globalStorage/github.copilot-chat";
  const traces = { format: "database", twin: "agent-traces.db", rank: 3 } as const;
  assertEquals(copilot.classify("agent-traces.db", extension), traces);
  assertEquals(copilot.classify("globalStorage/github.copilot-chat/agent-traces.db")?.format, "database");
  assertEquals(copilot.classify("0123/agent-traces.db"), undefined);
  assertEquals(copilot.classify("copilot.cli.json", extension), undefined);
  assertEquals(copilot.isFlat!(extension), true);
  const entered = [
    "globalStorage/github.copilot-chat",
    "0123",
    "0123/chatSessions",
    "workspaceStorage/0123",
    "workspaceStorage/0123/chatSessions",
    "0123/GitHub.copilot-chat",
    "0123/GitHub.copilot-chat/transcripts",
  ];
  assertEquals(entered.filter((path) => !copilot.enters(path)), []);
  assertEquals(
    ["0123/chatEditingSessions", "0123/chatSessions/x", "0123/GitHub.copilot-chat/debug-logs"].filter((
      path,
    ) => copilot.enters(path)),
    [],
  );
});
