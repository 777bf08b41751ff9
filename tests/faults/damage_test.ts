import { DamagedStore, flipBit } from "./damage.ts";
import { assertSameEvents } from "./store_state.ts";

const PAGE = 4096;

Deno.test("sync ends with the same store when its log was cut or a bit of it turned over", async (t) => {
  using damaged = await DamagedStore.make(120_000);
  const { database, log } = damaged;
  for (const cut of [0, 16, 32, 40, log.length >> 2, log.length >> 1, log.length - 1]) {
    await t.step(`cut after ${cut} bytes`, () => damaged.syncToSame(database, log.subarray(0, cut)));
  }
  for (const at of [3, 18, 40, 70_000, log.length - 9_000]) {
    await t.step(`bit of byte ${at}`, () => damaged.syncToSame(database, flipBit(log, at, at % 8)));
  }
});

Deno.test("sync ends with the same events when the database was damaged where it looks", async (t) => {
  using damaged = await DamagedStore.make(120_000);
  const { log } = damaged;
  const cases = [
    { name: "its first bytes are zero", database: zeroed(damaged.database, 0, 16) },
    { name: "its first page is zero", database: zeroed(damaged.database, 0, PAGE) },
    { name: "all but its beginning was cut off", database: damaged.database.slice(0, 5 * PAGE) },
    { name: "it is empty", database: new Uint8Array(0) },
    { name: "it is no database", database: new TextEncoder().encode("nothing of the kind\n".repeat(1000)) },
  ];
  for (const { name, database } of cases) {
    for (const withLog of [true, false]) {
      await t.step(`${name}, ${withLog ? "with" : "without"} its log`, async () => {
        await damaged.sync(database, withLog ? log : log.slice(0, 0));
        assertSameEvents(damaged.store, damaged.state);
      });
    }
  }
});

function zeroed(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return bytes.slice().fill(0, from, to);
}
