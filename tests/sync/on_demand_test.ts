import { assertEquals } from "@std/assert";
import { OnDemand } from "../../src/sync/on_demand.ts";
import { eventually } from "../e2e/eventually.ts";

/** Threads that say what becomes of them, and end when the test lets them. */
function makeThreads(idleTime = 5) {
  const told: string[] = [];
  const state = { isIdle: true, mayEnd: Promise.resolve() };
  let count = 0;
  const threads = new OnDemand({
    start: () => {
      const name = ++count;
      told.push(`start ${name}`);
      return {
        name,
        async stop(beforeEnd?: () => Promise<unknown>) {
          await beforeEnd?.();
          await state.mayEnd;
          told.push(`end ${name}`);
          return true;
        },
      };
    },
    isIdle: () => state.isIdle,
    beforeEnd: ({ name }) => {
      told.push(`before ${name}`);
      return Promise.reject(new Error("the log is in use"));
    },
    idleTime,
  });
  return { threads, told, state };
}

Deno.test("OnDemand.connect() starts threads once, and new ones only when the last have ended", async () => {
  const { threads, told, state } = makeThreads();
  assertEquals((await threads.connect()).name, 1);
  assertEquals((await threads.connect()).name, 1);
  const { promise, resolve } = Promise.withResolvers<void>();
  state.mayEnd = promise;
  threads.end();
  const next = threads.connect();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(told, ["start 1"]);
  resolve();
  assertEquals((await next).name, 2);
  assertEquals(told, ["start 1", "end 1", "start 2"]);
});

Deno.test("OnDemand.endWhenIdle() ends threads after a while without work, whatever failed before it", async () => {
  const { threads, told } = makeThreads();
  threads.endWhenIdle();
  await threads.connect();
  threads.endWhenIdle();
  await eventually("the end", () => told.length === 3);
  assertEquals(told, ["start 1", "before 1", "end 1"]);
});

Deno.test("OnDemand.endWhenIdle() ends nothing that has work, or is used again in time", async () => {
  const { threads, told, state } = makeThreads(20);
  await threads.connect();
  state.isIdle = false;
  threads.endWhenIdle();
  state.isIdle = true;
  await new Promise((resolve) => setTimeout(resolve, 30));
  threads.endWhenIdle();
  await threads.connect();
  await new Promise((resolve) => setTimeout(resolve, 30));
  threads.endWhenIdle();
  state.isIdle = false;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(told, ["start 1"]);
});

Deno.test("OnDemand.stop() ends what runs, after what must be done before, and is done where nothing runs", async () => {
  const { threads, told } = makeThreads();
  await threads.connect();
  const last = ({ name }: { readonly name: number }) => Promise.resolve(told.push(`last ${name}`));
  assertEquals([await threads.stop(last), await threads.stop(last)], [true, true]);
  assertEquals(told, ["start 1", "last 1", "end 1"]);
});
