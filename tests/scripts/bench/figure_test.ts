import { assertEquals, assertMatch } from "@std/assert";
import { formatFigure, judge } from "../../../scripts/bench/figure.ts";

Deno.test("judge() holds a value against a bar from below and from above, both included", () => {
  const figure = (value: number) => ({ what: "", unit: "", value });
  assertEquals(judge({ ...figure(120), bar: { atLeast: 120 } }), "ok");
  assertEquals(judge({ ...figure(119.9), bar: { atLeast: 120 } }), "MISS");
  assertEquals(judge({ ...figure(200), bar: { atMost: 200 } }), "ok");
  assertEquals(judge({ ...figure(200.1), bar: { atMost: 200 } }), "MISS");
  assertEquals(judge(figure(1)), "");
});

Deno.test("formatFigure() shows bar, value, verdict and note on one line", () => {
  const figure = {
    what: "first sync",
    value: 154_321.7,
    unit: "events/s",
    bar: { atLeast: 150_000 },
    note: "3 runs",
  };
  assertMatch(formatFigure(figure), /^first sync +≥ 150,000 events\/s +154,322 events\/s {2}ok {4}3 runs$/);
});
