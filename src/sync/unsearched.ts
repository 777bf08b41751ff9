/**
 * The places that could not be searched: what lies there is missing.
 *
 * @module
 */

import { THIS_OS } from "../platform/environment.ts";
import { separatorOf } from "../platform/paths.ts";
import type { DiscoveryProblem } from "../sources/discover.ts";

const SEPARATOR = separatorOf(THIS_OS);

/** What every search found, put together. */
export class Unsearched {
  #problems: readonly DiscoveryProblem[] = [];

  /** All of them. */
  get problems(): readonly DiscoveryProblem[] {
    return this.#problems;
  }

  /** Everything was searched. */
  replaceAll(problems: readonly DiscoveryProblem[]): void {
    this.#problems = problems;
  }

  /** What stands at some paths, and below them, was searched. */
  replaceAt(paths: readonly string[], problems: readonly DiscoveryProblem[]): void {
    if (this.#problems.length + problems.length === 0) return;
    const others = this.#problems.filter(({ path }) =>
      !paths.some((place) => path === place || path.startsWith(place + SEPARATOR))
    );
    this.#problems = [...others, ...problems];
  }
}
