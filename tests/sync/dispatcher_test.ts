import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { MAX_ATTEMPTS } from "../../src/store/source_table.ts";
import { ClaudeSession } from "../e2e/agent_homes.ts";
import { eventually } from "../e2e/eventually.ts";
import { Dispatching } from "./dispatching.ts";

/** The channel of the threads lives as long as the process. */
const THREADS = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "Dispatcher.readLater() has all sources read, and none is done before it is committed",
  THREADS,
  async () => {
    await using dispatching = new Dispatching();
    for (let number = 0; number < 300; number++) {
      new ClaudeSession(dispatching.home.path, number).turn(
        "once",
      );
    }
    const sources = await dispatching.open();
    const { dispatcher } = dispatching;
    assert(dispatcher.isDone);
    for (const source of sources) dispatcher.readLater(source);
    await eventually("the end", () => {
      const synced = sources.filter(({ status }) => status === "synced").length;
      assert(!dispatcher.isDone || synced === sources.length, `done with ${synced} of ${sources.length}`);
      return dispatcher.isDone;
    });
    const stored = dispatching.stored();
    assertEquals(stored.map(({ status }) => status), sources.map(() => "synced"));
    assertEquals(stored.map(({ events, attempts }) => [events, attempts]), sources.map(() => [3, 0]));
  },
);

Deno.test(
  "Dispatcher is not done at any moment between readLater() and the first commit",
  THREADS,
  async () => {
    await using dispatching = new Dispatching();
    new ClaudeSession(dispatching.home.path, 1).turn("once");
    const [source] = await dispatching.open();
    const { dispatcher } = dispatching;
    dispatcher.readLater(source!);
    while (source!.status !== "synced") {
      assert(!dispatcher.isDone && dispatcher.isUnderWay(source!));
      await new Promise((resolve) => setTimeout(resolve));
    }
    assert(dispatcher.isDone && !dispatcher.isUnderWay(source!));
  },
);

Deno.test(
  "Dispatcher.readNow() reads a source that changes all the time at most ten times a second",
  THREADS,
  async () => {
    await using dispatching = new Dispatching();
    const session = new ClaudeSession(dispatching.home.path, 1).turn("first");
    const [source] = await dispatching.open();
    const { dispatcher } = dispatching;
    const sizeNow = () => Deno.statSync(session.path).size;
    const startedAt = performance.now();
    dispatcher.readNow(source!, sizeNow());
    await eventually("the first reading", () => source!.status === "synced");
    session.turn("second");
    for (let hint = 0; hint < 5; hint++) dispatcher.readNow(source!, sizeNow());
    assertEquals(dispatching.progress, 1, "it was read again at once");
    await eventually("the second reading", () => source!.cursor.offset === sizeNow());
    assertGreaterOrEqual(performance.now() - startedAt, 99);
    assertEquals(dispatching.progress, 2);
  },
);

Deno.test(
  "Dispatcher asks for another look at a source that changed while it was under way",
  THREADS,
  async () => {
    await using dispatching = new Dispatching();
    new ClaudeSession(dispatching.home.path, 1).turn("once");
    const [source] = await dispatching.open();
    dispatching.dispatcher.readNow(source!, source!.stamp.size);
    dispatching.dispatcher.readNow(source!, source!.stamp.size);
    dispatching.dispatcher.readLater(source!);
    await eventually("the end", () => dispatching.dispatcher.isDone);
    assertEquals(dispatching.rechecked, [{ id: source!.id, isLive: true }]);
  },
);

Deno.test("Dispatcher.hold() has nothing read until it is taken back", THREADS, async () => {
  await using dispatching = new Dispatching();
  new ClaudeSession(dispatching.home.path, 1).turn("once");
  new ClaudeSession(dispatching.home.path, 2).turn("once");
  const [first, second] = await dispatching.open();
  const { dispatcher } = dispatching;
  dispatcher.hold("the disk is full");
  dispatcher.readLater(first!);
  dispatcher.readNow(second!, second!.stamp.size);
  // Whatever was going to be read would be committed before this answer.
  for (let call = 0; call < 3; call++) await dispatcher.call("solve", "nothing");
  assertEquals([dispatcher.heldBy, dispatching.progress], ["the disk is full", 0]);
  dispatcher.hold(undefined);
  await eventually("the end", () => dispatcher.isDone);
  assertEquals(dispatching.stored().map(({ status }) => status), ["synced", "synced"]);
});

Deno.test("Dispatcher.stop() leaves no attempt counted of what it did not come to", THREADS, async () => {
  await using dispatching = new Dispatching();
  for (let number = 0; number < 400; number++) new ClaudeSession(dispatching.home.path, number).turn("once");
  const sources = await dispatching.open();
  for (const source of sources) dispatching.dispatcher.readLater(source);
  await eventually("the first commit", () => dispatching.progress > 0);
  assert(await dispatching.dispatcher.stop());
  const stored = dispatching.stored();
  assertEquals(stored.filter(({ attempts }) => attempts > 0), []);
  assertEquals(stored.filter(({ events, status }) => (events === 3) !== (status === "synced")), []);
});

Deno.test("Dispatcher.stop() right after readLater() leaves no attempt counted either", THREADS, async () => {
  await using dispatching = new Dispatching();
  new ClaudeSession(dispatching.home.path, 1).turn("once");
  const [source] = await dispatching.open();
  dispatching.dispatcher.readLater(source!);
  // The attempt is being counted now.
  await Promise.resolve();
  assert(await dispatching.dispatcher.stop());
  assertEquals(dispatching.stored()[0]!.attempts, 0);
});

Deno.test(
  "Dispatcher sets a source aside that was opened three times and never finished, and reads the others",
  THREADS,
  async () => {
    await using dispatching = new Dispatching();
    for (let number = 0; number < 3; number++) new ClaudeSession(dispatching.home.path, number).turn("once");
    const sources = await dispatching.open();
    const bad = sources[1]!;
    bad.attempts = MAX_ATTEMPTS;
    for (const source of sources) dispatching.dispatcher.readLater(source);
    await eventually(
      "the end",
      () => sources.every(({ status }) => status !== "pending" && status !== "syncing"),
    );
    const stored = dispatching.stored();
    assertEquals(
      stored.map(({ status }) => status),
      ["synced", "error", "synced"],
    );
    assertEquals(stored[1]!.error?.includes("three times"), true, stored[1]!.error);
  },
);

Deno.test("Dispatcher waits for nothing when the root of a source is gone", THREADS, async () => {
  await using dispatching = new Dispatching();
  new ClaudeSession(dispatching.home.path, 1).turn("once");
  const [source] = await dispatching.open();
  dispatching.loseRoot();
  dispatching.dispatcher.readNow(source!, source!.stamp.size);
  assert(dispatching.dispatcher.isDone);
  assertEquals(dispatching.stored()[0]!.attempts, 0);
});
