import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Redactor } from "../../src/export/redact.ts";
import { FIRST_HALF } from "./redaction/first_half.ts";
import { isFound, type Sample } from "./redaction/secrets.ts";
import { SECOND_HALF } from "./redaction/second_half.ts";

const SAMPLES: readonly Sample[] = [...FIRST_HALF, ...SECOND_HALF];

function redact(text: string): string {
  return new Redactor((secret) => secret.length.toString(16).padStart(4, "0")).redact(text);
}

function shareFound(group: Sample["group"]): number {
  const chosen = SAMPLES.filter((sample) => sample.group === group);
  return chosen.filter(isFound).length / chosen.length;
}

Deno.test("Redactor finds the secrets that it should, in prose, JSON, output and arguments", () => {
  assert(SAMPLES.length >= 200, `${SAMPLES.length}`);
  assert(shareFound("provider") >= 0.98, `${shareFound("provider")}`);
  assert(shareFound("plain") >= 0.85, `${shareFound("plain")}`);
});

for (
  const [what, text] of [
    ["a UUID", "id = 0f8fad5b-d9cb-469f-a165-70867728950e, token: 0f8fad5b-d9cb-469f-a165-70867728950e"],
    ["a commit", "secret_key_commit: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"],
    ["a digest", 'token="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"'],
    ["ciphertext", "Zm9v".repeat(40) + "sk-" + "Zm9vYmFy".repeat(80)],
    [
      "code",
      "const token = getToken(); password: string; apiKey: process.env.API_KEY, secret = config.secret.value",
    ],
    ["a placeholder", "password: ${DB_PASSWORD} token=<your-token> api_key: YOUR_API_KEY secret=xxxxxxxx"],
    ["counts of tokens", '{"input_tokens": 123456, "max_tokens": 8192, "total_tokens": 1234567}'],
    ["a path", "private_key: /home/me/.ssh/id_ed25519"],
    ["prose", "the password is required, and the token is invalid because the secret was rotated"],
  ] as const
) {
  Deno.test(`Redactor leaves ${what} as it is`, () => assertEquals(redact(text), text));
}

Deno.test("Redactor replaces equal secrets by equal texts, with the rule that found them", () => {
  const key = `gsk_${"aB3".repeat(18)}`;
  const other = `gsk_${"zX9".repeat(18)}`;
  const redactor = new Redactor((secret) => secret === key ? "abcd00" : "ef0100");
  assertEquals(
    redactor.redact(`${key} and ${other}, ${key}`),
    "[REDACTED:groq:abcd] and [REDACTED:groq:ef01], [REDACTED:groq:abcd]",
  );
  assertEquals([...redactor.counts], [["groq", 3]]);
});

Deno.test("Redactor leaves the rest of JSON inside a string as it was written", () => {
  const text = '{ "password" : "aB3dE5fG7h",\n  "big": 12345678901234567890, "note": "a \\"quoted\\" one" }';
  assertEquals(redact(text), text.replace("aB3dE5fG7h", "[REDACTED:named:000a]"));
  JSON.parse(redact(text));
});

Deno.test("Redactor changes nothing that it has redacted", () => {
  for (const { data } of SAMPLES) {
    const redactor = new Redactor(() => "0000");
    const once = redactor.redactValue(data);
    assertEquals(redactor.redactValue(once), once);
  }
});

Deno.test("Redactor keeps the shape of any value, and JSON in strings stays JSON", () => {
  const words = fc.constantFrom(
    "password",
    "token: ",
    "Bearer ",
    "sk-ant-",
    "\\",
    '"',
    "{",
    "=",
    "aB3dE5fG7hI9",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.oneof(words, fc.string()), { maxLength: 6 }).map((all) => all.join("")),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "password", "text"), tie("value"), { maxKeys: 3 }),
    ),
  }));
  fc.assert(fc.property(value, (value) => {
    const redactor = new Redactor(() => "0000");
    assertEquals(shape(redactor.redactValue(value)), shape(value));
    JSON.parse(redactor.redact(JSON.stringify(value)));
  }));
});

function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item)]));
}

Deno.test("Redactor follows what is nested more deeply than the stack", () => {
  const key = `gsk_${"aB3".repeat(18)}`;
  const deep = `${"[".repeat(20_000)}"${key}"${"]".repeat(20_000)}`;
  assert(!redact(deep).includes(key));
  assert(
    !JSON.stringify(
      new Redactor(() => "0").redactValue(JSON.parse(`${"[".repeat(3_000)}"${key}"${"]".repeat(3_000)}`)),
    ).includes(key),
  );
});

Deno.test("Redactor takes no more than a multiple of the time for hostile texts that it takes for usual ones", () => {
  const size = 50 * 1024;
  const fill = (text: string) => text.repeat(Math.ceil(size / text.length)).slice(0, size);
  const time = (text: string) => {
    const start = performance.now();
    redact(text);
    return performance.now() - start;
  };
  const usual = fill("The token was refused, so the tool call failed: retry with another key. ");
  const hostile = [
    ...[
      "a",
      "=",
      "password ",
      "token:",
      "eyJ",
      "sk-",
      "https://a:",
      "-----BEGIN PRIVATE KEY-----",
      "[[",
      "cookie: a=",
    ],
    ...["Authorization: Bearer ", "okta.okta", "key=a1B2c3D4e5F6g7H8 ", "a1".repeat(40) + " "],
  ].map(fill);
  for (const text of [usual, ...hostile]) time(text);
  const fair = Math.max(1, ...[1, 2, 3].map(() => time(usual)));
  for (const text of hostile) {
    const taken = Math.min(time(text), time(text), time(text));
    assert(taken < 25 * fair, `${text.slice(0, 20)}: ${taken} ms beside ${fair} ms`);
  }
});
