import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { join, type KeyRange, salvage } from "../../src/store/salvage.ts";

/** A table with the given keys, in pages of `pageSize` keys; reading a row of a bad page throws. */
function tableOf(keys: readonly number[], pageSize: number, bad: ReadonlySet<number>) {
  const isBad = (index: number) => bad.has(Math.floor(index / pageSize));
  const read = function* ({ from, to }: KeyRange) {
    // As SQLite does, it goes to the page that the first key would be on, also if that key is after the range.
    for (let index = keys.findIndex((key) => key >= from); index !== -1 && index < keys.length; index++) {
      if (isBad(index)) throw new Error("malformed");
      if (keys[index]! > to) return;
      yield keys[index]!;
    }
  };
  return { read, readable: keys.filter((_, index) => !isBad(index)) };
}

function collect(rows: Generator<number, KeyRange[]>) {
  const found = new Set<number>();
  let next = rows.next();
  for (; next.done !== true; next = rows.next()) found.add(next.value);
  return { found: [...found].sort((a, b) => a - b), lost: next.value };
}

Deno.test("salvage() finds every key outside of damaged pages and names all others as lost", () => {
  const keys = fc.uniqueArray(fc.integer({ min: 1, max: 3000 }), { maxLength: 200 })
    .map((keys) => keys.sort((a, b) => a - b));
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(40)), (keys, pageSize, bad) => {
      const table = tableOf(keys, pageSize, new Set(bad));
      const { found, lost } = collect(salvage({ from: 1, to: 3000 }, table.read, (key) => key));
      assertEquals(found, table.readable);
      const isLost = (key: number) => lost.some(({ from, to }) => from <= key && key <= to);
      for (const key of keys) assert(isLost(key) || found.includes(key));
    }),
  );
});

Deno.test("salvage() gives up on what is left after so many failures", () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => index + 1);
  let reads = 0;
  const { found, lost } = collect(
    salvage(
      { from: 1, to: 2 ** 42 },
      function* ({ from }) {
        reads++;
        for (let key = from; key <= 50_000; key++) yield key;
        throw new Error("malformed");
      },
      (key) => key,
      500,
    ),
  );
  assertEquals(found, keys.slice(0, 50_000));
  assertEquals(lost.at(-1)!.to, 2 ** 42);
  assert(reads < 2000);
});

Deno.test("salvage() takes rows with keys out of order for damage", () => {
  const { found, lost } = collect(
    salvage({ from: 1, to: 4 }, ({ from }) => [from, 99][Symbol.iterator](), (key) => key),
  );
  assertEquals(found, [1, 2, 3, 4]);
  assertEquals(lost, []);
});

Deno.test("salvage() lets errors of who takes the rows through", () => {
  const rows = salvage({ from: 1, to: 4 }, () => [1, 2][Symbol.iterator](), (key) => key);
  rows.next();
  assertThrows(() => rows.throw(new Error("disk full")), Error, "disk full");
});

Deno.test("join() makes one of ranges that touch or overlap", () => {
  const ranges = [{ from: 9, to: 12 }, { from: 1, to: 3 }, { from: 4, to: 4 }, { from: 10, to: 11 }, {
    from: 6,
    to: 7,
  }];
  assertEquals(join(ranges), [{ from: 1, to: 4 }, { from: 6, to: 7 }, { from: 9, to: 12 }]);
  assertEquals(join([]), []);
});
