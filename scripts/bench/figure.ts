/**
 * What the bench says: figures, the bars they must reach, and the table of both.
 *
 * @module
 */

/** What a figure must reach. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One measured number. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** None where the number is there to compare with. */
  readonly bar?: Bar;
  /** What a reader must know beside it: the floor, how many runs, what was left out. */
  readonly note?: string;
}

/** How a figure stands to its bar. */
export function judge({ value, bar }: Figure): "ok" | "MISS" | "" {
  if (bar === undefined) return "";
  return ("atLeast" in bar ? value >= bar.atLeast : value <= bar.atMost) ? "ok" : "MISS";
}

/** A figure as one line of the table. */
export function formatFigure(figure: Figure): string {
  const { what, value, unit, bar, note } = figure;
  const bound = bar === undefined
    ? ""
    : "atLeast" in bar
    ? `≥ ${formatNumber(bar.atLeast)} ${unit}`
    : `≤ ${formatNumber(bar.atMost)} ${unit}`;
  const cells = [
    what.padEnd(54),
    bound.padStart(20),
    `${formatNumber(value)} ${unit}`.padStart(20),
    judge(figure).padEnd(4),
    note ?? "",
  ];
  return cells.join("  ").trimEnd();
}

/** A number with three significant digits, or all of them where it has more before the point. */
export function formatNumber(value: number): string {
  const rounded = Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 3 });
}
