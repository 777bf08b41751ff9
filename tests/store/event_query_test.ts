import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import type { AgentEvent, EventDraft } from "../../src/events/event.ts";
import { DataSearch } from "../../src/store/data_search.ts";
import { classifyTrouble } from "../../src/store/errors.ts";
import { type EventFilter, resolveFilter } from "../../src/store/event_filter.ts";
import { pageQuery, queryEvents } from "../../src/store/event_query.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { draft, entry, StoreFiller } from "./filled_store.ts";
import { TempFolder } from "./temp_store.ts";

Deno.test("queryEvents() gives an event with all its fields, and none that is undefined", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const source = filler.source(entry("a"));
  filler.commit(source, "codex", [
    draft({
      key: "full",
      type: "command_execution",
      timestamp: 1_700_000_000_123,
      agentVersion: "0.1",
      sessionId: "s",
      parentSessionId: "p",
      workspace: "/home/ann/project",
      repository: "https://example.com/r.git",
      branch: "main",
      model: "gpt-5",
      data: { tool: "shell", command: "make", exitCode: 2, output: "é\u0000\n" },
      metrics: { inputTokens: 5, outputTokens: 0, costUsd: 0.25, durationMs: 12 },
    }),
    draft({ key: "bare", timestamp: 1_700_000_000_124, sessionId: "s" }),
  ]);
  const [full, bare] = query(folder.store, {});
  assertMatch(full!.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]/);
  const { id: _, ...rest } = full!;
  assertEquals(
    JSON.stringify(rest),
    JSON.stringify({
      revision: 1,
      type: "command_execution",
      timestamp: 1_700_000_000_123,
      agent: "codex",
      agentVersion: "0.1",
      sessionId: "s",
      parentSessionId: "p",
      workspace: "/home/ann/project",
      repository: "https://example.com/r.git",
      branch: "main",
      model: "gpt-5",
      data: { tool: "shell", command: "make", exitCode: 2, output: "é\u0000\n" },
      metrics: { inputTokens: 5, outputTokens: 0, durationMs: 12, costUsd: 0.25 },
    }),
  );
  assertEquals(Object.keys(bare!), ["id", "revision", "type", "timestamp", "agent", "sessionId", "data"]);
});

Deno.test("queryEvents() counts the revisions of all copies", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const [first, second] = [filler.source(entry("a")), filler.source(entry("b"))];
  filler.commit(first, "codex", [draft({ key: "k", revision: 3 })]);
  filler.commit(second, "codex", [draft({ key: "k", revision: 2, sessionId: "fork" })]);
  assertEquals(query(folder.store, {}).map(({ revision, sessionId }) => [revision, sessionId]), [[
    5,
    "session-a",
  ]]);
});

Deno.test("queryEvents() hides what no source has any more, unless it is asked for", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const source = filler.source(entry("a"));
  filler.commit(source, "codex", [draft({ key: "kept" }), draft({ key: "lost", position: 1 })]);
  filler.commit(source, "codex", [draft({ key: "kept" })], { restarted: { shrunk: false } });
  const keys = (filter: EventFilter) =>
    query(folder.store, filter).map(({ data, superseded }) => [promptOf(data), superseded]);
  assertEquals(keys({}), [["kept", undefined]]);
  assertEquals(keys({ includeSuperseded: true }), [["kept", undefined], ["lost", true]]);
});

/** Events of which each has one thing that the others have not. */
const VARIED: readonly EventDraft[] = [
  draft({ key: "1", timestamp: 1_000, workspace: "/work/app", sessionId: "alpha-1" }),
  draft({ key: "2", timestamp: 2_000, workspace: "/work/app/sub", sessionId: "alpha-2" }),
  draft({ key: "3", timestamp: 3_000, workspace: "/work/apple", sessionId: "beta", type: "llm_response" }),
  draft({ key: "4", timestamp: 4_000, workspace: "C:\\work\\app\\x", sessionId: "alpha-10" }),
  draft({
    key: "5",
    timestamp: 5_000,
    sessionId: "gamma",
    type: "tool_use",
    data: { tool: "T", arguments: { q: ['Grüße "an" ALLE'] }, result: "The End" },
  }),
];

const FILTERS: readonly (readonly [EventFilter, readonly string[]])[] = [
  [{}, ["1", "2", "3", "4", "5"]],
  [{ agents: ["codex"] }, ["1", "2", "3", "4", "5"]],
  [{ agents: ["cursor"] }, []],
  [{ agents: ["cursor", "codex"], types: ["llm_response"] }, ["3"]],
  [{ types: ["llm_response", "tool_use"] }, ["3", "5"]],
  [{ workspaces: ["/work/app"] }, ["1", "2"]],
  [{ workspaces: ["/work/app/"] }, ["1", "2"]],
  [{ workspaces: ["/"] }, ["1", "2", "3"]],
  [{ workspaces: ["C:\\work\\app"] }, ["4"]],
  [{ workspaces: ["/work/app/sub", "/work/apple"] }, ["2", "3"]],
  [{ sessions: ["alpha"] }, ["1", "2", "4"]],
  [{ sessions: ["alpha-1"] }, ["1"]],
  [{ sessions: ["beta", "gamma"], types: ["tool_use"] }, ["5"]],
  [{ sessions: ["delta"] }, []],
  [{ since: 2_000, until: 4_000 }, ["2", "3"]],
  [{ since: 1_999.5, until: 2_000.5 }, ["2"]],
  [{ search: "grüsse" }, []],
  [{ search: 'GRÜßE "AN"' }, ["5"]],
  [{ search: "end" }, ["5"]],
  [{ search: "arguments" }, []],
  [{ search: "4" }, ["4"]],
  [{ limit: 2 }, ["4", "5"]],
  [{ limit: 2, until: 5_000 }, ["3", "4"]],
  [{ limit: 1, search: "1" }, ["1"]],
  [{ limit: 2, sessions: ["alpha"] }, ["2", "4"]],
  [{ limit: 9 }, ["1", "2", "3", "4", "5"]],
];

for (const [filter, expected] of FILTERS) {
  Deno.test(`queryEvents() finds ${expected.join(" ") || "nothing"} for ${JSON.stringify(filter)}`, () => {
    using folder = new TempFolder();
    using filler = new StoreFiller(folder.store);
    filler.commit(filler.source(entry("a")), "codex", VARIED);
    const found = query(folder.store, filter).map(({ timestamp }) => String(timestamp / 1_000));
    assertEquals(found, expected);
  });
}

Deno.test("queryEvents() searches compressed data too", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const large = draft({ key: "large", data: { prompt: "x".repeat(20_000) + "End" } });
  filler.commit(filler.source(entry("a")), "codex", [large, draft({ key: "small" })]);
  for (const limit of [0, 5]) {
    assertEquals(query(folder.store, { search: "xend", limit }).map(({ data }) => data), [large.data]);
  }
});

const drafts = fc.uniqueArray(
  fc.record({
    key: fc.string({ minLength: 1, maxLength: 3 }),
    timestamp: fc.integer({ min: 0, max: 3 }),
    sessionId: fc.constantFrom("s1", "s2", "s3"),
    position: fc.nat(2),
  }),
  { selector: ({ key }) => key, maxLength: 40 },
);

Deno.test("queryEvents() gives the newest events in one order, whatever their number and the pages they are read in", () => {
  fc.assert(
    fc.property(
      drafts,
      fc.integer({ min: 1, max: 45 }),
      fc.integer({ min: 1, max: 5 }),
      (given, limit, pageRows) => {
        using folder = new TempFolder();
        using filler = new StoreFiller(folder.store);
        filler.commit(filler.source(entry("a")), "codex", given.map((one) => draft(one)));
        using reader = StoreReader.open(folder.store);
        const all = [...queryEvents(reader, {}, { pageRows })];
        assertEquals(
          all.map(({ timestamp, sessionId, data }) => [timestamp, sessionId, promptOf(data)]),
          given.map((one, index) => ({
            ...one,
            id: all.find(({ data }) => promptOf(data) === one.key)!.id,
            index,
          }))
            .sort((a, b) =>
              a.timestamp - b.timestamp || compare(a.sessionId, b.sessionId) || a.position - b.position ||
              compare(a.id, b.id)
            ).map(({ timestamp, sessionId, key }) => [timestamp, sessionId, key]),
        );
        assertEquals([...queryEvents(reader, { limit }, { pageRows })], all.slice(-limit));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("queryEvents() reads thousands of events at one time, and holds no transaction meanwhile", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const many = Array.from({ length: 2_500 }, (_, index) => draft({ key: `${index}`, position: index }));
  filler.commit(filler.source(entry("a")), "codex", many);
  using reader = StoreReader.open(folder.store);
  const seen = new Set<string>();
  let busy = 0;
  for (const { id } of queryEvents(reader, {})) {
    seen.add(id);
    // The log can be folded in whole only while nobody reads from it.
    if (seen.size % 500 === 0) {
      const source = filler.source(entry(`more-${seen.size}`));
      filler.commit(source, "codex", [draft({ key: `more-${seen.size}`, timestamp: 1 })]);
      busy += filler.writer.database.prepare("pragma wal_checkpoint(truncate)").get()!.busy as number;
    }
  }
  assertEquals(busy, 0);
  assertEquals(seen.size, 2_500);
});

Deno.test("queryEvents() ends a page early when its events are large", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const noise = () => {
    const bytes = new Uint8Array(1 << 16);
    crypto.getRandomValues(bytes);
    return Array.from({ length: 24 }, () => bytes.toBase64()).join("") + crypto.randomUUID();
  };
  const many = Array.from(
    { length: 8 },
    (_, index) => draft({ key: `${index}`, position: index, data: { prompt: noise() } }),
  );
  filler.commit(filler.source(entry("a")), "codex", many);
  for (const limit of [0, 7]) {
    const found = query(folder.store, { limit });
    assertEquals(
      found.map(({ data }) => promptOf(data)),
      many.slice(-(limit || 8)).map(({ data }) => promptOf(data)),
    );
  }
});

Deno.test("queryEvents() gives all events or throws, whichever page of the store is damaged", () => {
  using folder = new TempFolder();
  {
    using filler = new StoreFiller(folder.store);
    const many = Array.from({ length: 400 }, (_, index) => {
      const text = `${index} `.repeat(index % 50 === 0 ? 6_000 : 40);
      return draft({
        key: `${index}`,
        timestamp: index >> 2,
        sessionId: `s-${index % 7}`,
        data: { prompt: text },
      });
    });
    filler.commit(filler.source(entry("a")), "codex", many);
  }
  const sound = Deno.readFileSync(folder.store);
  const { pageSize, events } = read(folder.store, (reader) => ({
    pageSize: reader.read((database) => database.prepare("pragma page_size").get()!.page_size as number),
    events: [...queryEvents(reader, {})],
  }));
  let refused = 0;
  for (let at = pageSize; at < sound.length; at += pageSize) {
    Deno.writeFileSync(folder.store, sound.slice().fill(0xaa, at, at + pageSize));
    for (const filter of [{}, { limit: 300 }, { search: "3" }]) {
      const found = outcomeOf(folder.store, filter);
      if (found instanceof Error) {
        assertEquals(classifyTrouble(found), "corrupt", String(found));
        refused++;
        continue;
      }
      const wanted = events.filter(({ data }) => promptOf(data).includes(filter.search ?? ""));
      assertEquals(found, wanted.slice(-(filter.limit ?? 0)), `the page at ${at}`);
    }
  }
  assertGreater(refused, 20);
});

for (
  const [name, filter, order, expected] of [
    [
      "of a session",
      { sessions: ["alpha"] },
      "asc",
      "events_by_session (session=? AND timestamp>? AND timestamp<?)",
    ],
    ["of a time", { since: 5 }, "asc", "events_by_time (timestamp>? AND timestamp<?)"],
    ["of a workspace", { workspaces: ["/work"] }, "desc", "events_by_time (timestamp>? AND timestamp<?)"],
  ] as const
) {
  Deno.test(`queryEvents() finds events ${name} through an index, from where the last page ended`, () => {
    using folder = new TempFolder();
    using filler = new StoreFiller(folder.store);
    filler.commit(filler.source(entry("a")), "codex", VARIED);
    using reader = StoreReader.open(folder.store);
    const plan = reader.read((database) => {
      const conditions = resolveFilter(database, filter)!;
      const last = { key_time: 2_000, key_session: "a", key_position: 0, key_id: new Uint8Array(16) };
      const { sql, parameters } = pageQuery(conditions, { selection: "e.id", order, pageRows: 10 }, last);
      const rows = database.prepare(`explain query plan ${sql}`).all(...parameters);
      return rows.map(({ detail }) => detail).join("\n");
    });
    assertStringIncludes(plan, `SEARCH e USING INDEX ${expected}`);
    assertStringIncludes(plan, "SEARCH s USING INTEGER PRIMARY KEY");
    assertNotMatch(plan, /^SCAN/m);
    // By time the rows come in order: only those of one and the same time are sorted.
    if (expected.startsWith("events_by_time")) {
      assertMatch(plan, /TEMP B-TREE FOR (LAST|RIGHT) 3|LAST 3 TERMS/);
    }
  });
}

Deno.test("DataSearch finds a text if, and only if, a value has it", () => {
  const word = fc.string({
    unit: fc.constantFrom("a", "B", '"', "\\", "n", "\n", "é", "É", " ", "😀"),
    minLength: 1,
    maxLength: 4,
  });
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      word,
      fc.integer(),
      fc.boolean(),
      fc.array(tie("any")),
      fc.dictionary(word, tie("any")),
    ),
  })).any;
  const leaves = (value: unknown): string[] =>
    typeof value === "string"
      ? [value]
      : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(leaves)
      : [];
  fc.assert(fc.property(word, fc.dictionary(word, value), (wanted, data) => {
    const expected = leaves(data).some((leaf) => leaf.toLowerCase().includes(wanted.toLowerCase()));
    assertEquals(new DataSearch(wanted).isIn(JSON.stringify(data)), expected);
  }));
});

function query(path: string, filter: EventFilter) {
  using reader = StoreReader.open(path);
  return [...queryEvents(reader, filter)];
}

/** What a query by pages of 50 gives or throws. */
function outcomeOf(path: string, filter: EventFilter): readonly AgentEvent[] | Error {
  let outcome: readonly AgentEvent[] | Error | undefined;
  const attempt = (reader: StoreReader) => {
    try {
      outcome = [...queryEvents(reader, filter, { pageRows: 50 })];
    } catch (error) {
      outcome = error as Error;
    }
  };
  try {
    // Within one transaction: its end fails too after a failed read, which is not what is tested.
    read(path, (reader) => reader.read(() => attempt(reader)));
  } catch (error) {
    assertEquals(classifyTrouble(error), "corrupt", String(error));
    // A page of the schema: the store can't even be opened.
    outcome ??= error as Error;
  }
  return outcome!;
}

function read<T>(path: string, use: (reader: StoreReader) => T): T {
  using reader = StoreReader.open(path);
  return use(reader);
}

function promptOf(data: unknown): string {
  assert(typeof data === "object" && data !== null && "prompt" in data);
  return data.prompt as string;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
