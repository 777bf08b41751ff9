import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { START } from "../../src/sources/cursor.ts";
import { makeJob } from "../../src/sync/make_job.ts";
import type { BatchMessage } from "../../src/sync/messages.ts";
import { ReaderLoop } from "../../src/sync/reader_loop.ts";
import { ClaudeSession } from "../e2e/agent_homes.ts";
import { temporaryHome } from "../e2e/program.ts";
import { knownSource } from "./known_source.ts";

/** A closed channel still counts as one that waits for a message. */
const CHANNEL = { sanitizeOps: false };

Deno.test(
  "ReaderLoop.hurry() has a source read before those that wait, and never one twice",
  CHANNEL,
  async () => {
    using home = temporaryHome();
    const root = join(home.path, ".claude", "projects");
    const jobs = [1, 2, 3, 4].map((id) => {
      const { path } = new ClaudeSession(home.path, id).turn("once");
      const source = knownSource({ id, path, root, cursor: START });
      return makeJob(
        source,
        { realRoot: Deno.realPathSync(root), workspaces: { include: [], exclude: [] } },
        false,
      );
    });
    const { port1, port2 } = new MessageChannel();
    const read = new Promise<readonly number[]>((resolve) => {
      const sources: number[] = [];
      port2.onmessage = ({ data }: MessageEvent<BatchMessage>) => {
        sources.push(...data.batch.segments.map(({ source }) => source));
        port2.postMessage(data);
        if (sources.length >= jobs.length) resolve(sources);
      };
    });
    const loop = new ReaderLoop(port1);
    loop.add(jobs);
    loop.hurry(4);
    // The first one was begun by then; of the fifth nothing is known.
    loop.hurry(1);
    loop.hurry(5);
    assertEquals(await read, [1, 4, 2, 3]);
    await loop.stop();
    port1.close();
    port2.close();
  },
);
