import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { median, percentile } from "../../../scripts/bench/statistics.ts";

Deno.test("percentile() gives the nearest rank", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  assertEquals(percentile(values, 0.99), 198);
  assertEquals(median(values), 100);
  assertEquals(median([3, 1, 2]), 2);
});

Deno.test("percentile() throws when there are no values", () => {
  assertThrows(() => percentile([], 0.5), RangeError);
});

Deno.test("percentile() is one of the values, with at least that part of them not above it", () => {
  const values = fc.array(fc.integer(), { minLength: 1 });
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (values, part) => {
    const found = percentile(values, part);
    assert(values.includes(found));
    assert(values.filter((value) => value <= found).length >= part * values.length);
  }));
});
