import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { parseArguments } from "../../src/cli/arguments.ts";
import type { Command } from "../../src/cli/command.ts";
import { EXIT, reportError, UsageError } from "../../src/cli/errors.ts";
import { countCells } from "../../src/cli/cells.ts";
import { formatLocalTime, renderEventLine, summarize } from "../../src/cli/event_line.ts";
import { COLOURS, NO_COLOURS } from "../../src/cli/palette.ts";
import { command, explainNothing, printEvents, readQueryFilter } from "../../src/cli/query.ts";
import { OutputClosed } from "../../src/cli/terminal.ts";
import type { AgentEvent } from "../../src/events/event.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { draft, entry, StoreFiller } from "../store/filled_store.ts";
import { TempFolder } from "../store/temp_store.ts";
import { RecordingTerminal } from "./recording_terminal.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY = 86_400_000;

const TIMES: readonly (readonly [option: string, text: string, expected: number])[] = [
  ["since", "2026-01-31", new Date(2026, 0, 31).getTime()],
  ["until", "2026-01-31", new Date(2026, 1, 1).getTime()],
  ["until", "2026-12-31", new Date(2027, 0, 1).getTime()],
  ["since", "2024-02-29", new Date(2024, 1, 29).getTime()],
  ["since", "2026-01-31T12:30", new Date(2026, 0, 31, 12, 30).getTime()],
  ["since", "2026-01-31 12:30:05", new Date(2026, 0, 31, 12, 30, 5).getTime()],
  ["until", "2026-01-31T12:30:00Z", Date.UTC(2026, 0, 31, 12, 30)],
  ["since", "2026-01-31T12:30:00.250+01:00", Date.UTC(2026, 0, 31, 11, 30, 0, 250)],
  ["since", "2026-01-31t12:30:00z", Date.UTC(2026, 0, 31, 12, 30)],
  ["since", "2026-01-31T12:30-0330", Date.UTC(2026, 0, 31, 16)],
  ["since", "7d", NOW - 7 * DAY],
  ["until", "12h", NOW - DAY / 2],
  ["since", "30m", NOW - 1_800_000],
];

for (const [option, text, expected] of TIMES) {
  Deno.test(`query --${option} takes ${text}`, () => {
    const filter = filterOf(`--${option}`, text);
    assertEquals(option === "since" ? filter.since : filter.until, expected);
  });
}

for (
  const text of [
    "yesterday",
    "7",
    "-7d",
    "2026-02-29",
    "2026-13-01",
    "2026-02-30T10:00",
    "2026-01-31T25:00",
    "31.01.2026",
  ]
) {
  Deno.test(`query --since refuses ${text} and says what it expects`, () => {
    const error = assertThrows(() => filterOf(`--since=${text}`), UsageError, JSON.stringify(text));
    assertStringIncludes(error.message, "--since");
    assertStringIncludes(error.hint!, "2026-01-31");
    assertEquals(error.exitCode, EXIT.wrongUsage);
  });
}

Deno.test("query takes the time of --last, and refuses one that is no length of time", () => {
  assertEquals(filterOf("--last", "7d").since, NOW - 7 * DAY);
  assertThrows(() => filterOf("--last", "2026-01-31"), UsageError, "--last");
});

Deno.test("query refuses times that exclude each other", () => {
  assertThrows(() => filterOf("--last", "7d", "--since", "8d"), UsageError, "exclude each other");
  assertThrows(() => filterOf("--since", "1d", "--until", "2d"), UsageError, "--until");
});

Deno.test("query takes lists, a limit and folders relative to where one stands", () => {
  assertEquals(filterOf(), {
    agents: [],
    workspaces: [],
    sessions: [],
    types: [],
    since: undefined,
    until: undefined,
    search: undefined,
    limit: 50,
    includeSuperseded: false,
  });
  const words = [
    "--agent=codex",
    "--agent=cursor",
    "--workspace=.",
    "--session=ab",
    "--type=tool_use",
    "--search=X",
  ];
  assertEquals(filterOf(...words, "--limit=0", "--all"), {
    agents: ["codex", "cursor"],
    workspaces: ["/here/."],
    sessions: ["ab"],
    types: ["tool_use"],
    since: undefined,
    until: undefined,
    search: "X",
    limit: 0,
    includeSuperseded: true,
  });
});

Deno.test("query refuses a type that there is not, and says which was meant", () => {
  const error = assertThrows(() => filterOf("--type", "tool_uses"), UsageError);
  assertStringIncludes(error.hint!, "tool_use");
});

const SUMMARIES: readonly (readonly [Partial<AgentEvent>, string])[] = [
  [{ type: "llm_request", data: { prompt: "Do it" } }, "Do it"],
  [{ type: "llm_response", data: { text: "Done", reasoning: "Hm" } }, "Done"],
  [{ type: "llm_response", data: { reasoning: "Hm" } }, "Hm"],
  [{ type: "llm_response", data: { stopReason: "tool_use" } }, "(tool_use)"],
  [{ type: "llm_response", data: {} }, ""],
  [{ type: "tool_use", data: { tool: "grep", arguments: { q: "x" } } }, 'grep {"q":"x"}'],
  [{ type: "tool_use", data: { tool: "think" } }, "think"],
  [{ type: "file_read", data: { tool: "Read", path: "/a" } }, "/a"],
  [{ type: "file_modify", data: { tool: "Edit", isError: true } }, "Edit (failed)"],
  [{ type: "command_execution", data: { tool: "Bash", command: "ls", exitCode: 0 } }, "$ ls"],
  [{ type: "command_execution", data: { tool: "Bash", command: "ls", exitCode: 2 } }, "$ ls (exit code 2)"],
  [{ type: "command_execution", data: { tool: "Bash", isError: true } }, "Bash (failed)"],
  [{ type: "user_interaction", data: { action: "slash_command", text: "/help" } }, "slash_command /help"],
  [{ type: "error_encountered", data: { message: "Overloaded", code: "529" } }, "529 Overloaded"],
  [{ type: "session_start", data: { title: "T", source: "cli" } }, "T"],
  [{ type: "session_end", data: { reason: "exit" } }, "exit"],
  [{ superseded: true, data: { prompt: "old" } }, "(superseded) old"],
];

for (const [given, expected] of SUMMARIES) {
  Deno.test(`summarize() makes ${JSON.stringify(expected)} of ${JSON.stringify(given)}`, () => {
    assertEquals(summarize(event(given)), expected);
  });
}

Deno.test("renderEventLine() is one line, safe to print, and as wide as the terminal at the most", () => {
  const prompt = "\x1b[31mRed\x07\n\ttext " + "漢字 ".repeat(10_000);
  const line = renderEventLine(event({ data: { prompt } }), { columns: 100, colour: NO_COLOURS });
  assert(
    line.startsWith(`${formatLocalTime(NOW)}  claude-code     0b5d3c1e  llm_request        Red text 漢字`),
    line,
  );
  assert(line.endsWith("…"));
  assert(countCells(line) <= 100 && countCells(line) > 97, line);
});

Deno.test("renderEventLine() cuts nothing in a pipe, and the id of a session to what --session takes", () => {
  const given = event({
    agent: "an-agent-of-mine",
    sessionId: "session-2026-01-31-x",
    data: { prompt: "a".repeat(5_000) },
  });
  const line = renderEventLine(given, { columns: Infinity, colour: NO_COLOURS });
  assertEquals(
    line,
    `${formatLocalTime(NOW)}  an-agent-of-mine  session-2026-01-  llm_request        ${"a".repeat(5_000)}`,
  );
});

Deno.test("renderEventLine() paints what failed red", () => {
  const style = { columns: 100, colour: COLOURS };
  const type = "command_execution";
  const good = renderEventLine(event({ type, data: { tool: "Bash", command: "ls" } }), style);
  const bad = renderEventLine(event({ type, data: { tool: "Bash", command: "ls", isError: true } }), style);
  assertStringIncludes(good, COLOURS.bold(type));
  assertStringIncludes(bad, COLOURS.red(type));
});

Deno.test("printEvents() prints an array as json and a line each as jsonl, exactly", () => {
  const events = [event({}), event({ data: { prompt: "é\n" } })];
  for (const some of [[], events.slice(1), events]) {
    const [json, jsonl, text] = (["json", "jsonl", "text"] as const).map((format) => {
      const terminal = new RecordingTerminal();
      assertEquals(printEvents(some, format, terminal), some.length);
      return terminal.stdout;
    });
    assertEquals(JSON.parse(json!), some);
    assertEquals(jsonl, some.map((one) => `${JSON.stringify(one)}\n`).join(""));
    assertEquals(text!.split("\n").length - 1, some.length);
  }
});

Deno.test("printEvents() prints as it goes, and stops to read when nobody reads what it prints", () => {
  const terminal = new RecordingTerminal();
  let read = 0;
  let longest = 0;
  function* events() {
    for (; read < 10_000; read++) yield event({ data: { prompt: "x".repeat(1_000) } });
  }
  const { out } = terminal;
  terminal.out = (text) => {
    longest = Math.max(longest, text.length);
    if (read > 200) throw new OutputClosed("nobody reads");
    out.call(terminal, text);
  };
  const error = assertThrows(() => printEvents(events(), "jsonl", terminal), OutputClosed);
  assert(read < 400, `${read} events were read`);
  assert(longest < 70_000, `${longest} units were printed at once`);
  assertEquals(reportError(error, terminal), EXIT.done);
  assertEquals(terminal.stderr, "");
});

for (
  const [asked, known, expected] of [
    [[], ["codex"], "No events match.\n"],
    [["codex"], ["codex"], "No events match.\n"],
    [["claud-code"], ["codex", "claude-code"], "Did you mean `claude-code`?"],
    [["zed"], ["codex", "claude-code"], "There are codex, claude-code."],
    [["zed"], [], "Nothing was found of any agent yet."],
  ] as const
) {
  Deno.test(`explainNothing() says ${expected.trim()} for ${asked.join() || "no agent"} of ${known.join() || "none"}`, () => {
    assertStringIncludes(explainNothing(asked, known), expected);
  });
}

Deno.test("query prints the events of the store", async () => {
  using folder = new TempFolder();
  const environment = environmentOf(folder.path);
  fill(folder.path);
  const all = await call(command, environment, "--format", "jsonl", "--limit", "0");
  assertEquals(all.code, EXIT.done);
  assertEquals(all.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).data.prompt), ["one", "two"]);
  const some = await call(command, environment, "--search", "TWO");
  assertStringIncludes(some.stdout, "two");
  assertEquals(some.stdout.split("\n").length, 2);
  const none = await call(command, environment, "--agent", "codecs");
  assertEquals([none.code, none.stdout], [EXIT.done, ""]);
  assertStringIncludes(none.stderr, "Did you mean `codex`?");
  const script = await call(command, environment, "--agent", "codecs", "--format", "json");
  assertEquals([script.stdout, script.stderr], ["[\n]\n", ""]);
});

Deno.test("query says how to make a store where there is none", async () => {
  using folder = new TempFolder();
  const { code, stdout, stderr } = await call(command, environmentOf(folder.path));
  assertEquals([code, stdout], [EXIT.failed, ""]);
  assertEquals(
    stderr,
    `error: there is no store yet at ${join(folder.path, ".devlog", "data", "devlog.db")}\n` +
      "Run `devlog-collector start` to make it.\n",
  );
});

Deno.test("query says what to do when the store is damaged", async () => {
  using folder = new TempFolder();
  const path = fill(folder.path);
  const bytes = Deno.readFileSync(path);
  Deno.writeFileSync(path, bytes.fill(0x5a, 4096));
  const { code, stderr } = await call(command, environmentOf(folder.path));
  assertEquals(code, EXIT.failed);
  assertStringIncludes(stderr, "can't be read");
  assertStringIncludes(stderr, "devlog-collector start");
});

/** Makes the store of a home folder and returns its path. */
function fill(home: string): string {
  Deno.mkdirSync(`${home}/.devlog/data`, { recursive: true });
  const path = `${home}/.devlog/data/devlog.db`;
  using filler = new StoreFiller(path);
  filler.commit(filler.source(entry("a", { agent: "codex" })), "codex", [
    draft({ key: "one" }),
    draft({ key: "two", timestamp: 2_000 }),
  ]);
  return path;
}

function environmentOf(home: string): Environment {
  return { os: Deno.build.os === "windows" ? "windows" : "linux", home, get: () => undefined };
}

async function call(command: Command, environment: Environment, ...args: readonly string[]) {
  const terminal = new RecordingTerminal();
  let code: number;
  try {
    code = await command.run({ ...parseArguments(command, args), terminal, environment });
  } catch (error) {
    code = reportError(error, terminal);
  }
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

function filterOf(...args: readonly string[]) {
  return readQueryFilter(parseArguments(command, args).options, {
    now: NOW,
    resolvePath: (path) => `/here/${path}`,
  });
}

function event(given: Partial<AgentEvent>): AgentEvent {
  return {
    id: "00000000-0000-8000-8000-000000000000",
    revision: 1,
    type: "llm_request",
    timestamp: NOW,
    agent: "claude-code",
    sessionId: "0b5d3c1e-0000-4000-8000-000000000000",
    data: { prompt: "p" },
    ...given,
  } as AgentEvent;
}
