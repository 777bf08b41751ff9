/** How many single-character edits make one text from the other. */
export function levenshteinDistance(a: string, b: string): number;
