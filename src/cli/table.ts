/**
 * Aligned text in columns, measured in the cells of a terminal.
 *
 * @module
 */

import { countCells, truncate } from "./cells.ts";
import type { Paint } from "./palette.ts";
import { sanitize } from "./sanitize.ts";

/** A column of a table. */
export interface Column {
  readonly header: string;
  /**
   * Numbers stand right. Only left columns are cut when the table is too wide.
   *
   * @default {"left"}
   */
  readonly align?: "left" | "right";
  /** Paints the cells, not the header. Given the cell as it was before it was padded or cut. */
  readonly paint?: (cell: string) => Paint;
}

/** How a table is drawn. */
export interface TableOptions {
  /**
   * In cells, as `terminal.columns`.
   *
   * @default {Infinity}
   */
  readonly width?: number;
  /** Paints the header. */
  readonly paintHeader?: Paint;
}

const GAP = "  ";
/** No column is cut below this. */
const NARROWEST = 4;

/** Draws rows under a header, each line with its newline. Cells are sanitized; what is too wide ends in `…`. */
export function table(
  rows: readonly (readonly string[])[],
  columns: readonly Column[],
  options: TableOptions = {},
): string {
  const cells = rows.map((row) => columns.map((_, index) => sanitize(row[index] ?? "")));
  const widths = fit(
    columns.map(({ header }, index) =>
      cells.reduce((widest, row) => Math.max(widest, countCells(row[index]!)), countCells(header))
    ),
    columns,
    options.width ?? Infinity,
  );
  const draw = (texts: readonly string[], paint: (index: number, text: string) => string) => {
    const last = columns.length - 1;
    const line = texts.map((text, index) => {
      const cut = truncate(text, widths[index]!);
      const space = " ".repeat(Math.max(0, widths[index]! - countCells(cut)));
      if (columns[index]!.align === "right") return space + paint(index, cut);
      return paint(index, cut) + (index === last ? "" : space);
    });
    return `${line.join(GAP).trimEnd()}\n`;
  };
  const header = draw(columns.map(({ header }) => header), (_, text) => options.paintHeader?.(text) ?? text);
  const body = cells.map((row) =>
    draw(row, (index, text) => columns[index]!.paint?.(row[index]!)(text) ?? text)
  );
  return header + body.join("");
}

/** Takes what is too much from the widest of the left columns, cell by cell. */
function fit(natural: readonly number[], columns: readonly Column[], width: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1)) - width;
  for (; excess > 0; excess--) {
    let widest = -1;
    for (const [index, { align }] of columns.entries()) {
      if (align === "right" || widths[index]! <= NARROWEST) continue;
      if (widest === -1 || widths[index]! > widths[widest]!) widest = index;
    }
    if (widest === -1) break;
    widths[widest]!--;
  }
  return widths;
}
