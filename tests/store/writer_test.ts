import { assertEquals, assertThrows } from "@std/assert";
import { FLAG } from "../../src/store/batch.ts";
import { BatchBuilder } from "../../src/store/batch_builder.ts";
import { NameNumbers } from "../../src/store/name_numbers.ts";
import { DAMAGED, Driver, type Log, sourceEntry } from "./driver.ts";
import { draft } from "./filled_store.ts";
import { observe } from "./observed.ts";
import { TempFolder } from "./temp_store.ts";
import type { Line } from "./tiny_agent.ts";

const open = (key: string, text = "x"): Line => {
  return { does: "open", key, session: "s", text, copied: false, complete: true };
};

const log = (name: string, ...keys: string[]): Log => {
  return { name, rank: 0, lines: keys.map((key) => open(key)), visible: keys.length };
};

const flagsOf = (driver: Driver) => {
  return driver.writer.database.prepare("select flags from events order by timestamp").all()
    .map(({ flags }) => (flags as number) & FLAG.superseded);
};

const sourceOf = (driver: Driver, log = 0) => {
  return driver.writer.database.prepare("select * from sources where id = ?").get(driver.ids[log]!)!;
};

Deno.test("apply() takes a source's last segment and its new start out of one batch", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a", "b", "c", "d")]);
  driver.finish();
  const before = observe(driver.writer.database);

  driver.read(0, 1); // nothing more: it is at its end
  driver.restart(0, false);
  driver.read(0, 2); // not yet at its end again
  driver.commit();
  assertEquals(observe(driver.writer.database), before);
  assertEquals(sourceOf(driver).byte_offset, 200);
  driver.finish();
  assertEquals(observe(driver.writer.database), before);
});

Deno.test("apply() supersedes nothing that is older than what the source is asked for", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a", "c"), log("two", "a", "c")]);
  driver.finish();
  for (const [index, log] of driver.logs.entries()) {
    driver.writer.transaction(() =>
      driver.writer.readAgain(driver.ids[index]!, 1_000_000 + "b".charCodeAt(0), 1)
    );
    driver.forgetPlace(index);
    log.lines = [];
  }
  driver.finish();
  assertEquals(flagsOf(driver), [0, FLAG.superseded]);
  assertEquals(sourceOf(driver).events, 1);
});

Deno.test("apply() stores no event from before the horizon, and doesn't take it for lost either", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a", "b", "c")]);
  driver.finish();
  const horizon = 1_000_000 + "c".charCodeAt(0);
  assertEquals(driver.writer.transaction(() => driver.writer.prune(horizon, 1)), 1);
  driver.readAgain(0);
  driver.finish();
  assertEquals(flagsOf(driver), [0, 0]);
  assertEquals(driver.writer.transaction(() => driver.writer.prune(horizon, 9)), 1);
  assertEquals(driver.writer.transaction(() => driver.writer.prune(horizon, 9)), 0);
  driver.restartProcess();
  driver.readAgain(0);
  driver.finish();
  assertEquals(flagsOf(driver), [0]);
});

Deno.test("prune() leaves right counts when copies and superseded events go", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a", "b"), log("two", "b")]);
  driver.finish();
  driver.logs[0]!.lines = [open("b")];
  driver.restart(0, false);
  driver.finish();
  assertEquals(flagsOf(driver), [FLAG.superseded, 0]);
  driver.writer.transaction(() => driver.writer.prune(Number.MAX_SAFE_INTEGER, 10));
  assertEquals([sourceOf(driver, 0).events, sourceOf(driver, 1).events], [0, 0]);
  const { database } = driver.writer;
  assertEquals(database.prepare("select events from counters").get()!.events, 0);
  assertEquals(database.prepare("select count(*) as n from copies").get()!.n, 0);
});

Deno.test("apply() ends a reread whose changed events were pruned meanwhile", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a", "b", "c")]);
  driver.finish();
  driver.logs[0]!.lines = [open("a", "y"), open("b", "y"), open("c", "y")];
  driver.readAgain(0);
  driver.read(0, 2);
  driver.commit();
  driver.writer.transaction(() => driver.writer.prune(1_000_000 + "b".charCodeAt(0), 10));
  driver.finish();
  const texts = [...observe(driver.writer.database).values()].map(({ shown }) => shown.state.data);
  assertEquals(texts, ['{"text":"y"}', '{"text":"y"}']);
});

Deno.test("apply() counts unread records once, however often the source is read", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a")]);
  driver.read(0, 9, [DAMAGED]);
  driver.commit();
  driver.readAgain(0);
  driver.read(0, 9, [DAMAGED]);
  driver.commit();
  assertEquals(sourceOf(driver).unread, 1);
  for (const shrunk of [false, true]) {
    driver.restart(0, shrunk);
    driver.read(0, 9, [DAMAGED, { ...DAMAGED, position: 50 }]);
    driver.commit();
    assertEquals(sourceOf(driver).unread, 2);
  }
  assertEquals(driver.writer.database.prepare("select count(*) as n from unread_records").get()!.n, 2);
});

Deno.test("register() gives a source that was moved onto another one the id of that", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a"), log("two", "b")]);
  const entry = { ...sourceEntry(driver.logs[1]!), movedFrom: driver.ids[0]! };
  assertEquals(driver.writer.transaction(() => driver.writer.register([entry])), [driver.ids[1]!]);
});

Deno.test("register() keeps file ids above 2^53, as Windows has them", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, []);
  const entry = sourceEntry(log("one"));
  const stamp = { ...entry.stamp, inode: 1.5e19, device: 2 ** 60 };
  driver.writer.transaction(() => driver.writer.register([{ ...entry, stamp }]));
  assertEquals({ ...driver.writer.database.prepare("select device, inode from sources").get() }, {
    device: 2 ** 60,
    inode: 1.5e19,
  });
});

Deno.test("transaction() undoes all of it when it throws", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one", "a")]);
  const { writer } = driver;
  assertThrows(() =>
    writer.transaction(() => {
      writer.raise({ key: "k", message: "m", hint: "h" }, 1);
      throw new Error("no");
    })
  );
  assertEquals(writer.isOpen, false);
  assertEquals(writer.database.prepare("select * from problems").all(), []);
});

Deno.test("add() refuses a time that no date can have, and leaves out a number that no column can hold", () => {
  const builder = new BatchBuilder(new NameNumbers());
  const draft = {
    type: "llm_response" as const,
    anchor: "a",
    key: "k",
    revision: 1,
    position: 0,
    complete: true,
    timestamp: 1,
    sessionId: "s",
    data: {},
  };
  for (const timestamp of [NaN, Infinity, 1e300, -8.64e15 - 1]) {
    assertThrows(() => builder.add("tiny", { ...draft, timestamp }), TypeError);
  }
  assertEquals(builder.rows, 0);
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [log("one")]);
  driver.addDrafts(0, [
    {
      ...draft,
      metrics: {
        inputTokens: 1e300,
        outputTokens: 2 ** 53,
        durationMs: NaN,
        costUsd: Infinity,
        reasoningTokens: 1.4,
      },
    },
  ]);
  driver.commit();
  const [event] = observe(driver.writer.database).values();
  assertEquals(event!.shown.state.metrics, { reasoningTokens: 1 });
});

Deno.test("prune() keeps what is still to be delivered", () => {
  using folder = new TempFolder();
  using driver = new Driver(folder.store, [{ name: "log", rank: 0, lines: [], visible: 0 }]);
  driver.addDrafts(0, ["a", "b", "c"].map((key) => draft({ key, timestamp: 1_000 })));
  driver.commit();
  const { database } = driver.writer;
  const first = database.prepare("select seq, id from events order by seq").all()[0]!;
  database.prepare("insert into deferred values (1, ?, 5)").run(first.id as Uint8Array);
  const prune = (upTo: number) => driver.writer.transaction(() => driver.writer.prune(2_000, 9, upTo));
  // Nothing but the first is decided about, and that waits.
  assertEquals(prune(first.seq as number), 0);
  assertEquals(prune(first.seq as number + 1), 1);
  database.exec("delete from deferred");
  assertEquals(prune(Number.MAX_SAFE_INTEGER), 2);
});
