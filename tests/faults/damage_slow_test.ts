// deno-lint-ignore-file no-console -- the seed is what one needs to try a failure again
import { Random } from "../../scripts/bench/home/random.ts";
import { DamagedStore, flipBit } from "./damage.ts";

/** A prime: so all parts of a frame are cut somewhere. */
const EVERY = 997;
const FLIPS = 200;

const seed = Number(Deno.env.get("DEVLOG_SEED") ?? Date.now() % 1_000_000);

Deno.test("sync ends with the same store wherever its log was cut", async () => {
  using damaged = await DamagedStore.make(150_000);
  for (let cut = 0; cut < damaged.log.length; cut += EVERY) {
    await damaged.syncToSame(damaged.database, damaged.log.subarray(0, cut));
  }
});

Deno.test("sync ends with the same store whatever bit of its log was turned over", async () => {
  console.log(`seed ${seed}`);
  using damaged = await DamagedStore.make(150_000);
  const random = new Random(seed, 2, 0xdead);
  for (let flip = 0; flip < FLIPS; flip++) {
    const at = random.integer(0, damaged.log.length - 1);
    await damaged.syncToSame(damaged.database, flipBit(damaged.log, at, random.integer(0, 7)));
  }
});
