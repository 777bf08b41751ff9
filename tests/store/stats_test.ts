import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { EVENT_TYPES, type EventDraft } from "../../src/events/event.ts";
import { daysWithin } from "../../src/platform/days.ts";
import { queryEvents } from "../../src/store/event_query.ts";
import {
  DIMENSIONS,
  type Group,
  readDays,
  readGroups,
  readTotals,
  readUtcDays,
} from "../../src/store/stats.ts";
import type { AgentEvent } from "../../src/events/event.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { draft, entry, StoreFiller } from "./filled_store.ts";
import { TempFolder } from "./temp_store.ts";

const CALLS: readonly string[] = ["tool_use", "file_read", "file_write", "file_modify", "command_execution"];
const START = Date.UTC(2026, 2, 27);

/** What must come out, added up one by one. */
function added(events: readonly AgentEvent[]) {
  const sum = (name: "inputTokens" | "outputTokens") =>
    events.reduce((total, { metrics }) => total + (metrics?.[name] ?? 0), 0);
  return {
    events: events.length,
    sessions: new Set(events.map(({ sessionId }) => sessionId)).size,
    prompts: events.filter(({ type }) => type === "llm_request").length,
    toolCalls: events.filter(({ type }) => CALLS.includes(type)).length,
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
  };
}

const told = ({ events, sessions, prompts, toolCalls, inputTokens, outputTokens }: Omit<Group, "name">) => ({
  events,
  sessions,
  prompts,
  toolCalls,
  inputTokens,
  outputTokens,
});

/** A store with these events. */
class FilledStore implements Disposable {
  readonly #folder = new TempFolder();
  readonly reader: StoreReader;

  constructor(drafts: readonly EventDraft[]) {
    using filler = new StoreFiller(this.#folder.store);
    filler.commit(filler.source(entry("one")), "claude-code", drafts);
    this.reader = StoreReader.open(this.#folder.store);
  }

  [Symbol.dispose](): void {
    this.reader.close();
    this.#folder[Symbol.dispose]();
  }
}

const name = fc.option(fc.constantFrom("a", "b"), { nil: undefined });
const drafts = fc.uniqueArray(
  fc.record({
    key: fc.nat(500).map(String),
    type: fc.constantFrom(...EVENT_TYPES),
    timestamp: fc.integer({ min: START, max: START + 5 * 86_400_000 }),
    sessionId: fc.constantFrom("s", "t", "u"),
    workspace: name,
    model: name,
    repository: name,
    metrics: fc.record({ inputTokens: fc.nat(1000), outputTokens: fc.nat(1000) }),
    data: fc.constant({}),
  }),
  { maxLength: 40, selector: ({ key }) => key },
) as unknown as fc.Arbitrary<Partial<EventDraft>[]>;

Deno.test("readTotals(), readGroups() and readDays() give what adding up one by one gives", () => {
  fc.assert(
    fc.property(drafts, (drafts) => {
      using store = new FilledStore(drafts.map((given) => draft(given as { key: string })));
      const all = [...queryEvents(store.reader, {})];
      assertEquals(told(readTotals(store.reader, {})), added(all));
      const keyOf = {
        agent: (event: AgentEvent) => event.agent,
        workspace: (event: AgentEvent) => event.workspace ?? "",
        repository: (event: AgentEvent) => event.repository ?? "",
        model: (event: AgentEvent) => event.model ?? "",
        session: (event: AgentEvent) => event.sessionId,
        type: (event: AgentEvent) => event.type as string,
      };
      for (const by of DIMENSIONS) {
        const expected = Object.groupBy(all, keyOf[by]);
        const groups = readGroups(store.reader, {}, by);
        assertEquals(
          Object.fromEntries(groups.map(({ name, ...sums }) => [name, told(sums)])),
          Object.fromEntries(Object.entries(expected).map(([name, events]) => [name, added(events!)])),
        );
      }
      // In the night to the 29th the clocks there went forward.
      for (const timeZone of ["Europe/Berlin", "Asia/Kathmandu", "UTC"]) {
        const format = new Intl.DateTimeFormat("en-CA", { timeZone });
        const expected = Object.groupBy(all, ({ timestamp }) => format.format(timestamp));
        const days = readDays(store.reader, {}, daysWithin(readUtcDays(store.reader, {}), timeZone));
        assertEquals(
          days.map(({ name, ...sums }) => [name, told(sums)]),
          Object.entries(expected).toSorted().map(([name, events]) => [name, added(events!)]),
        );
      }
    }),
    { numRuns: 25 },
  );
});

Deno.test("readTotals() counts what the filter wants alone", () => {
  using store = new FilledStore([
    draft({ key: "a", timestamp: 1000, workspace: "/w" }),
    draft({ key: "b", timestamp: 2000, workspace: "/w/x" }),
    draft({ key: "c", timestamp: 3000, workspace: "/z" }),
  ]);
  assertEquals(readTotals(store.reader, { workspaces: ["/w"] }).events, 2);
  assertEquals(readTotals(store.reader, { since: 2000 }).events, 2);
  assertEquals(readTotals(store.reader, { agents: ["nobody"] }).events, 0);
});

Deno.test("days are found quickly also where one event has a time of long ago", () => {
  using store = new FilledStore([
    draft({ key: "a", timestamp: -1 }),
    draft({ key: "b", timestamp: 0 }),
    draft({ key: "c", timestamp: START }),
  ]);
  const days = daysWithin(readUtcDays(store.reader, {}), "UTC");
  assertEquals(days.map(({ name }) => name), ["1969-12-31", "1970-01-01", "2026-03-27"]);
  assertEquals(readDays(store.reader, {}, days).map(({ events }) => events), [1, 1, 1]);
});
