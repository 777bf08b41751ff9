import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { JsonObject } from "../../src/agents/agent.ts";
import { parseHugeLine } from "../../src/sources/huge_line.ts";
import { decode } from "../../src/sources/records.ts";

/** In these tests, texts of more bytes are long. */
const LONG = 6;

const everything = (record: JsonObject) => record;

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function parse(text: string, pickNeeded = everything): JsonObject | undefined {
  return parseHugeLine(bytesOf(text), pickNeeded, LONG);
}

/** Texts with all that is written in a special way, and some that look like what stands for a text that was cut out. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", '"', "\\", "\n", "\0", "0", ":", "é", "→", "🙂", "\ud800") }),
  fc.constantFrom("\u00000:0", "\u00000:1", "\u00001:0", "\u00000:12345", "long long", "long long "),
);

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.constantFrom(null, true),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
})).value;

Deno.test("parseHugeLine() gives what JSON.parse() gives, whatever is long", () => {
  fc.assert(
    fc.property(fc.dictionary(text, value, { maxKeys: 5 }), fc.constantFrom(0, 1, 2), (object, indent) => {
      const line = JSON.stringify(object, undefined, indent);
      assertEquals(parse(line), JSON.parse(line));
    }),
  );
});

Deno.test("parseHugeLine() decodes what is no UTF-8 as decode() does", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 8, maxLength: 40 }), (noise) => {
    const inside = noise.filter((byte) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c);
    const line = new Uint8Array([...bytesOf('{"a":"'), ...inside, ...bytesOf('","b":"other text"}')]);
    assertEquals(parseHugeLine(line, everything, LONG), JSON.parse(decode(line)));
  }));
});

Deno.test("parseHugeLine() refuses what is no JSON, in long texts and beside them", () => {
  for (
    const line of [
      '{"a":"long long text"',
      '{"a":"long \\x text"}',
      '{"a":"long\ttext"}',
      '{"a" "long long text"}',
      '{"a":"long long text}',
      '{"a":"long long text","b":tru}',
      '{"a":"long long text"} {}',
    ]
  ) assertEquals(parse(line), undefined, line);
});

Deno.test("parseHugeLine() leaves names as they are, however long, and reads equal texts once", () => {
  const twin = "long long text";
  const line = { [twin]: twin, a: [twin, "another long text"], b: { "the same\nlong name": twin } };
  const parsed = parse(JSON.stringify(line));
  assertEquals(parsed, line);
  assertStrictEquals(parsed![twin], (parsed!.a as string[])[0]);
});

Deno.test("parseHugeLine() does not look at the long texts of what is not needed", () => {
  const line = '{"a":"long long text","b":{"c":"not \\x JSON, and long","d":1}}';
  assertEquals(parse(line, ({ a }) => ({ a })), { a: "long long text" });
  assertEquals(parse(line), undefined);
});
