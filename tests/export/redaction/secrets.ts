/**
 * A set of secrets, none of which ever was one: made by templates from a seed, so that no scanner of a code host finds
 * one in this file.
 *
 * In a template `{a36}` stands for 36 letters and digits; `h` is hex, `u` upper-case letters and digits, `l` lower-case
 * letters and digits, `b` URL-safe Base64, `s` Base64, `d` digits, `A` Base32.
 *
 * @module
 */

import { Redactor } from "../../../src/export/redact.ts";
import { Random } from "../../../scripts/bench/home/random.ts";

/** A secret and where it stands. */
export interface Sample {
  /** What it is: the name of a provider, or of a form. */
  readonly kind: string;
  /** `provider`: its form alone tells it. `plain`: what stands before it does. */
  readonly group: "provider" | "plain";
  readonly place: string;
  readonly secret: string;
  /** The data of an event that holds it. */
  readonly data: unknown;
}

const ALPHABETS: Readonly<Record<string, string>> = {
  a: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
  h: "0123456789abcdef",
  u: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  l: "abcdefghijklmnopqrstuvwxyz0123456789",
  b: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  s: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  d: "0123456789",
  A: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
};

/** Fills in a template. A run of Base64 ends with a letter, so that a word ends there. */
export function fill(template: string, random: Random): string {
  return template.replace(/\{([ahulbsdA])(\d+)\}/g, (_, letter: string, count: string) => {
    const alphabet = ALPHABETS[letter]!;
    const text = Array.from(
      { length: Number(count) },
      () => alphabet[random.integer(0, alphabet.length - 1)],
    );
    if (/[-_+/]/.test(text.at(-1)!)) text[text.length - 1] = "x";
    if (/[-_+/]/.test(text[0]!)) text[0] = "x";
    return text.join("");
  });
}

/** Where a secret that its form tells may stand. */
const PLACES: Readonly<Record<string, (secret: string) => unknown>> = {
  prose: (secret) => ({ prompt: `For the staging account please use ${secret}, and tell me when it works.` }),
  json: (secret) => ({
    result: `${
      JSON.stringify({ ok: true, note: `line one\nvalue "${secret}"\nline three`, list: [secret] })
    }`,
  }),
  shell: (secret) => ({ output: `$ cat notes\nname  ci\n${secret}\n$ \n`, command: "cat notes" }),
  arguments: (secret) => ({ arguments: { argv: ["deploy", "--with", secret, "--verbose"] } }),
};

/** One sample for each place. */
export function providerSamples(kinds: Readonly<Record<string, string>>, seed: number): readonly Sample[] {
  const random = new Random(seed, 0, 1);
  return Object.entries(kinds).flatMap(([kind, template]) =>
    Object.entries(PLACES).map(([place, data]) => {
      const secret = fill(template, random);
      return { kind, group: "provider" as const, place, secret, data: data(secret) };
    })
  );
}

/** One sample for each form. */
export function plainSamples(
  forms: readonly {
    readonly kind: string;
    readonly secret: string;
    readonly data: (secret: string) => unknown;
  }[],
  seed: number,
): readonly Sample[] {
  const random = new Random(seed, 0, 2);
  return forms.map(({ kind, secret: template, data }) => {
    const secret = fill(template, random);
    return { kind, group: "plain" as const, place: kind, secret, data: data(secret) };
  });
}

/** Whether redaction leaves nothing of the secret of a sample. */
export function isFound({ secret, data }: Sample): boolean {
  const text = JSON.stringify(new Redactor(() => "0000").redactValue(data));
  return !text.includes(secret) && !text.includes(JSON.stringify(secret).slice(1, -1));
}
