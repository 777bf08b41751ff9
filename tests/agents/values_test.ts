import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { asInstant } from "../../src/agents/values.ts";

Deno.test("asInstant() reads what Date reads, where a zone is named", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 4 });
  const parts = fc.record({
    year: fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.constantFrom(0, 2026)),
    month: fc.integer({ min: 0, max: 13 }),
    date: fc.integer({ min: 0, max: 32 }),
    hour: fc.integer({ min: 0, max: 25 }),
    minute: fc.integer({ min: 0, max: 61 }),
    second: fc.integer({ min: 0, max: 61 }),
    fraction: fc.oneof(fc.integer({ min: 0, max: 999 }).map((ms) => String(ms).padStart(3, "0")), digits),
    zone: fc.constantFrom("Z", "Z", "Z", "+02:00", "-0930"),
  });
  const two = (value: number) => String(value).padStart(2, "0");
  fc.assert(
    fc.property(parts, ({ year, month, date, hour, minute, second, fraction, zone }) => {
      const day = `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`;
      const text = `${day}T${two(hour)}:${two(minute)}:${two(second)}.${fraction}${zone}`;
      const expected = Date.parse(text);
      assertEquals(asInstant(text), Number.isNaN(expected) ? undefined : expected, text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("asInstant() reads what Date reads of a time with one character changed", () => {
  fc.assert(
    fc.property(fc.nat(23), fc.constantFrom(..."0159Z-+:. Tt/a"), (index, character) => {
      const text = "2026-01-23T00:41:24.715Z".split("").with(index, character).join("");
      const expected = Date.parse(text);
      const isRead = !Number.isNaN(expected) && text[10] === "T" && text[23] === "Z";
      assertEquals(asInstant(text), isRead ? expected : undefined, text);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("asInstant() takes no time without a zone, and nothing that is no text", () => {
  for (
    const value of [
      undefined,
      null,
      0,
      1,
      {},
      "",
      "2026-01-23",
      "2026-01-23T00:41:24.715",
      "2026-01-23T00:41",
    ]
  ) {
    assertEquals(asInstant(value), undefined);
  }
});
