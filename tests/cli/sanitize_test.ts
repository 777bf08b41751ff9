import { assert, assertEquals, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import { sanitize } from "../../src/cli/sanitize.ts";

const CASES: readonly (readonly [what: string, text: string, expected: string])[] = [
  ["a colour", "a\x1b[31mred\x1b[0m b", "ared b"],
  ["a colour in its 8-bit form", "a\x9b31mred", "ared"],
  ["a title that ends with BEL", "a\x1b]0;title\x07b", "ab"],
  ["a link that ends with ST", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"],
  ["a clipboard write that never ends", "a\x1b]52;c;ZXZpbA==", "a"],
  ["a device control string", "a\x1bP1$q\x1b\\b", "ab"],
  ["a two-character escape", "a\x1bcb", "ab"],
  ["a character set escape", "a\x1b(0b", "ab"],
  ["a lone escape at the end", "a\x1b", "a"],
  ["a bell, a backspace and a carriage return", "a\x07\x08\rb", "ab"],
  ["a right-to-left override", "abc\u202etxt.exe\u2066", "abctxt.exe"],
  ["a lone surrogate", "a\ud800b", "a\ufffdb"],
  ["an emoji and an accent", "👩‍💻 é 日本", "👩‍💻 é 日本"],
];

for (const [what, text, expected] of CASES) {
  Deno.test(`sanitize() is safe when the text holds ${what}`, () => {
    assertEquals(sanitize(text), expected);
  });
}

Deno.test("sanitize() keeps tabs and newlines only when asked to", () => {
  assertEquals(sanitize("a\tb\r\nc\nd"), "a b c d");
  assertEquals(sanitize("a\tb\r\nc\nd", { lines: true }), "a\tb\nc\nd");
});

Deno.test("sanitize() keeps what follows a line whose control string never ends", () => {
  assertEquals(sanitize("\x1b]0;open\nnext", { lines: true }), "\nnext");
});

Deno.test("sanitize() leaves no character that a terminal acts on, and changes nothing twice", () => {
  const unit = fc.oneof(
    fc.constantFrom(
      "\x1b",
      "\x1b[",
      "\x1b]",
      "\x9d",
      "\x07",
      "\x1b\\",
      "31m",
      "\n",
      "\t",
      "\u202e",
      "\ud83d",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 2 }),
  );
  fc.assert(fc.property(fc.array(unit), fc.boolean(), (parts, lines) => {
    const clean = sanitize(parts.join(""), { lines });
    assertNotMatch(clean, lines ? /(?![\t\n])\p{Cc}/u : /\p{Cc}/u);
    assertNotMatch(clean, /[\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
    assert(clean.isWellFormed());
    assertEquals(sanitize(clean, { lines }), clean);
  }));
});
