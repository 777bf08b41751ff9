/**
 * How wide text is in a terminal.
 *
 * @module
 */

/**
 * Characters of two cells: East Asian wide and fullwidth ones (Unicode TR 11; JavaScript has no property for them, these
 * are their blocks) and emoji that are drawn as pictures. A flag is two characters of one cell each.
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation}/u;

/** Characters that join or change the one before them: accents, joiners, variation selectors, Hangul vowels. */
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;

/** The cells that a text without control characters takes. */
export function countCells(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += ZERO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return cells;
}

/** The text, cut to a width in cells and ended by `…` if it is wider. */
export function truncate(text: string, width: number): string {
  if (countCells(text) <= width) return text;
  let cut = "";
  let used = 1;
  for (const character of text) {
    used += countCells(character);
    if (used > width) break;
    cut += character;
  }
  return `${cut}…`;
}
