import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { OutgoingEvent } from "../../src/export/remote.ts";
import { ALL, Delivering, draft, type Reaction, TAKES } from "./delivering.ts";

const numbered = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, index) => draft({ key: `k${from + index}`, timestamp: 1000 + from + index }),
  );
const revisions = (events: Iterable<{ readonly id: string; readonly revision: number }>) =>
  Object.fromEntries([...events].map(({ id, revision }) => [id, revision]).toSorted());

Deno.test("a remote gets all of the past, then what is new, each once and in batches", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 10));
  await delivering.start();
  await delivering.work();
  assertEquals(delivering.destination.received.length, 10);
  delivering.add(...numbered(10, 12));
  await delivering.work();
  assertEquals(delivering.destination.received.length, 12);
  assertEquals(revisions(delivering.destination.held.values()), revisions(delivering.events().values()));
  assertEquals(delivering.state().delivered, 12);
});

Deno.test("a runner that starts again goes on where the last one was", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 10));
  await delivering.start();
  await delivering.work(3);
  await delivering.start();
  await delivering.work();
  assertEquals(delivering.destination.received.length, 10);
});

Deno.test("a batch that was stored though its answer was lost is sent again with the same bytes", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 3));
  await delivering.start();
  let isFirst = true;
  delivering.destination.reacts = (events, store) => {
    store();
    const answer = isFirst ? { kind: "unavailable", message: "reset" } as const : TAKES(events, () => {});
    isFirst = false;
    // It grows between the two.
    if (answer.kind === "unavailable") {
      delivering.add(draft({ key: "k0", timestamp: 1000, revision: 2, data: { text: "more" } }));
    }
    return answer;
  };
  await delivering.work();
  assertEquals(delivering.destination.bodies.size, 2);
  assertEquals(delivering.destination.received.length, 7);
  assertEquals(revisions(delivering.destination.held.values()), revisions(delivering.events().values()));
});

Deno.test("an event that is not complete waits until it has been quiet, and is sent once", async () => {
  using delivering = new Delivering();
  await delivering.start();
  const start = delivering.now;
  // Its source was written just now.
  delivering.driver.writer.database.exec(`update sources set mtime = ${start}`);
  delivering.add(draft({ key: "a", complete: false }));
  delivering.driver.writer.database.exec(`update sources set mtime = ${start}`);
  await delivering.work(100, 1_000);
  assertEquals(delivering.destination.received.length, 0);
  delivering.now += 20_000;
  delivering.add(draft({ key: "a", complete: false, revision: 2, data: { text: "ab" } }));
  delivering.driver.writer.database.exec(`update sources set mtime = ${delivering.now}`);
  await delivering.work(100, 15_000);
  assertEquals(delivering.destination.received.length, 0);
  await delivering.work(100, 60_000);
  assertEquals(delivering.destination.received.map(({ data }) => data), [{ text: "ab" }]);
  assert(delivering.now - start >= 50_000);
});

Deno.test("one bad event of a batch is found by halving, and parked with the answer", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 9));
  await delivering.start();
  const bad = [...delivering.events().values()][4]!.id;
  delivering.destination.reacts = (events, store) => {
    if (events.some(({ id }) => id === bad)) {
      return { kind: "unacceptable", message: "bad", status: 400, rejected: [] };
    }
    store();
    return { kind: "accepted", rejected: [] };
  };
  await delivering.work();
  assertEquals(delivering.destination.received.length, 8);
  assertEquals(delivering.deadLetters().map(({ eventId, answer, status }) => ({ eventId, answer, status })), [
    { eventId: bad, answer: "bad", status: 400 },
  ]);
});

Deno.test("a remote that refuses is left alone, then tried again with the same batch", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 2));
  await delivering.start();
  const start = delivering.now;
  let tries = 0;
  delivering.destination.reacts = (events, store) =>
    ++tries < 3 ? { kind: "refused", message: "401: wrong key", status: 401 } : TAKES(events, store);
  await delivering.work(100, 5_000);
  assertEquals(delivering.state().state, "paused");
  assertEquals(delivering.state().lastError, "401: wrong key");
  await delivering.work();
  assertEquals(delivering.destination.received.length, 2);
  assertEquals(delivering.now - start, 1_200_000);
  assertEquals(delivering.state().state, "open");
});

Deno.test("a filter that is widened sends what it kept back, and only that", async () => {
  using delivering = new Delivering();
  const workspaces = ["/a", "/b", "/c", undefined];
  delivering.add(...numbered(0, 20).map((event, index) => ({ ...event, workspace: workspaces[index % 4] })));
  const only = (...wanted: readonly (string | undefined)[]) => ({
    ...ALL,
    wantsWorkspace: (workspace: string | undefined) => wanted.includes(workspace),
  });
  await delivering.start({ filter: only("/a") });
  await delivering.work();
  assertEquals(delivering.destination.received.map(({ workspace }) => workspace), new Array(5).fill("/a"));
  delivering.add(...numbered(20, 24).map((event, index) => ({ ...event, workspace: workspaces[index % 4] })));
  await delivering.start({ filter: only("/a", "/b") });
  await delivering.work();
  assertEquals(delivering.destination.received.length, 12);
  await delivering.start({ filter: only("/c") });
  delivering.add(...numbered(24, 28).map((event, index) => ({ ...event, workspace: workspaces[index % 4] })));
  await delivering.work();
  await delivering.start();
  await delivering.work();
  assertEquals(delivering.destination.received.length, 28);
  assertEquals(delivering.destination.held.size, 28);
});

Deno.test("content that is widened sends everything anew with a higher revision, narrowed it sends nothing", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 5));
  const isWider = (before: string) => before === "none";
  await delivering.start({ content: "none", isWider });
  await delivering.work();
  await delivering.start({ content: "full", isWider });
  await delivering.work();
  assertEquals(delivering.destination.received.length, 10);
  assert([...delivering.destination.held.values()].every(({ revision }) => revision > 1_000_000));
  await delivering.start({ content: "none", isWider });
  await delivering.work();
  assertEquals(delivering.destination.received.length, 10);
});

Deno.test("an event at which a remote fails is parked once others got through, and holds up none", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 9));
  await delivering.start();
  const bad = [...delivering.events().values()][0]!.id;
  delivering.destination.reacts = (events, store) =>
    events.some(({ id }) => id === bad)
      ? { kind: "failing", message: "500", status: 500 }
      : TAKES(events, store);
  await delivering.work();
  assertEquals(delivering.destination.received.length, 8);
  assertEquals(delivering.deadLetters().map(({ eventId, status }) => ({ eventId, status })), [{
    eventId: bad,
    status: 500,
  }]);
});

Deno.test("a remote that fails at everything has nothing parked, and all once it is well", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 7));
  await delivering.start();
  delivering.destination.reacts = () => ({ kind: "failing", message: "500", status: 500 });
  await delivering.work(200);
  delivering.add(...numbered(7, 9));
  await delivering.start();
  await delivering.work(200);
  assertEquals(delivering.deadLetters(), []);
  delivering.destination.reacts = TAKES;
  await delivering.work();
  assertEquals(delivering.destination.received.length, 9);
  assertEquals(delivering.deadLetters(), []);
});

/** What a remote may do to a batch; those that store it and then fail are the worst. */
const reactions: fc.Arbitrary<Reaction> = fc.constantFrom<Reaction>(
  TAKES,
  TAKES,
  () => ({ kind: "unavailable", message: "down" }),
  (_events, store) => {
    store();
    return { kind: "unavailable", message: "reset after it was stored" };
  },
  () => ({ kind: "unavailable", message: "429", status: 429, retryAfter: 60_000 }),
  () => ({ kind: "refused", message: "401", status: 401 }),
  (events, store) => events.length > 1 ? { kind: "too-large", message: "413" } : TAKES(events, store),
);

Deno.test("whatever a remote does and whenever the process ends: once it is well it has the latest of all but the dead letters", async () => {
  const acts = fc.array(
    fc.oneof(
      fc.record({
        does: fc.constant("add" as const),
        keys: fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
      }),
      fc.record({
        does: fc.constant("work" as const),
        steps: fc.integer({ min: 1, max: 12 }),
        reactions: fc.array(reactions, { minLength: 1, maxLength: 6 }),
      }),
      fc.record({ does: fc.constant("restart" as const), size: fc.integer({ min: 1, max: 5 }) }),
    ),
    { maxLength: 14 },
  );
  await fc.assert(
    fc.asyncProperty(acts, fc.nat(12), async (acts, poison) => {
      using delivering = new Delivering();
      await delivering.start();
      const grown = new Map<number, number>();
      const isPoison = (event: OutgoingEvent) =>
        (event.data as { text?: string }).text?.startsWith(`${poison}:`) ?? false;
      const guarded = (reaction: Reaction): Reaction => (events, store) =>
        events.some(isPoison)
          ? { kind: "unacceptable", message: "poison", status: 422, rejected: [] }
          : reaction(events, store);
      for (const act of acts) {
        if (act.does === "add") {
          const drafts = act.keys.map((key) => {
            const revision = (grown.get(key) ?? 0) + 1;
            grown.set(key, revision);
            return draft({
              key: `k${key}`,
              revision,
              data: { text: `${key}:${revision}` },
              type: "llm_response",
            });
          });
          for (const one of drafts) delivering.add(one);
        } else if (act.does === "work") {
          let index = 0;
          delivering.destination.reacts = guarded((events, store) =>
            act.reactions[index++ % act.reactions.length]!(events, store)
          );
          await delivering.work(act.steps);
        } else {
          await delivering.start({ batchSize: act.size });
        }
      }
      delivering.destination.reacts = guarded(TAKES);
      await delivering.start();
      await delivering.work(10_000, 7 * 86_400_000);
      const expected = [...delivering.events().values()].filter((event) => !isPoison(event as OutgoingEvent));
      assertEquals(revisions(delivering.destination.held.values()), revisions(expected));
      const dead = [...delivering.events().values()].filter((event) => isPoison(event as OutgoingEvent));
      assertEquals(delivering.deadLetters().map(({ eventId }) => eventId), dead.map(({ id }) => id));
      assertEquals(delivering.state().underWay, 0);
    }),
    { numRuns: 60 },
  );
});

Deno.test("decidedUpTo() is what all that are delivered to have decided about", async () => {
  using delivering = new Delivering();
  delivering.add(...numbered(0, 4));
  await delivering.start();
  assertEquals(delivering.decidedUpTo([]), Number.MAX_SAFE_INTEGER);
  assertEquals(delivering.decidedUpTo(["team"]), 0);
  await delivering.work();
  const { cursor } = delivering.state();
  assertEquals([delivering.decidedUpTo(["team"]), delivering.decidedUpTo(["team", "new"])], [cursor, 0]);
});
