import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isOlder } from "../../src/platform/version_order.ts";

Deno.test("isOlder() has the order that semver.org gives as an example", () => {
  const order = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.2.0",
    "1.10.0",
    "2.0.0",
  ];
  for (const [first, a] of order.entries()) {
    for (const [second, b] of order.entries()) assertEquals(isOlder(a, b), first < second, `${a} ${b}`);
  }
});

Deno.test("isOlder() does not look at what a build adds, and knows nothing of what is no version", () => {
  assertEquals(isOlder("1.0.0+5", "1.0.0+6"), false);
  assertEquals(isOlder("1.0.0+5", "1.0.1"), true);
  for (const other of ["", "1", "1.2", "v1.2.3", "1.2.3.4", "latest"]) {
    assertEquals([isOlder(other, "9.9.9"), isOlder("0.0.0", other)], [false, false]);
  }
});

Deno.test("isOlder() never says it of both", () => {
  const part = fc.oneof(fc.nat(3).map(String), fc.constantFrom("a", "b"));
  const version = fc.record({
    numbers: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }),
    before: fc.array(part, { maxLength: 2 }),
  })
    .map(({ numbers, before }) => numbers.join(".") + (before.length === 0 ? "" : `-${before.join(".")}`));
  fc.assert(fc.property(version, version, (a, b) => {
    assert(!(isOlder(a, b) && isOlder(b, a)));
    assertEquals(isOlder(a, b) || isOlder(b, a), a !== b);
  }));
});
