import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { skipUnless } from "../skips.ts";
import { fillHome, temporaryFolder } from "./home.ts";
import { killAll, renderTable } from "./kill_table.ts";
import { killWhileWriting } from "./live_kills.ts";

Deno.test({
  name: "sync ends with the same store when it was killed at eight points [needs strace]",
  ...skipUnless("strace"),
  fn: async () => {
    using home = temporaryFolder();
    using folder = temporaryFolder();
    fillHome(home.path, 200_000, 4, 5);
    const seed = 20_260_125;
    const table = await killAll({ home: home.path, folder: folder.path, seed, points: 4 });
    assertEquals(table.flatMap(({ failures }) => failures), [], renderTable(table, seed));
    // The kill before a chosen write always strikes.
    assertGreaterOrEqual(table[0]!.killed, table[0]!.points - 1, renderTable(table, seed));
    assertGreaterOrEqual(table[0]!.insideTransaction, 1, renderTable(table, seed));
  },
});

Deno.test("start loses and doubles no line when it is killed while agents write", async () => {
  using home = temporaryFolder();
  using folder = temporaryFolder();
  await killWhileWriting({
    home: home.path,
    devlogHome: folder.path,
    seed: 20_260_125,
    kills: 6,
    lifetime: 1_000,
  });
});
