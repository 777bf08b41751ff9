import fc from "fast-check";
import { forAWhile } from "./for_a_while.ts";
import { runScopes, steps } from "./scope_model.ts";

Deno.test("whatever floors and filters came before, the store ends as one full read of what is wanted, many times", async () => {
  await fc.assert(fc.asyncProperty(steps, forAWhile(240_000, runScopes)), { numRuns: 150 });
});
