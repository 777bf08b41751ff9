// deno-lint-ignore-file no-console -- the table is what people run this for
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { FAULTS, tryFault } from "./export_faults.ts";

const seed = Number(Deno.env.get("DEVLOG_SEED") ?? Date.now() % 1_000_000);
/** Trials of each fault, and kills in each. */
const TRIALS = 3;
const KILLS = 3;

Deno.test("a remote has all but what it refused, whatever it did and however often the collector was killed", async () => {
  console.log(`seed ${seed}`);
  const failures: string[] = [];
  let kills = 0;
  for (const [name, fault] of Object.entries(FAULTS)) {
    let repeated = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      try {
        const count = await tryFault(fault, seed + trial, KILLS);
        kills += count.kills;
        repeated += count.repeated;
      } catch (error) {
        failures.push(`${name}, seed ${seed + trial}: ${error}`);
      }
    }
    console.log(
      `${name.padEnd(50)} ${TRIALS} trials, ${TRIALS * KILLS} kills, ${repeated} events came again`,
    );
  }
  assertEquals(failures, []);
  assertGreaterOrEqual(kills, 100);
});
