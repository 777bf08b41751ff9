import { assert, assertEquals } from "@std/assert";
import { StoreReader } from "../../src/store/reader.ts";
import { readSummary } from "../../src/store/summary.ts";
import type { SyncProgress } from "../../src/sync/collector.ts";
import { ClaudeSession, CodexSession } from "../e2e/agent_homes.ts";
import { eventually } from "../e2e/eventually.ts";
import { CollectorInProcess } from "./collecting.ts";

Deno.test({
  name: "a collector never tells of more than what is committed, and of all of it only when it is",
  // Its threads live as long as the process.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const told: { readonly progress: SyncProgress; readonly committed: number }[] = [];
    let end: SyncProgress | undefined;
    await using collector: CollectorInProcess = new CollectorInProcess({
      report: {
        progress: (progress) => {
          using reader = StoreReader.open(collector.storePath);
          const { agents } = readSummary(reader);
          told.push({
            progress,
            committed: agents.reduce((sum, { committedBytes }) => sum + committedBytes, 0),
          });
          // More is found on the way: a session that nobody knew of.
          if (told.length < 4) new CodexSession(collector.home.path, 900 + told.length).turn("late");
        },
        upToDate: (progress) => end = progress,
        note: () => {},
      },
    });
    const text = "All work and no play makes Jack a dull boy. ".repeat(1200);
    for (let number = 0; number < 700; number++) {
      new ClaudeSession(collector.home.path, number).turn(`${number} ${text}`);
    }
    collector.start();
    const final = await eventually("the end of history", () => end, 30_000);
    assert(told.length >= 2, `told ${told.length} times`);
    for (const { progress, committed } of told) {
      assert(progress.committedBytes <= committed, `${progress.committedBytes} of ${committed}`);
      assert(progress.committedBytes < progress.totalBytes);
    }
    const committed = told.map(({ progress }) => progress.committedBytes);
    assertEquals(committed, committed.toSorted((a, b) => a - b));
    assertEquals(final.committedBytes, final.totalBytes);
  },
});
