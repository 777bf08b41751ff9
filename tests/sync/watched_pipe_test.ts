import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { ClaudeSession } from "../e2e/agent_homes.ts";
import { prompts, startUpToDate } from "../e2e/collecting.ts";
import { eventually } from "../e2e/eventually.ts";
import { run, temporaryHome } from "../e2e/program.ts";
import { skipUnless } from "../skips.ts";

/** So long may the end take, ms. */
const IN_TIME = 5_000;

const WAYS = {
  "SIGTERM": (_home: string, signal: (name: Deno.Signal) => void) => signal("SIGTERM"),
  "Ctrl-C": (_home: string, signal: (name: Deno.Signal) => void) => signal("SIGINT"),
  "stop": async (home: string) => {
    assertEquals((await run(["stop"], { home, timeoutMs: IN_TIME })).stdout, "stopped\n");
  },
};

// Deno's thread for watches opens what was made and does not come back from a pipe that nobody writes to (2.9).
for (const [way, end] of Object.entries(WAYS)) {
  Deno.test({
    name: `${way} ends start in time beside a pipe that was made in a watched folder [needs unix]`,
    ...skipUnless("unix"),
    fn: async () => {
      using home = temporaryHome();
      const session = new ClaudeSession(home.path, 1).turn("before");
      await using running = await startUpToDate(home.path);
      const pipe = join(dirname(session.path), "pipe.jsonl");
      assertEquals((await new Deno.Command("mkfifo", { args: [pipe] }).output()).code, 0);
      session.turn("after");
      await eventually("the line", async () => (await prompts(home.path)).includes("after"));
      await end(home.path, (name) => running.signal(name));
      assertEquals((await running.end(IN_TIME)).code, 0);
      assertEquals(await prompts(home.path), ["after", "before"]);
    },
  });
}
