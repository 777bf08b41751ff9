/**
 * The few colours of the program, as plain SGR codes (ECMA-48, section 8.3.117), or none.
 *
 * @module
 */

/** Paints a text. */
export type Paint = (text: string) => string;

/** The paints; all of them return the text as it is where colours are off. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

const sgr = (on: number, off: number): Paint => (text) => `\x1b[${on}m${text}\x1b[${off}m`;
const plain: Paint = (text) => text;

/** Paints with SGR codes. */
export const COLOURS: Palette = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};

/** Paints nothing. */
export const NO_COLOURS: Palette = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
};

/**
 * Whether to use colours: `NO_COLOR` says no (https://no-color.org), then `FORCE_COLOR` yes unless it is `0`, then a
 * terminal decides.
 *
 * @param get reads an environment variable; an empty one counts as unset
 * @param isTerminal whether the output is a terminal
 */
export function usesColours(get: (name: string) => string | undefined, isTerminal: boolean): boolean {
  if (get("NO_COLOR") !== undefined) return false;
  const forced = get("FORCE_COLOR");
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && get("TERM") !== "dumb";
}
