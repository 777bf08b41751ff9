import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { splitRecords } from "../../src/sources/records.ts";
import { bytesOf, concat } from "./reading.ts";

/** The pieces of a line as text: `start-end value` or `start-end reason`. */
function split(line: string | Uint8Array, ended = true): string[] {
  return [...splitRecords(bytesOf(line), ended)].map((piece) =>
    `${piece.start}-${piece.end} ${"record" in piece ? JSON.stringify(piece.record) : piece.damage}`
  );
}

Deno.test("splitRecords() yields one record when the line is one object", () => {
  assertEquals(split('{"a":1}'), ['0-7 {"a":1}']);
  assertEquals(split('  {"a":1}\t\r'), ['2-9 {"a":1}']);
  assertEquals(split('\ufeff{"a":1}'), ['3-10 {"a":1}']);
  assertEquals(split("{}"), ["0-2 {}"]);
});

Deno.test("splitRecords() yields nothing when the line is blank", () => {
  assertEquals(split(""), []);
  assertEquals(split(" \t\r"), []);
});

Deno.test("splitRecords() yields each record at its byte position when records are glued", () => {
  assertEquals(split('{"é":"}{"}{"b":"\\"}{"} {}'), ['0-11 {"é":"}{"}', '11-23 {"b":"\\"}{"}', "24-26 {}"]);
});

Deno.test("splitRecords() finds the record behind one that was cut", () => {
  assertEquals(split('{"a":1,"b{"a":2}'), ["0-9 not_json", '9-16 {"a":2}']);
  assertEquals(split('{"t":"cut in a str{"b":{"c":[{"d":1}]}}'), [
    "0-18 not_json",
    '18-39 {"b":{"c":[{"d":1}]}}',
  ]);
  assertEquals(split('{"t":"cut at an escape\\{"b":1}'), ["0-23 not_json", '23-30 {"b":1}']);
  assertEquals(split('{"a":1}{"b{"c":2}{"d":3}'), [
    '0-7 {"a":1}',
    "7-10 not_json",
    '10-17 {"c":2}',
    '17-24 {"d":3}',
  ]);
  assertEquals(split('INFO started {"a":1}'), ["0-12 not_json", '13-20 {"a":1}']);
});

Deno.test("splitRecords() takes no part of a cut record for a record", () => {
  assertEquals(split('{"a":{"b":1}'), ["0-12 not_json"]);
  assertEquals(split('{"a":[1, {"b":1}'), ["0-16 not_json"]);
  assertEquals(split('{"a":[{"b":1},{"c":2}'), ["0-21 not_json"]);
  assertEquals(split('"a":1,"m":{"b":1}}'), ["0-18 not_json"]);
  assertEquals(split('{"text":"it is {\\"b\\":1}'), ["0-24 not_json"]);
});

Deno.test("splitRecords() tells JSON that is no object from what is no JSON", () => {
  for (const value of ["1", "null", '"{}"', '[{"a":1}]', "true"]) {
    assertEquals(split(` ${value} `), [`1-${1 + value.length} not_object`]);
  }
  assertEquals(split('{"a":1}7'), ['0-7 {"a":1}', "7-8 not_object"]);
  for (const text of ["hello", "{a:1}", "}", '{"a":1,}', "{"]) {
    assertEquals(split(text), [`0-${text.length} not_json`]);
  }
});

Deno.test("splitRecords() reports a run of zeros as one", () => {
  assertEquals(split(concat(new Uint8Array(5), '{"a":1}', new Uint8Array(3))), [
    "0-5 nul_run",
    '5-12 {"a":1}',
    "12-15 nul_run",
  ]);
});

Deno.test("splitRecords() decodes invalid UTF-8 to U+FFFD", () => {
  assertEquals(split(concat('{"a":"', Uint8Array.of(0xff, 0xe2, 0x82), '"}')), ['0-11 {"a":"\ufffd\ufffd"}']);
});

Deno.test("splitRecords() yields only what is certain when the line has not ended", () => {
  assertEquals(split('{"a":1}{"b":2}', false), ['0-7 {"a":1}', '7-14 {"b":2}']);
  assertEquals(split('{"a":1} {"b', false), ['0-7 {"a":1}']);
  assertEquals(split('{"a":1,"b{"a":2}', false), []);
  assertEquals(split("12", false), []);
  assertEquals(split(concat(new Uint8Array(4)), false), []);
  assertEquals(split(concat(new Uint8Array(4), "{"), false), ["0-4 nul_run"]);
});

Deno.test("splitRecords() yields the same records when they are glued and when each has its line", () => {
  const object = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue());
  fc.assert(fc.property(fc.array(object, { minLength: 1 }), (objects) => {
    const texts = objects.map((value) => JSON.stringify(value));
    let start = 0;
    const expected = texts.map((text) => `${start}-${start += bytesOf(text).length} ${text}`);
    assertEquals(split(texts.join("")), expected);
  }));
});

Deno.test("splitRecords() loses no record behind one that was cut in a string", () => {
  const text = fc.stringMatching(/^[a-z {}:,[\]]*$/);
  fc.assert(fc.property(text, fc.jsonValue(), (cut, value) => {
    const whole = JSON.stringify({ type: "whole", value });
    const half = `{"type":"half","text":"${cut}`;
    const pieces = [...splitRecords(bytesOf(half + whole), true)];
    const last = pieces.at(-1)!;
    assert("record" in last);
    assertEquals(last.record, JSON.parse(whole));
    assertEquals(last.start, half.length);
  }));
});

Deno.test("splitRecords() covers each byte that is no blank exactly once, whatever the line", () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 5 }),
    fc.constantFrom("{", '{"', '"', "}", ":", ",", "\\", " ", "\0", '{"a":1}', "[", "1", "\ufeff").map(
      bytesOf,
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { size: "max", maxLength: 30 }), (parts) => {
      const line = concat(...parts).filter((byte) => byte !== 0x0a);
      let covered = 0;
      for (const { start, end } of splitRecords(line, true)) {
        assert(start < end);
        const between = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line.subarray(covered, start));
        assertEquals(between.replaceAll(/[ \t\r\ufeff]/g, ""), "");
        covered = end;
      }
      const behind = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line.subarray(covered));
      assertEquals(behind.replaceAll(/[ \t\r\ufeff]/g, ""), "");
    }),
    { numRuns: 500 },
  );
});

Deno.test("splitRecords() takes a damaged line of 16 MiB apart in bounded time", () => {
  const nasty = '{"a":"{"'.repeat(2 ** 21);
  const started = performance.now();
  assertEquals(split(nasty), [`0-${nasty.length} not_json`]);
  // Without a bound this takes hours.
  assert(performance.now() - started < 20_000);
});

Deno.test("splitRecords() tries a second start when the first leads nowhere", () => {
  assertEquals(split('{"a":"x{"b":"y{"c":3}'), ["0-14 not_json", '14-21 {"c":3}']);
});
