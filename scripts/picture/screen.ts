/**
 * What a terminal shows after a program has written to it: as much of a terminal as this program uses.
 *
 * @module
 */

/** How a stretch of text looks. */
export interface Look {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly colour: Colour | undefined;
}

/** The colours that the program paints with. */
export const COLOURS = ["red", "green", "yellow", "cyan"] as const;

/** One of {@link COLOURS}. */
export type Colour = typeof COLOURS[number];

/** Text of one look, on one line, without blanks around it. */
export interface Stretch {
  /** Its first cell, from 0. */
  readonly column: number;
  readonly text: string;
  readonly look: Look;
}

const PLAIN: Look = { bold: false, dim: false, colour: undefined };

/** What the codes of `ESC [ … m` change; 0 sets all back. */
const CODES: Readonly<Record<string, Partial<Look>>> = {
  "": PLAIN,
  "0": PLAIN,
  "1": { bold: true },
  "2": { dim: true },
  "22": { bold: false, dim: false },
  "31": { colour: "red" },
  "32": { colour: "green" },
  "33": { colour: "yellow" },
  "36": { colour: "cyan" },
  "39": { colour: undefined },
};

/** A line break, a return, an escape sequence, or a character. */
// deno-lint-ignore no-control-regex -- they are what a terminal is driven by
const PART = /\n|\r|\x1b\[([0-9;]*)([A-Za-z])|[^\x00-\x1f]/gu;

interface Cell {
  readonly character: string;
  readonly look: Look;
}

/**
 * The lines on the screen, without empty ones at the end. Every character takes one cell; nothing scrolls and no line
 * is broken.
 *
 * @param written all that was written, as a pseudo-terminal hands it over
 * @throws {TypeError} for an escape sequence that is not known
 */
export function readScreen(written: string): readonly (readonly Stretch[])[] {
  const lines: Cell[][] = [[]];
  let column = 0;
  let look = PLAIN;
  for (const [part, parameters = "", command] of written.matchAll(PART)) {
    const line = lines.at(-1)!;
    if (part === "\n") lines.push([]);
    else if (part === "\r") column = 0;
    else if (command === "m") {
      for (const code of parameters.split(";")) look = { ...look, ...changeOf(code) };
    } else if (command === "K" && parameters === "") line.length = Math.min(line.length, column);
    else if (command !== undefined) throw new TypeError(`unknown escape sequence ${JSON.stringify(part)}`);
    else {
      while (line.length < column) line.push({ character: " ", look: PLAIN });
      line[column++] = { character: part, look };
    }
  }
  while (lines.at(-1)?.length === 0) lines.pop();
  return lines.map(stretchesOf);
}

function changeOf(code: string): Partial<Look> {
  const change = CODES[code];
  if (change === undefined) throw new TypeError(`unknown SGR code ${code}`);
  return change;
}

/** Joins neighbours of one look. Two blanks or more are left out, so that each column of a table starts at its cell. */
function stretchesOf(cells: readonly Cell[]): readonly Stretch[] {
  const joined: { column: number; text: string; look: Look }[] = [];
  for (const [column, { character, look }] of cells.entries()) {
    const last = joined.at(-1);
    if (last !== undefined && isSame(last.look, look)) last.text += character;
    else joined.push({ column, text: character, look });
  }
  return joined.flatMap(({ column, text, look }) =>
    Array.from(
      text.matchAll(/\S+(?: \S+)*/g),
      ({ 0: part, index }) => ({ column: column + [...text.slice(0, index)].length, text: part, look }),
    )
  );
}

function isSame(a: Look, b: Look): boolean {
  return a.bold === b.bold && a.dim === b.dim && a.colour === b.colour;
}
