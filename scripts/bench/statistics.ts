/**
 * What a series of measurements comes to.
 *
 * @module
 */

/**
 * The smallest value that is not below the given part of all values (nearest rank).
 *
 * @param values at least one, in any order
 * @param part from 0 to 1: 0.5 for the median, 0.99 for p99
 */
export function percentile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError("There is no percentile of no values");
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
