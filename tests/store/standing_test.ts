import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { FLAG } from "../../src/store/batch.ts";
import type { EventState } from "../../src/store/record.ts";
import { compareHoldings, fold, raise, replace, replaceInDatabase } from "../../src/store/standing.ts";

const state = (given: Partial<EventState> = {}): EventState => ({
  type: "llm_response",
  timestamp: 1,
  flags: 0,
  hash: 1,
  revision: 1,
  records: 1,
  position: 0,
  agent: "tiny",
  session: "s",
  metrics: {},
  data: "{}",
  ...given,
});

/** Few values of each kind, so that many are equal; as with real ones, the hash is that of what is said. */
const states = fc.record({
  flags: fc.nat(3),
  records: fc.integer({ min: 1, max: 3 }),
  position: fc.nat(2),
  timestamp: fc.nat(1),
  text: fc.nat(2),
}).map(({ flags, records, position, timestamp, text }) =>
  state({
    flags,
    records,
    revision: records,
    position,
    timestamp,
    data: String(text),
    hash: 100 * timestamp + 10 * flags + text,
  })
);
const places = fc.record({ rank: fc.nat(1), name: fc.constantFrom("a", "b", "c") });
const holdings = fc.tuple(states, places);

Deno.test("compareHoldings() is a total order: antisymmetric, transitive, and 0 for one place alone", () => {
  fc.assert(
    fc.property(holdings, holdings, holdings, ([a, placeA], [b, placeB], [c, placeC]) => {
      const ab = compareHoldings(a, placeA, b, placeB);
      assertEquals(Math.sign(ab) + Math.sign(compareHoldings(b, placeB, a, placeA)), 0);
      if (ab > 0 && compareHoldings(b, placeB, c, placeC) > 0) {
        assertGreater(compareHoldings(a, placeA, c, placeC), 0);
      }
      if (ab === 0) assertEquals(placeA, placeB);
    }),
    { numRuns: 1000 },
  );
});

const PLACE = { rank: 0, name: "a" };

for (
  const [what, first, second] of [
    ["an original before a copy", { flags: 0 }, { flags: FLAG.copied | FLAG.complete, records: 9 }],
    ["a complete state before one that is not", { flags: FLAG.complete }, { flags: 0, records: 9 }],
    ["more records before fewer", { records: 2, position: 9 }, { records: 1 }],
    ["an earlier place before a later one", { position: 1 }, { position: 2, data: "z", hash: 2 }],
    ["an earlier time before a later one", { timestamp: 1 }, { timestamp: 2, data: "z", hash: 2 }],
    ["the greater text before the smaller", { data: "b", hash: 2 }, { data: "a", revision: 9 }],
  ] as const
) {
  Deno.test(`compareHoldings() puts ${what}`, () => {
    assertGreater(compareHoldings(state(first), PLACE, state(second), PLACE), 0);
  });
}

Deno.test("compareHoldings() puts the lower rank first whatever is said, and the name last of all", () => {
  const worse = state({ flags: FLAG.copied });
  assertGreater(compareHoldings(worse, PLACE, state(), { rank: 1, name: "a" }), 0);
  assertLess(compareHoldings(state(), { rank: 0, name: "b" }, state(), PLACE), 0);
});

Deno.test("fold() comes to the same whichever of the states in between were seen", () => {
  const growth = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(2)), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(growth, fc.array(fc.boolean()), (steps, seen) => {
      let records = 0;
      const grown = steps.map(([added, text]) => {
        records += added;
        return state({ records, revision: records, data: String(text), hash: text });
      });
      const last = grown.at(-1)!;
      const visited = grown.filter((next, index) => seen[index] === true || next === last);
      assertEquals(visited.reduce(fold), last);
    }),
  );
});

Deno.test("fold() counts the records of another place of the source on top", () => {
  const known = state({ records: 2, revision: 2 });
  assertEquals(fold(known, state({ position: 5, records: 2 })), known);
  const next = state({ position: 5, records: 3, revision: 3, flags: FLAG.complete, hash: 2 });
  assertEquals(fold(known, next), { ...next, revision: 5 });
  assertEquals(fold(fold(known, next), { ...next, records: 4, revision: 4 }), {
    ...next,
    records: 4,
    revision: 6,
  });
});

Deno.test("fold() raises the revision when what is said differs though no record was added", () => {
  assertEquals(fold(state({ revision: 4 }), state({ hash: 2, data: "x" })).revision, 5);
});

Deno.test("replace() keeps what is the same and raises what is not, also where only the place is another", () => {
  const known = state({ revision: 7 });
  assert(replace(known, state()) === known);
  for (const change of [{ hash: 2 }, { position: 3 }, { records: 2 }]) {
    assertEquals(replace(known, state(change)), state({ ...change, revision: 8 }));
  }
  assertEquals(replace(known, state({ hash: 2, revision: 20 })).revision, 20);
});

Deno.test("of an original and its copy in another conversation a database says the original, whichever is told last", () => {
  const original = state({ revision: 3, hash: 2, data: "a" });
  const copy = state({ flags: FLAG.copied, hash: 3, data: "b" });
  assert(replaceInDatabase(original, copy) === original);
  assertEquals(replaceInDatabase(copy, original), { ...original, revision: 3 });
  assert(fold(original, copy) === original);
  assertEquals(fold(copy, original), { ...original, revision: 2 });
});

Deno.test("replaceInDatabase() comes to rest, however often two copies are told", () => {
  fc.assert(fc.property(states, states, (a, b) => {
    const copies = [a, b].map((copy, index) => {
      return { ...copy, session: `s${index}`, flags: copy.flags | FLAG.copied };
    });
    const once = replaceInDatabase(copies[0]!, copies[1]!);
    assert(copies.reduce(replaceInDatabase, once) === once);
  }));
});

Deno.test("of two copies in its conversations a database says the same one, whichever is told last, at whatever places", () => {
  fc.assert(fc.property(states, states, (a, b) => {
    const [one, two] = [a, b].map((copy, index) => {
      const session = `s${index}`;
      return { ...copy, session, hash: 1000 * index + copy.hash, flags: copy.flags | FLAG.copied };
    });
    for (const join of [fold, replaceInDatabase]) {
      assertEquals(join(one!, two!).session, join(two!, one!).session);
    }
    assertEquals(fold(one!, two!).session, replaceInDatabase(one!, two!).session);
  }));
});

Deno.test("a copy that a conversation of a database tells again is what it is now", () => {
  const half = state({ flags: FLAG.copied, hash: 2, data: "{}" });
  const whole = state({ flags: FLAG.copied, hash: 3, data: '{"text":"a"}' });
  for (const [known, next] of [[half, whole], [whole, half]] as const) {
    assertEquals(replaceInDatabase(known, next), { ...next, revision: 2 });
  }
});

Deno.test("raise() never lowers a revision", () => {
  assertEquals(raise(state({ revision: 9 }), state({ revision: 3 })).revision, 9);
  assertEquals(raise(state({ revision: 3 }), state({ revision: 3 })).revision, 4);
});
