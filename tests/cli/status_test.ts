import { assert, assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { parseArguments } from "../../src/cli/arguments.ts";
import { countCells } from "../../src/cli/cells.ts";
import { EXIT, reportError } from "../../src/cli/errors.ts";
import { COLOURS, NO_COLOURS } from "../../src/cli/palette.ts";
import { command, gatherFacts } from "../../src/cli/status.ts";
import type { RemoteReport } from "../../src/cli/remote_lines.ts";
import { renderStatus, type StatusFacts } from "../../src/cli/status_screen.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { CollectorLock, writeCollectorInfo } from "../../src/service/lock.ts";
import type { StoreSummary } from "../../src/store/summary.ts";
import { keysExplainedIn, sectionOf } from "../docs/markdown.ts";
import { draft, entry, StoreFiller } from "../store/filled_store.ts";
import { TempFolder } from "../store/temp_store.ts";
import { RecordingTerminal } from "./recording_terminal.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const MINUTE = 60_000;

const RUNNING = {
  running: true,
  pid: 4711,
  version: "1.2.0",
  startedAt: NOW - 62 * MINUTE,
  startedBy: "start",
  watching: "events",
  phase: "live",
} as const;

const SUMMARY: StoreSummary = {
  path: "/home/ann/.devlog/data/devlog.db",
  bytes: 48_200_000,
  events: 123_456,
  agents: [
    {
      agent: "claude-code",
      sources: 1_200,
      bytes: 300_000_000,
      committedBytes: 300_000_000,
      lastSyncedAt: NOW - 3_000,
    },
    { agent: "codex", sources: 34, bytes: 100_000_000, committedBytes: 100_000_000 },
  ],
  sources: { pending: 0, syncing: 0, synced: 1_234, error: 0, gone: 0, leftOut: 0 },
  leftOutEvents: 0,
  failures: [],
  unreadRecords: 0,
  unreadKinds: [],
  silent: [],
  problems: [],
  remotes: 0,
};

Deno.test("renderStatus() shows on one screen that all is well", () => {
  assertEquals(
    render(RUNNING, SUMMARY),
    `Collector
  running for 1 h 2 min (process 4711, version 1.2.0)
  started in a terminal, with which it ends
  watching for changes

Sync
  up to date: 1,234 sources, 400 MB

Agents
  Agent        Sources    Size  Last synced
  claude-code    1,200  300 MB      3 s ago
  codex             34  100 MB        never

Store
  /home/ann/.devlog/data/devlog.db
  123,456 events, 48 MB
`,
  );
});

Deno.test("renderStatus() says how to start where nothing is there yet", () => {
  assertEquals(
    render({ running: false }, undefined),
    `Collector
  not running
  Start it: devlog-collector start

Store
  /no/store
  does not exist yet
`,
  );
});

const SYNCING: StoreSummary = {
  ...SUMMARY,
  agents: [{ agent: "codex", sources: 10, bytes: 1_000_000, committedBytes: 999_999 }],
  sources: { pending: 2, syncing: 1, synced: 0, error: 7, gone: 1, leftOut: 4 },
  leftOutEvents: 1,
  failures: [
    { agent: "codex", path: "/a", error: "/a is cut or damaged", nextTry: NOW + 5 * MINUTE },
    { agent: "codex", path: "/b", error: "out of memory", nextTry: NOW - 1 },
    { agent: "codex", path: "/c", error: "/c is a link\x1b[31m" },
    ...["/d", "/e", "/f", "/g"].map((path) => ({ agent: "codex", path, error: "no" })),
  ],
};

const LINES:
  readonly (readonly [string, StatusFacts["collector"], Partial<StoreSummary>, readonly string[]])[] = [
    ["sweeping", { ...RUNNING, watching: "sweep" }, {}, ["  sweeping: the system can't tell"]],
    ["a sync that ends by itself", { ...RUNNING, startedBy: "sync", watching: "none" }, {}, [
      "  reading what there is",
    ]],
    ["a pause", { ...RUNNING, phase: "paused" }, {}, ["  paused until a problem below is solved"]],
    ["a collector of another version", { ...RUNNING, version: "1.1.0" }, {}, [
      "  this is version 1.2.0: start the collector again",
    ]],
    ["a service", { ...RUNNING, startedBy: "service" }, {}, ["  started as a service, at each login\n"]],
    ["one in the background", { ...RUNNING, startedBy: "background" }, {}, ["  started in the background"]],
    ["a collector that says nothing of itself", { running: true }, {}, ["  running\n"]],
    ["progress, never 100 % before the end", RUNNING, SYNCING, [
      "  99.9 %: 1.0 MB of 1.0 MB\n",
      "  3 sources to read\n",
    ]],
    ["that nothing goes on", { running: false }, SYNCING, ["  3 sources to read once it runs\n"]],
    ["why sources failed and when they are tried again", RUNNING, SYNCING, [
      "  7 sources can't be read:\n",
      "    /a is cut or damaged (tried again in 5 min)\n",
      "    /b: out of memory (tried again next)\n",
      "    /c is a link (tried again when it changes)\n",
      "    /e: no (tried again when it changes)\n    and 2 more\n",
    ]],
    ["what is gone", RUNNING, SYNCING, ["  1 source no longer there; what was read"]],
    ["what was left out, and how to take it in", { running: false }, SYNCING, [
      "  4 sources and 1 event left out",
      "to take them in:\n    devlog-collector start --initial-sync-days 0\n",
    ]],
    ["that a collector which runs takes it in when asked", RUNNING, { leftOutEvents: 2 }, [
      "  2 events left out, as not asked for; to take them in:\n    devlog-collector sync --initial-sync-days 0\n",
    ]],
    ["that no history was found", RUNNING, { agents: [], sources: { ...SUMMARY.sources, synced: 0 } }, [
      "  no history of any agent was found yet\n",
    ]],
    ["what was recovered", RUNNING, {
      recovery: {
        at: new Date(NOW - MINUTE).toISOString(),
        movedTo: "/moved",
        savedEvents: 5,
        savedSources: 1,
        lostRanges: [1],
      },
    }, [
      "  was found damaged 1 min ago: 5 events and 1 source were saved, some could not be read\n",
      "/moved\n",
    ]],
    ["unread records by kind", RUNNING, {
      unreadRecords: 1_007,
      unreadKinds: ["a", "b\x1b[1m", "c", "d", "e", "f"].map((kind) => ({
        agent: "codex",
        agentVersion: "0.1",
        kind,
        records: 1_000,
      })),
    }, [
      "  1,007 records not understood",
      "  1,000 of codex 0.1: a\n  1,000 of codex 0.1: b\n",
      "e\n  and 1 more kinds\n",
    ]],
    ["an agent of which no event comes any more", RUNNING, {
      silent: [{ agent: "codex", since: NOW - 2 * 86_400_000, bytes: 5_000_000 }],
    }, ["  codex has written 5.0 MB since its last event, 2 d ago"]],
    ["problems and what to do", RUNNING, {
      problems: [
        { key: "disk", message: "the disk is\nfull", hint: "Make room.", since: NOW - 2 * MINUTE },
        { key: "x", message: "other", hint: "", since: NOW },
      ],
    }, ["Problems\n  the disk is full (2 min ago)\n    Make room.\n  other (just now)\n"]],
  ];

for (const [what, collector, summary, expected] of LINES) {
  Deno.test(`renderStatus() shows ${what}`, () => {
    const screen = render(collector, { ...SUMMARY, ...summary });
    for (const part of expected) assertStringIncludes(screen, part);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\0-\x09\x0b-\x1f]/.test(screen), false);
  });
}

Deno.test("renderStatus() paints good green, bad red, and fits its table to the terminal", () => {
  const facts = gatherFacts(RUNNING, "", {
    ...SYNCING,
    agents: [{ agent: "an-agent-".repeat(9), sources: 1, bytes: 1, committedBytes: 0 }],
  });
  const plain = renderStatus(facts, {
    terminal: { columns: 40, colour: NO_COLOURS },
    now: NOW,
    version: "1.2.0",
  });
  const row = plain.split("\n").find((line) => line.includes("an-agent"))!;
  assertLessOrEqual(countCells(row), 40);
  const painted = renderStatus(facts, {
    terminal: { columns: 40, colour: COLOURS },
    now: NOW,
    version: "1.2.0",
  });
  assertStringIncludes(painted, COLOURS.green("running"));
  assertStringIncludes(painted, COLOURS.red("7 sources can't be read:"));
});

for (
  const [committed, total, sources, expected] of [
    [0, 0, {}, 100],
    [0, 0, { pending: 1 }, 0],
    [999_999, 1_000_000, { syncing: 1 }, 99.9],
    [1_000_000, 1_000_000, { error: 1 }, 99.9],
    [1, 3, { pending: 1 }, 33.3],
    [5, 5, { synced: 1, gone: 3, leftOut: 2 }, 100],
  ] as const
) {
  Deno.test(`gatherFacts() makes ${expected} % of ${committed} of ${total} bytes with ${JSON.stringify(sources)}`, () => {
    const agents = [
      { agent: "a", sources: 1, bytes: total, committedBytes: committed },
      { agent: "b", sources: 0, bytes: 0, committedBytes: 0 },
    ];
    const none = { pending: 0, syncing: 0, synced: 0, error: 0, gone: 0, leftOut: 0 };
    const facts = gatherFacts(RUNNING, "", { ...SUMMARY, agents, sources: { ...none, ...sources } });
    assertEquals([facts.sync.percent, facts.sync.bytes, facts.sync.committedBytes], [
      expected,
      total,
      committed,
    ]);
  });
}

/** A remote of which everything is to be said. */
const REMOTE: RemoteReport = {
  name: "team",
  type: "devlog",
  target: "https://devlog.example.com",
  state: "down",
  content: "redacted",
  delivered: 1_200,
  deliveredBytes: 3_400_000,
  lastDeliveredAt: NOW - 60_000,
  pending: 200_000,
  isPendingAtLeast: true,
  deferred: 3,
  lag: 60_000,
  rate: 900,
  rejected: 1,
  deadLetters: 2,
  lastError: "HTTP 503: \x1b[31mbusy",
  lastErrorAt: NOW - 5_000,
  nextTry: NOW + 30_000,
};

Deno.test("status says of each remote how far it is, and what is wrong in words that can't harm a terminal", () => {
  const terminal = { columns: 100, colour: NO_COLOURS };
  const screen = renderStatus(gatherFacts(RUNNING, "", SUMMARY, 0, [REMOTE]), {
    terminal,
    now: NOW,
    version: "1.2.0",
  });
  const shown = screen.slice(screen.indexOf("Remotes"), screen.indexOf("Store"));
  assertEquals(
    shown,
    `Remotes
  team (devlog): down, behind by 1 min, 1,200 events delivered, 3.4 MB
    team: HTTP 503: busy (5 s ago, next try in 30 s)
    team: 3 events wait until they have settled
    team: 2 events not taken; see \`export dead-letters list\`
    team: 1 event lost there, as it said itself

`,
  );
});

Deno.test("status --format json has the keys that are documented, each of them", () => {
  const withAll: StoreSummary = {
    ...SYNCING,
    unreadRecords: 1,
    unreadKinds: [{ agent: "codex", kind: "type:x", records: 1 }],
    problems: [{ key: "k", message: "m", hint: "h", since: 1 }],
    recovery: { at: 1, movedTo: "/m", savedEvents: 1, savedSources: 1, lostRanges: [] },
    agents: SUMMARY.agents,
  };
  const documented = Deno.readTextFileSync(new URL("../../docs/commands.md", import.meta.url));
  const named = keysExplainedIn(sectionOf(documented, "status"));
  const paused = { ...RUNNING, phase: "paused", reason: "r", crashes: 2 } as const;
  const facts = gatherFacts(paused, "", withAll, 0, [REMOTE]);
  assertEquals(named.toSorted(), keysOf(facts).toSorted());
});

Deno.test("status tells of a store and the collector that holds its lock", async () => {
  using folder = new TempFolder();
  const data = `${folder.path}/.devlog/data`;
  Deno.mkdirSync(data, { recursive: true });
  using filler = new StoreFiller(`${data}/devlog.db`);
  filler.commit(filler.source(entry("a", { agent: "codex" })), "codex", [draft({ key: "one" })]);
  writeCollectorInfo(`${data}/collector.json`, { ...RUNNING, pid: 12 });

  // A collector that was killed leaves its file behind.
  const stopped = await call(folder.path, "--format", "json");
  assertEquals(stopped.code, EXIT.done);
  assertEquals(JSON.parse(stopped.stdout).collector, { running: false });

  using _lock = CollectorLock.acquire(`${data}/collector.lock`);
  const { code, stdout } = await call(folder.path, "--format", "json");
  assertEquals(code, EXIT.done);
  const facts: StatusFacts = JSON.parse(stdout);
  assertEquals([facts.collector.running, facts.collector.pid], [true, 12]);
  assertEquals([facts.store.exists, facts.store.events, facts.sync.synced, facts.sync.percent], [
    true,
    1,
    1,
    100,
  ]);
  assertStringIncludes((await call(folder.path)).stdout, "up to date: 1 source");
});

for (
  const garbage of [
    "",
    "{",
    "null",
    "[]",
    '{"pid":"\\u001b[31m"}',
    JSON.stringify({ ...RUNNING, phase: "odd" }),
  ]
) {
  Deno.test(`status says that a collector runs whose collector.json is ${JSON.stringify(garbage)}`, async () => {
    using folder = new TempFolder();
    const data = `${folder.path}/.devlog/data`;
    Deno.mkdirSync(data, { recursive: true });
    Deno.writeTextFileSync(`${data}/collector.json`, garbage);
    using _lock = CollectorLock.acquire(`${data}/collector.lock`);
    const { code, stdout } = await call(folder.path);
    assertEquals([code, stdout.split("\n\n")[0]], [EXIT.done, "Collector\n  running"]);
    assertEquals(JSON.parse((await call(folder.path, "--format", "json")).stdout).collector, {
      running: true,
    });
  });
}

Deno.test("status ends well where there is nothing yet, and makes nothing", async () => {
  using folder = new TempFolder();
  const { code, stdout, stderr } = await call(folder.path);
  assertEquals([code, stderr], [EXIT.done, ""]);
  assertStringIncludes(stdout, "not running");
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("status loads neither zlib nor the YAML parser, which would double its time", () => {
  const { code, stdout } = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("../../src/cli/status.ts", import.meta.url).href],
  }).outputSync();
  assertEquals(code, 0);
  const { modules, roots } = JSON.parse(new TextDecoder().decode(stdout)) as ModuleGraph;
  const loaded = loadedFrom(new Map(modules.map((module) => [module.specifier, module])), roots[0]!);
  assert([...loaded].some((name) => name.endsWith("/store/summary.ts")));
  for (const slow of ["node:zlib", "npm:", "/config/parse.ts", "/events/id.ts"]) {
    assertEquals([...loaded].filter((name) => name.includes(slow)), []);
  }
});

interface ModuleGraph {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** What `status` itself imports lazily; all other imports of that kind are of ways that it doesn't go. */
const TAKEN = [
  "/config/load.ts",
  "/config/paths.ts",
  "/store/reader.ts",
  "/store/errors.ts",
  "/store/summary.ts",
  "/service/lock.ts",
];

function loadedFrom(
  modules: ReadonlyMap<string, ModuleGraph["modules"][number]>,
  start: string,
  loaded = new Set<string>(),
): ReadonlySet<string> {
  if (loaded.has(start)) return loaded;
  loaded.add(start);
  for (const { code, isDynamic } of modules.get(start)?.dependencies ?? []) {
    const name = code?.specifier;
    if (name === undefined || (isDynamic && !TAKEN.some((taken) => name.endsWith(taken)))) continue;
    loadedFrom(modules, name, loaded);
  }
  return loaded;
}

/** The paths of all values, `[]` for any place in a list. */
function keysOf(value: unknown, path = ""): string[] {
  const keys = Array.isArray(value)
    ? value.flatMap((item) => keysOf(item, `${path}[]`))
    : typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => keysOf(item, path === "" ? key : `${path}.${key}`))
    : [];
  return keys.length === 0 ? [path] : [...new Set(keys)];
}

function render(collector: StatusFacts["collector"], summary: StoreSummary | undefined): string {
  const terminal = { columns: 80, colour: NO_COLOURS };
  return renderStatus(gatherFacts(collector, "/no/store", summary), { terminal, now: NOW, version: "1.2.0" });
}

async function call(home: string, ...args: readonly string[]) {
  const environment: Environment = {
    os: Deno.build.os === "windows" ? "windows" : "linux",
    home,
    get: () => undefined,
  };
  const terminal = new RecordingTerminal();
  let code: number;
  try {
    code = await command.run({ ...parseArguments(command, args), terminal, environment });
  } catch (error) {
    code = reportError(error, terminal);
  }
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}
