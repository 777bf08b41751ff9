/**
 * "Did you mean": the known word that a mistyped one stands for.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "../std/levenshtein_distance.ts";

/** The nearest of the known words, if it is near: two edits, or a third of its length, or cut short. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word === "" || known.length === 0) return undefined;
  const typed = word.toLowerCase();
  // Two letters swapped is the commonest slip, and counts as two edits.
  const swapped = known.find((name) => sortLetters(name) === sortLetters(typed));
  if (swapped !== undefined) return swapped;
  const nearest = closestString(typed, known);
  const edits = levenshteinDistance(typed, nearest.toLowerCase());
  if (edits <= Math.max(2, nearest.length / 3) && edits < nearest.length) return nearest;
  return known.find((name) => name.startsWith(typed));
}

function sortLetters(word: string): string {
  return [...word.toLowerCase()].sort().join("");
}
