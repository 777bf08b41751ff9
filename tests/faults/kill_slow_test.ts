// deno-lint-ignore-file no-console -- the table is what people run this for
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { skipUnless } from "../skips.ts";
import { fillHome, temporaryFolder } from "./home.ts";
import { killAll, renderTable } from "./kill_table.ts";
import { killWhileWriting } from "./live_kills.ts";

/** Another one each time; one that failed can be tried again. */
const seed = Number(Deno.env.get("DEVLOG_SEED") ?? Date.now() % 1_000_000);

Deno.test({
  name: "sync ends with the same store wherever it was killed [needs strace]",
  ...skipUnless("strace"),
  fn: async () => {
    using home = temporaryFolder();
    using folder = temporaryFolder();
    fillHome(home.path, 1_000_000, 12, 5);
    const table = await killAll({ home: home.path, folder: folder.path, seed, points: 60 });
    console.log(renderTable(table, seed));
    assertEquals(table.flatMap(({ failures }) => failures), []);
    const sum = (key: "points" | "insideTransaction") => table.reduce((total, row) => total + row[key], 0);
    assertGreaterOrEqual(sum("points"), 100);
    assertGreaterOrEqual(sum("insideTransaction"), 20);
  },
});

Deno.test("start loses and doubles no line when it is killed thirty times while agents write", async () => {
  using home = temporaryFolder();
  using folder = temporaryFolder();
  console.log(`seed ${seed}`);
  await killWhileWriting({
    home: home.path,
    devlogHome: folder.path,
    seed,
    kills: 30,
    lifetime: 1_500,
  });
});
