/** The string of a non-empty list that is nearest to the given word, by edit distance. */
export function closestString(word: string, possible: readonly string[]): string;
