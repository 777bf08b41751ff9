import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { StorePause } from "../../src/sync/store_pause.ts";

/** A pause with lengths that a test can wait for, and what it told. */
function makePause() {
  const told: (string | undefined)[] = [];
  const pause = new StorePause(
    { onPause: (reason) => told.push(reason), onRetry: () => told.push("retry") },
    { first: 20, last: 50 },
  );
  return { pause, told };
}

async function timed(wait: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await wait();
  return performance.now() - startedAt;
}

Deno.test("StorePause waits twice as long each time until something is written, and not longer than it should", async () => {
  const { pause, told } = makePause();
  for (const length of [20, 40, 50]) {
    const waited = await timed(() => {
      pause.begin("full");
      assertEquals(pause.isOn, true);
      return pause.over;
    });
    // Timers may be a little early.
    assertGreaterOrEqual(waited, length - 2);
    assertEquals(pause.isOn, false);
  }
  assertEquals(told, ["full", "retry", "full", "retry", "full", "retry"]);
  pause.noteWritten();
  pause.noteWritten();
  pause.begin("busy");
  await pause.over;
  assertEquals(told.slice(6), [undefined, "busy", "retry"]);
});

Deno.test("StorePause.begin() in a pause is no news", () => {
  const { pause, told } = makePause();
  pause.begin("full");
  pause.begin("io");
  pause.end();
  assertEquals(told, ["full"]);
});

Deno.test("StorePause.end() lets go on who waits, and nothing is retried", async () => {
  const { pause, told } = makePause();
  pause.begin("full");
  const { over } = pause;
  pause.end();
  await over;
  await pause.over;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals([pause.isOn, told], [false, ["full"]]);
});
