/**
 * Makes text from logs safe to print: a terminal acts on control characters, and bidi controls make text read as what it
 * is not.
 *
 * @module
 */

/** What {@link sanitize} leaves in place. */
export interface SanitizeOptions {
  /**
   * Keep tabs and newlines; else each becomes a space.
   *
   * @default {false}
   */
  readonly lines?: boolean;
}

/** `ESC [` or its one-character form, parameters, and a final character (ECMA-48, section 5.4). */
const CONTROL_SEQUENCE = "(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]";
/** Strings to the terminal, such as OSC, with what they say (section 5.6); one that never ends, up to the end of its line. */
const CONTROL_STRING =
  "(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x07\\x1b\\x9c\\n]*(?:\\x07|\\x1b\\\\|\\x9c)?";
/** The other escapes, of two characters or a few (ECMA-35, section 13.2). */
const ESCAPE = "\\x1b[ -/]*[0-~]";
/** Taken out as a whole, so that no `[31m` stays behind. */
const SEQUENCES = new RegExp([CONTROL_SEQUENCE, CONTROL_STRING, ESCAPE].join("|"), "g");

/** C0 but tab and newline, DEL, C1; marks, embeddings, overrides and isolates of bidi (Unicode TR 9); line separators. */
const CONTROLS = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** The text without escape sequences, control characters and bidi controls. Lone surrogates become U+FFFD. */
export function sanitize(text: string, options: SanitizeOptions = {}): string {
  const clean = text.replaceAll("\r\n", "\n").replace(SEQUENCES, "").replace(CONTROLS, "").toWellFormed();
  return options.lines ? clean : clean.replace(/[\t\n]/g, " ");
}
