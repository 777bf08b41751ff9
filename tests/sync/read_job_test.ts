import { assertEquals } from "@std/assert";
import type { ReadableAgent } from "../../src/agents/agent.ts";
import { claudeCode } from "../../src/agents/claude_code.ts";
import { START } from "../../src/sources/cursor.ts";
import { BatchBuilder } from "../../src/store/batch_builder.ts";
import { draft } from "../store/filled_store.ts";
import { NameNumbers } from "../../src/store/name_numbers.ts";
import { makeJob } from "../../src/sync/make_job.ts";
import { JobRun } from "../../src/sync/read_job.ts";
import { Folder } from "../sources/reading.ts";
import { knownSource } from "./known_source.ts";

const WANTED = { include: [], exclude: [] };

/** An agent whose parser is `record`, called for each line with what is known of the source. */
function agentOf(
  record: ReturnType<ReadableAgent["parser"]>["record"],
  given: Partial<ReadableAgent> = {},
): ReadableAgent {
  return {
    ...claudeCode,
    parser: () => ({ record, flush() {}, state: () => null }),
    ...given,
  } as ReadableAgent;
}

Deno.test("JobRun.rest() goes on to tell what is not wanted, once the source is read from its start again", () => {
  using folder = new Folder();
  const path = folder.write("s.jsonl", '{"n":1}\n{"n":2}\n');
  const agent = agentOf(() => undefined);
  const job = makeJob(knownSource({ path, root: folder.path, relativePath: "s.jsonl" }), {
    realRoot: folder.path,
    workspaces: WANTED,
  }, false);
  assertEquals(job.isRereading, false);
  const run = new JobRun(agent, job, new BatchBuilder(new NameNumbers()), () => true, Date.now());
  run.step();
  run.cut();
  assertEquals(run.rest().isRereading, true);
  run.close();
});

Deno.test("JobRun lays an event with no time to the record that made it, also if that failed", () => {
  using folder = new Folder();
  const path = folder.write("s.jsonl", '{"n":1}\n{"n":2}\n');
  const builder = new BatchBuilder(new NameNumbers());
  const agent = agentOf(() => undefined, {
    parser: (_, emit) => ({
      record({ n }) {
        if (n !== 1) return undefined;
        emit(draft({ key: "a", timestamp: NaN }));
        throw new Error("no");
      },
      flush() {},
      state: () => null,
    }),
  });
  const source = knownSource({ path, root: folder.path, relativePath: "s.jsonl", cursor: START });
  const job = makeJob(source, { realRoot: folder.path, workspaces: WANTED }, false);
  const run = new JobRun(agent, job, builder, () => true, Date.now());
  while (run.step());
  run.finish();
  run.close();
  assertEquals(builder.take().segments.flatMap(({ unread }) => unread.map(({ reason }) => reason)), [
    "failed:no",
  ]);
});
