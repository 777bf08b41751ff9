import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FLAG } from "../../src/store/batch.ts";
import type { EventState } from "../../src/store/record.ts";
import { DAMAGED, Driver, type Log } from "./driver.ts";
import { type ModelSource, predict, tell, type Told } from "./model.ts";
import { observe, type ObservedEvent } from "./observed.ts";
import { TempFolder } from "./temp_store.ts";
import { type Line, LONG } from "./tiny_agent.ts";

const RUNS = 100;

const key = fc.constantFrom("a", "b", "c", "d", "e");
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("x", "y", "z") },
  { weight: 1, arbitrary: fc.constant(LONG) },
);
const line: fc.Arbitrary<Line> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("open" as const),
      key,
      session: fc.constantFrom("s1", "s2"),
      text,
      copied: fc.boolean(),
      complete: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("grow" as const),
      key,
      text,
      tokens: fc.nat(2),
      complete: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("close" as const), key }) },
);
const lines = fc.array(line, { maxLength: 14 });
/** Sources that share lines: whole copies, forks that went on differently, and strangers. */
const contents = fc.tuple(lines, fc.array(fc.tuple(fc.nat(14), lines), { minLength: 1, maxLength: 3 })).map(
  ([first, forks]) => [first, ...forks.map(([shared, rest]) => [...first.slice(0, shared), ...rest])],
);
const ranks = fc.array(fc.nat(1), { minLength: 4, maxLength: 4 });
const source = fc.nat(3);

type Step =
  | { readonly does: "write" | "read"; readonly source: number; readonly count: number }
  | { readonly does: "readAgain" | "restart" | "readStale"; readonly source: number }
  | { readonly does: "commit"; readonly rollbacks: number }
  | { readonly does: "restartProcess" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("write" as const),
      source,
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      does: fc.constant("read" as const),
      source,
      count: fc.integer({ min: 0, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("readAgain", "restart"), source }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("readStale" as const), source }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant("commit" as const), rollbacks: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("restartProcess" as const) }) },
);

Deno.test("StoreWriter makes the same rows of any order, interleaving and number of reads", () => {
  fc.assert(
    fc.property(contents, ranks, fc.array(step, { maxLength: 40 }), (contents, ranks, steps) => {
      using folder = new TempFolder();
      const logs = logsOf(contents, ranks);
      using driver = new Driver(folder.store, logs);
      for (const step of steps) take(driver, step);
      driver.finish();
      assertEquals(withoutSeq(observe(driver.writer.database)), expectedOf(predict(logs.map(modelOf))));
      assertCounted(driver);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("StoreWriter writes no event row when everything is read a second time", () => {
  fc.assert(
    fc.property(
      contents,
      ranks,
      fc.array(source),
      fc.integer({ min: 1, max: 9 }),
      (contents, ranks, order, piece) => {
        using folder = new TempFolder();
        const logs = logsOf(contents, ranks);
        using driver = new Driver(folder.store, logs);
        driver.finish();
        const before = observe(driver.writer.database);
        const { database } = driver.writer;
        database.exec(`
        create temp table writes (what text);
        create temp trigger of_insert after insert on events begin insert into writes values ('insert'); end;
        create temp trigger of_update after update on events begin insert into writes values ('update'); end;
        create temp trigger of_delete after delete on events begin insert into writes values ('delete'); end;
        create temp trigger of_copy after update on copies begin insert into writes values ('copy'); end;
      `);
        for (const log of order.filter((log) => log < logs.length)) {
          if (piece % 2 === 0) driver.readAgain(log);
          else driver.restart(log, piece % 3 === 0);
          const pieces = Math.ceil(logs[log]!.lines.length / piece);
          for (let read = 0; read <= pieces; read++) driver.read(log, piece);
          if (piece % 4 === 0) driver.commit();
        }
        driver.finish();
        assertEquals(database.prepare("select * from writes").all(), []);
        assertEquals(observe(database), before);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("StoreWriter raises the visible revision whenever what an event says has changed", () => {
  fc.assert(
    fc.property(contents, ranks, fc.array(step, { maxLength: 40 }), (contents, ranks, steps) => {
      using folder = new TempFolder();
      using driver = new Driver(folder.store, logsOf(contents, ranks));
      let before = observe(driver.writer.database);
      for (const step of steps) {
        take(driver, step);
        const now = observe(driver.writer.database);
        assertRaised(before, now);
        before = now;
      }
    }),
    { numRuns: RUNS },
  );
});

type Rewrite = {
  readonly source: number;
  /** Keys that the new log no longer has. */
  readonly without: readonly string[];
  readonly more: readonly Line[];
  readonly how: "again" | "restarted" | "shrunk" | "damaged";
  readonly piece: number;
};
const rewrite: fc.Arbitrary<Rewrite> = fc.record({
  source,
  without: fc.array(key, { maxLength: 3 }),
  more: fc.array(line, { maxLength: 4 }),
  how: fc.constantFrom("again", "restarted", "shrunk", "damaged"),
  piece: fc.integer({ min: 2, max: 20 }),
});

Deno.test("StoreWriter shows what the sources say now when they were rewritten, and supersedes what none has", () => {
  fc.assert(
    fc.property(contents, ranks, fc.array(rewrite, { maxLength: 8 }), (contents, ranks, rewrites) => {
      using folder = new TempFolder();
      const logs = logsOf(contents, ranks);
      using driver = new Driver(folder.store, logs);
      driver.finish();
      const models = logs.map(modelOf).map((model) => ({ ...model, told: new Map(model.told) }));
      const everShown = new Map<string, Told>();
      const note = () => {
        for (const [id, { shown }] of predict(models)) everShown.set(id, shown.told);
      };
      note();
      let before = observe(driver.writer.database);
      for (
        const { source, without, more, how, piece } of rewrites.filter(({ source }) => source < logs.length)
      ) {
        const log = logs[source]!;
        const model = models[source]!;
        log.lines = [...log.lines.filter(({ key }) => !without.includes(key)), ...more];
        log.visible = log.lines.length;
        if (how === "again") driver.readAgain(source);
        else driver.restart(source, how === "shrunk");
        if (how === "damaged") driver.read(source, 1, [DAMAGED]);
        for (let read = 0; read <= log.lines.length; read += piece) driver.read(source, piece);
        driver.read(source, Infinity);
        driver.commit();

        const told = tell(log.lines, log.rank);
        const keeps = how === "shrunk" || how === "damaged";
        model.told = new Map([...keeps ? model.told : [], ...told]);
        note();
        const now = observe(driver.writer.database);
        assertRaised(before, now);
        before = now;
        const predicted = predict(models);
        assertEquals(new Set(now.keys()), new Set(everShown.keys()));
        for (const [id, event] of now) {
          const expected = predicted.get(id);
          assertEquals(event.superseded, expected === undefined);
          assertEquals(
            contentOf(event.shown.state),
            contentOfTold(expected?.shown.told ?? everShown.get(id)!),
          );
          if (expected === undefined) continue;
          assertEquals(event.shown.source, expected.shown.source);
          assertEquals(
            event.copies.map(({ source, state }) => ({ source, ...contentOf(state) })),
            expected.copies.map(({ source, told }) => ({ source, ...contentOfTold(told) })),
          );
        }
        assertCounted(driver);
      }
    }),
    { numRuns: RUNS },
  );
});

function logsOf(contents: readonly (readonly Line[])[], ranks: readonly number[]): Log[] {
  return contents.map((lines, index) => ({ name: `log-${index}`, rank: ranks[index]!, lines, visible: 0 }));
}

function modelOf({ name, rank, lines }: Log): ModelSource {
  return { name, rank, told: tell(lines, rank) };
}

function take(driver: Driver, step: Step): void {
  if (step.does === "commit") return void driver.commit(step.rollbacks);
  if (step.does === "restartProcess") return driver.restartProcess();
  const index = step.source % driver.logs.length;
  const log = driver.logs[index]!;
  switch (step.does) {
    case "write":
      log.visible = Math.min(log.lines.length, log.visible + step.count);
      break;
    case "read":
      return driver.read(index, step.count);
    case "readAgain":
      return driver.readAgain(index);
    case "restart":
      return driver.restart(index, false);
    case "readStale": {
      driver.commit();
      const before = observe(driver.writer.database);
      const counted = countsOf(driver);
      driver.readStale(index);
      assertEquals(driver.commit().stale.map(({ source }) => source), [driver.ids[index]!]);
      assertEquals(observe(driver.writer.database), before);
      assertEquals(countsOf(driver), counted);
    }
  }
}

function assertRaised(before: Map<string, ObservedEvent>, now: Map<string, ObservedEvent>): void {
  for (const [id, event] of before) {
    const next = now.get(id)!;
    const isSame = event.superseded === next.superseded &&
      JSON.stringify(contentOf(event.shown.state)) === JSON.stringify(contentOf(next.shown.state));
    if (isSame) assert(next.revision >= event.revision, `${event.revision} fell to ${next.revision}`);
    else {
      assert(
        next.revision > event.revision,
        `${event.revision} became ${next.revision} though the event changed`,
      );
      assert(next.seq > event.seq, "a changed event did not move to the end of the order of export");
    }
  }
}

/** The numbers that the writer keeps are those of its rows. */
function assertCounted(driver: Driver): void {
  const { database } = driver.writer;
  const { sources, counters } = countsOf(driver);
  assertEquals(counters!.events, database.prepare("select count(*) as n from events").get()!.n);
  assert(
    (counters!.seq as number) >=
      (database.prepare("select coalesce(max(seq), 0) as n from events").get()!.n as number),
  );
  for (const { id, events } of sources) {
    const held = database.prepare(
      `select (select count(*) from events where source = ?1 and flags & ${FLAG.superseded} = 0) +
         (select count(*) from copies where source = ?1) as n`,
    ).get(id as number)!.n;
    assertEquals(events, held, `source ${id}`);
  }
}

function countsOf(driver: Driver) {
  const { database } = driver.writer;
  return {
    sources: database.prepare("select * from sources").all(),
    counters: database.prepare("select events, seq from counters").get(),
  };
}

function withoutSeq(events: Map<string, ObservedEvent>) {
  return new Map([...events].map(([id, { superseded, shown, copies }]) => [id, {
    superseded,
    shown: { source: shown.source, ...placeOf(shown.state), ...contentOf(shown.state) },
    copies: copies.map(({ source, state }) => ({ source, ...placeOf(state), ...contentOf(state) })),
  }]));
}

function expectedOf(predicted: ReturnType<typeof predict>): ReturnType<typeof withoutSeq> {
  const flat = ({ source, told }: { source: string; told: Told }) => ({
    source,
    revision: told.revision,
    position: told.position,
    ...contentOfTold(told),
  });
  return new Map([...predicted].map(([id, { shown, copies }]) => [id, {
    superseded: false,
    shown: flat(shown),
    copies: copies.map(flat),
  }]));
}

function placeOf({ revision, position }: EventState) {
  return { revision, position };
}

function contentOf(state: EventState) {
  return {
    copied: (state.flags & FLAG.copied) !== 0,
    complete: (state.flags & FLAG.complete) !== 0,
    session: state.session,
    text: JSON.parse(state.data).text as string,
    tokens: state.metrics.outputTokens,
  };
}

function contentOfTold({ copied, complete, session, text, tokens }: Told) {
  return { copied, complete, session, text, tokens };
}
