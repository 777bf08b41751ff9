/**
 * Sizes as people write them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** The bytes of a size such as `400MB` or `4 GB` (decimal units), `undefined` if it is none. */
export function parseSize(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([KMG]B|)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit?.toUpperCase() ?? "?"];
  return factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** A size for people: `382.8 MB`. */
export function formatSize(bytes: number): string {
  const [unit, factor] = Object.entries(UNITS).findLast(([, factor]) => bytes >= factor) ?? ["", 1];
  return unit === "" ? `${bytes} B` : `${Number((bytes / factor).toPrecision(4))} ${unit}`;
}
