/**
 * Replaces secrets in what leaves the machine.
 *
 * It works on decoded strings, also on those of JSON inside of strings, and knows a secret by its form, by the name of
 * the property or the option that holds it, or by what stands before it. Equal secrets are replaced by equal texts:
 * `[REDACTED:rule:ab12]`.
 *
 * @module
 */

import { GITLEAKS_RULES } from "./redaction/gitleaks_rules.ts";
import { isSecretName, OWN_RULES } from "./redaction/own_rules.ts";
import { entropy, type Rule } from "./redaction/rule.ts";
import { isOrdinary, isUuid } from "./redaction/values.ts";

/** Hex digits by which equal secrets show. */
const HASH_DIGITS = 4;
/** JSON inside of strings is followed so deep. */
const MAX_DEPTH = 4;
/** A text of so many letters without a break is ciphertext or an image. */
const CIPHERTEXT = /^[A-Za-z0-9+/_=-]{512,}$/;
/** What is found amid so many more letters without a break is chance. */
const AMID = 200;

const RULES: readonly Rule[] = [
  ...OWN_RULES,
  ...GITLEAKS_RULES.map(([name, source, flags, keywords, least]): Rule => ({
    name,
    pattern: new RegExp(source, flags),
    keywords,
    ...(least > 0 && { accepts: (secret: string) => entropy(secret) >= least && !isUuid(secret) }),
  })),
];

/** By keyword, the places of its rules in `RULES`. */
const RULES_BY_KEYWORD = new Map<string, number[]>();
/** Rules without a keyword. */
const ALWAYS: number[] = [];
RULES.forEach(({ keywords }, index) => {
  if (keywords.length === 0 || keywords.includes("")) ALWAYS.push(index);
  for (const keyword of keywords) {
    if (keyword === "") continue;
    const places = RULES_BY_KEYWORD.get(keyword);
    if (places === undefined) RULES_BY_KEYWORD.set(keyword, [index]);
    else places.push(index);
  }
});

/** All keywords at once; a longer one stands before those that it begins with. */
const KEYWORDS = new RegExp(
  [...RULES_BY_KEYWORD.keys()].sort((a, b) => b.length - a.length).map((keyword) =>
    keyword.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  ).join("|"),
  "gi",
);

/** Replaces secrets, and counts them. */
export class Redactor {
  readonly #hash: (secret: string) => string;
  /** How many were replaced, by rule. */
  readonly counts = new Map<string, number>();

  /** @param hash of a secret, in hex, by a key that stays on the machine */
  constructor(hash: (secret: string) => string) {
    this.#hash = hash;
  }

  /** A text without its secrets. */
  redact(text: string): string {
    return this.#text(text, 0);
  }

  /** A value of any shape without its secrets: strings, names of properties, and what such a name calls a secret. */
  redactValue(value: unknown): unknown {
    try {
      return this.#value(value, 0);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Nested too deeply to be followed: as one text. What can't be read as JSON then is left out.
      try {
        return JSON.parse(this.#text(JSON.stringify(value), MAX_DEPTH));
      } catch {
        return {};
      }
    }
  }

  #value(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.#text(value, depth);
    if (Array.isArray(value)) {
      return value.map((item, index) => {
        // An option and its value as arguments of their own.
        const option = index > 0 ? value[index - 1] : undefined;
        const isNamed = typeof option === "string" && /^--?[\w-]+$/.test(option) && isSecretName(option);
        return isNamed && isNamedSecret(item) && !item.startsWith("-")
          ? this.#replacement("option", item)
          : this.#value(item, depth);
      });
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        this.#text(name, depth),
        isSecretName(name) && isNamedSecret(item)
          ? this.#replacement("named", item)
          : this.#value(item, depth),
      ]),
    );
  }

  #text(text: string, depth: number): string {
    if (text.length < 8) return text;
    const rules = rulesFor(text);
    if (rules.length === 0 || CIPHERTEXT.test(text)) return text;
    const json = depth < MAX_DEPTH ? this.#json(text, depth) : undefined;
    if (json !== undefined) return json;
    let redacted = text;
    for (const index of rules) {
      const { name, pattern, accepts } = RULES[index]!;
      redacted = redacted.replace(pattern, (match: string, ...groups: unknown[]) => {
        const at = groups.findIndex((group) => typeof group === "number");
        const secret = (groups.slice(0, at).find((group) => group !== undefined) as string | undefined) ??
          match;
        if (secret === "" || secret.includes("[REDACTED:") || accepts?.(secret) === false) return match;
        const offset = match.lastIndexOf(secret);
        const position = groups[at] as number + offset;
        if (isReplaced(redacted, position) || isAmidLetters(redacted, position, secret.length)) return match;
        return match.slice(0, offset) + this.#replacement(name, secret) + match.slice(offset + secret.length);
      });
    }
    return redacted;
  }

  /**
   * A text that is JSON, without the secrets that show when it is decoded. The rest of it stays as it is, numbers and
   * blanks included. `undefined`: it is no JSON.
   */
  #json(text: string, depth: number): string | undefined {
    if (!/^\s{0,20}[[{"]/.test(text)) return undefined;
    let before: readonly string[], after: readonly string[];
    try {
      const value = JSON.parse(text);
      before = strings(value);
      after = strings(this.#value(value, depth + 1));
    } catch {
      // No JSON, or nested too deeply: the rules see it as any other text.
      return undefined;
    }
    let redacted = text;
    before.forEach((string, index) => {
      if (string === after[index]) return;
      redacted = redacted.replaceAll(JSON.stringify(string), () => JSON.stringify(after[index]));
    });
    return redacted;
  }

  #replacement(rule: string, secret: string): string {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
    return `[REDACTED:${rule}:${this.#hash(secret).slice(0, HASH_DIGITS)}]`;
  }
}

/** The rules that may match, in their order. */
function rulesFor(text: string): readonly number[] {
  const found = new Set<number>(ALWAYS);
  const met = new Set<string>();
  KEYWORDS.lastIndex = 0;
  for (let match = KEYWORDS.exec(text); match !== null; match = KEYWORDS.exec(text)) {
    const keyword = match[0].toLowerCase();
    if (!met.has(keyword)) {
      met.add(keyword);
      // A shorter keyword may begin or lie within a longer one.
      for (const [other, rules] of RULES_BY_KEYWORD) {
        if (keyword.includes(other)) { for (const rule of rules) found.add(rule); }
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}

function isNamedSecret(value: unknown): value is string {
  return typeof value === "string" && value.length >= 6 && value.length <= 4_000 &&
    !/\s/.test(value.trim()) &&
    !isOrdinary(value) && !value.includes("[REDACTED:");
}

/** Whether a place lies within what a secret was replaced by. */
function isReplaced(text: string, position: number): boolean {
  return /\[REDACTED:[^\]\s]*$/.test(text.slice(Math.max(0, position - 80), position));
}

/** Whether far more letters of Base64 stand around a place than a secret has. */
function isAmidLetters(text: string, position: number, length: number): boolean {
  const from = Math.max(0, position - AMID - 1);
  const before = /[A-Za-z0-9+/=]*$/.exec(text.slice(from, position))![0].length;
  const after =
    /^[A-Za-z0-9+/=]*/.exec(text.slice(position + length, position + length + AMID + 1))![0].length;
  return before + after > AMID;
}

/** All strings in a value, names of properties included, in their order. */
function strings(value: unknown, into: string[] = []): readonly string[] {
  if (typeof value === "string") into.push(value);
  else if (Array.isArray(value)) { for (const item of value) strings(item, into); }
  else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      into.push(name);
      strings(item, into);
    }
  }
  return into;
}
