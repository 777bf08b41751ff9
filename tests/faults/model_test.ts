import fc from "fast-check";
import { runSteps, stepsArbitrary } from "./model.ts";

Deno.test("sync has each line that was ever there at a sync as one event, whatever happens to the files", async () => {
  await fc.assert(fc.asyncProperty(stepsArbitrary(false, 10), (steps) => runSteps(steps)), {
    numRuns: 20,
    seed: 20_260_125,
  });
});
