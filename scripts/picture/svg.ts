/**
 * Draws what terminals showed as an SVG: the same bytes for the same screens, with no font of its own.
 *
 * @module
 */

import { type Colour, type Look, readScreen, type Stretch } from "./screen.ts";

/** One moment of a terminal. */
export interface Moment {
  /** What stands above it. */
  readonly caption: string;
  /** What was typed. */
  readonly command: string;
  /** All that the program wrote until then. */
  readonly written: string;
}

/** A cell, in units of the picture. Text is stretched to it, whatever font there is. */
const CELL = { width: 8, height: 18 };
const FONT_SIZE = 13;
const MARGIN = 16;
const BAR = 30;

const PAPER = "#16181d";
const BAR_COLOUR = "#2a2e37";
const INK = "#d6d9df";
const FAINT = "#8b919d";
const INKS: Readonly<Record<Colour, string>> = {
  red: "#f07178",
  green: "#9ecb6b",
  yellow: "#e6c46c",
  cyan: "#6cc7d9",
};

const COMMAND_LOOK: Look = { bold: true, dim: false, colour: undefined };
const CAPTION_LOOK: Look = { bold: false, dim: true, colour: undefined };

/**
 * The picture of a terminal in which one moment follows the other.
 *
 * @param title what the picture shows, for those who can't see it
 * @param columns the width of the terminal in cells
 */
export function renderPicture(title: string, columns: number, moments: readonly Moment[]): string {
  const lines = moments.flatMap((moment, index) => [
    ...index === 0 ? [] : [[]],
    [{ column: 0, text: `# ${moment.caption}`, look: CAPTION_LOOK }],
    [{ column: 0, text: `$ ${moment.command}`, look: COMMAND_LOOK }],
    ...readScreen(moment.written),
  ]);
  return renderTerminal(title, columns, lines.length, renderLines(lines));
}

/** The screen of a terminal from one moment on. */
export interface Frame {
  /** Ms since the beginning. */
  readonly at: number;
  /** What was typed and what was written since, in turn. */
  readonly parts: readonly Pick<Moment, "command" | "written">[];
}

/** How long the last frame is shown before it begins anew, ms. */
const REST = 6_000;

/**
 * A terminal over time, which begins anew at its end. Where the system asks for less motion, the last frame stands still.
 *
 * @param title what it shows, for those who can't see it
 * @param columns the width of the terminal in cells
 */
export function renderRecording(title: string, columns: number, frames: readonly Frame[]): string {
  const screens = frames.map(({ parts }) =>
    parts.flatMap(({ command, written }, index) => [
      ...index === 0 ? [] : [[]],
      [{ column: 0, text: `$ ${command}`, look: COMMAND_LOOK }],
      ...readScreen(written),
    ])
  );
  const rows = Math.max(...screens.map(({ length }) => length));
  const total = frames.at(-1)!.at + REST;
  const percent = (at: number) => `${(100 * at / total).toFixed(3)}%`;
  const styles = frames.map(({ at }, index) => {
    const end = frames[index + 1]?.at;
    return `@keyframes f${index}{${at > 0 ? "0%{visibility:hidden}" : ""}${percent(at)}{visibility:visible}` +
      `${end === undefined ? "" : `${percent(end)}{visibility:hidden}`}}` +
      `#f${index}{animation:f${index} ${(total / 1000).toFixed(2)}s step-end infinite}`;
  });
  return renderTerminal(title, columns, rows, [
    "<style>g[id]{visibility:hidden}",
    ...styles,
    `@media (prefers-reduced-motion:reduce){g[id]{animation:none!important}#f${
      frames.length - 1
    }{visibility:visible}}`,
    "</style>",
    ...screens.flatMap((lines, index) => [`<g id="f${index}">`, ...renderLines(lines), "</g>"]),
  ]);
}

function renderLines(lines: readonly (readonly Stretch[])[]): readonly string[] {
  return lines.flatMap((line, row) => line.map((stretch) => renderStretch(stretch, row)));
}

function renderTerminal(title: string, columns: number, rows: number, texts: readonly string[]): string {
  const width = columns * CELL.width + 2 * MARGIN;
  const height = BAR + rows * CELL.height + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    `<path d="M0 ${BAR}V8a8 8 0 0 1 8-8h${width - 16}a8 8 0 0 1 8 8v${BAR - 8}z" fill="${BAR_COLOUR}"/>`,
    ...["red", "yellow", "green"].map((colour, index) =>
      `<circle cx="${18 + 20 * index}" cy="${BAR / 2}" r="6" fill="${INKS[colour as Colour]}"/>`
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}" xml:space="preserve">`,
    ...texts,
    `</g>`,
    `</svg>`,
    ``,
  ].join("\n");
}

function renderStretch({ column, text, look }: Stretch, row: number): string {
  const x = MARGIN + column * CELL.width;
  const y = BAR + MARGIN + row * CELL.height + FONT_SIZE;
  const ink = look.colour !== undefined ? INKS[look.colour] : look.dim ? FAINT : INK;
  const weight = look.bold ? ` font-weight="bold"` : "";
  const length = [...text].length * CELL.width;
  return `<text x="${x}" y="${y}" textLength="${length}" fill="${ink}"${weight}>${escape(text)}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escape(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character]!);
}
