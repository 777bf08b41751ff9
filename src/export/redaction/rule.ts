/**
 * What a rule is by which a secret is known.
 *
 * @module
 */

/** A rule. Its time is linear in the text: each repetition has a bound, and what may precede has none. */
export interface Rule {
  /** It stands in what the secret is replaced by. */
  readonly name: string;
  /** With the flag `g`. The secret is the first group that took part, else all that matched. */
  readonly pattern: RegExp;
  /** In lower case: without one of them in the text the rule can't match. */
  readonly keywords: readonly string[];
  /** Whether what matched is a secret. */
  readonly accepts?: (secret: string) => boolean;
}

/** Bits per character: how surprising the letters of a text are (Shannon). */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count / text.length * Math.log2(count / text.length);
  return bits;
}
