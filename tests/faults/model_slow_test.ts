import { assert } from "@std/assert";
import { join } from "node:path";
import fc from "fast-check";
import { spawn } from "../e2e/program.ts";
import type { Project } from "./collecting.ts";
import { forAWhile } from "./for_a_while.ts";
import { runSteps, type Step, stepsArbitrary } from "./model.ts";
import { SYNC } from "./syncing.ts";

/** A short sync takes about so long, ms. */
const TIME = 400;

Deno.test("sync has each line that was ever there at a sync as one event, also when it is killed in between", async () => {
  const holds = forAWhile(300_000, (steps: readonly Step[]) => runSteps(steps, startAndKill));
  await fc.assert(fc.asyncProperty(stepsArbitrary(true, 40), holds), { numRuns: 100 });
});

async function startAndKill({ home, store }: Project, after: number): Promise<void> {
  // The program's own folder holds only the configuration that names the store.
  Deno.mkdirSync(join(home, ".devlog"), { recursive: true });
  Deno.writeTextFileSync(
    join(home, ".devlog/config.yaml"),
    `storage:\n  path: ${JSON.stringify(join(store, ".."))}\n`,
  );
  await using running = spawn(SYNC, { home });
  await new Promise((resolve) => setTimeout(resolve, after * TIME));
  const { code } = await running.kill();
  assert(code === 137 || code === 0, running.output.stderr);
}
