import fc from "fast-check";
import { runScopes, steps } from "./scope_model.ts";

Deno.test("whatever floors and filters came before, the store ends as one full read of what is wanted", async () => {
  await fc.assert(fc.asyncProperty(steps, runScopes), { numRuns: 12, seed: 20_261_125 });
});
