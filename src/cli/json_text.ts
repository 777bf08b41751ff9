/**
 * JSON that is safe to print: a terminal may be what reads it.
 *
 * @module
 */

/** What JSON leaves as it is and a terminal acts on: DEL, C1, bidi controls (Unicode TR 9), line separators. */
const CONTROLS = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * The JSON text of a value with all such characters escaped, which a parser reads as if they were not.
 *
 * @param indent spaces for each level; without it all is on one line
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
