import { assertEquals } from "@std/assert";
import { nextTurn } from "../../src/sync/next_turn.ts";

/** The channel that turns are made with stays open for the next. */
const KEPT_OPEN = { sanitizeOps: false, sanitizeResources: false };

Deno.test("nextTurn() lets a message in that was sent before it was called", KEPT_OPEN, async () => {
  const { port1, port2 } = new MessageChannel();
  const received = Promise.withResolvers<string>();
  let got: string | undefined;
  port1.onmessage = ({ data }) => {
    got = data;
    received.resolve(data);
  };
  port2.postMessage("hello");
  // Microtasks alone would never let it in.
  for (let turn = 0; got === undefined && turn < 10_000; turn++) await nextTurn();
  assertEquals(got, "hello");
  await received.promise;
  port1.close();
});

Deno.test("nextTurn() resolves in the order of the calls when many wait at once", KEPT_OPEN, async () => {
  const order: number[] = [];
  await Promise.all([1, 2, 3].map(async (number) => {
    await nextTurn();
    order.push(number);
  }));
  assertEquals(order, [1, 2, 3]);
});
