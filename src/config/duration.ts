/**
 * Durations as people write them: `500ms`, `10s`, `5m`, `2h`, `7d`.
 *
 * @module
 */

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1]] as const;

/** The milliseconds of a duration, or `undefined` if the text is none. A number without its unit is none. */
export function parseDuration(text: string): number | undefined {
  const [, digits, name] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unit = UNITS.find(([unit]) => unit === name);
  if (digits === undefined || unit === undefined) return undefined;
  const ms = Number(digits) * unit[1];
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** A whole number of milliseconds in the largest unit that divides it, as `parseDuration` reads it. */
export function printDuration(ms: number): string {
  const [name, size] = UNITS.find(([, size]) => ms % size === 0 && ms >= size) ?? ["ms", 1];
  return `${ms / size}${name}`;
}
