/**
 * What is kept between two readings of a source: what its parser remembers, and which of its companions were not there
 * when its first records were parsed.
 *
 * @module
 */

/** The names of the companions that were missing, beside the state of the parser. A parser's own state has no such name. */
const WITHOUT = "$without";

/** What is kept. */
export interface KeptState {
  /** What the parser remembers. */
  readonly state: unknown;
  /** Paths of companions; none for most sources. */
  readonly without: readonly string[];
}

/** Reads what was kept from its text. */
export function readKept(text: string | undefined): KeptState {
  if (text === undefined) return { state: undefined, without: [] };
  const kept = JSON.parse(text);
  const without = kept?.[WITHOUT];
  return Array.isArray(without) ? { state: kept.state, without } : { state: kept, without: [] };
}

/** The text of what is kept: the state alone, as long as nothing is missing. */
export function keptText({ state, without }: KeptState): string {
  return JSON.stringify(without.length === 0 ? state ?? null : { [WITHOUT]: without, state });
}
