/**
 * Which test files run, and which of them side by side.
 *
 * @module
 */

/** Which tests are meant. */
export type Suite =
  /** All but the slow ones. */
  | "plain"
  /** The slow ones alone: `*_slow_test.ts`. */
  | "slow"
  /** What drives the program from outside, `tests/e2e/`, but for the slow ones. */
  | "smoke";

/** The files of a run. */
export interface Selection {
  /** Run first, several at once. */
  readonly together: readonly string[];
  /** Run afterwards, one after another: they measure time, or use the machine up. */
  readonly alone: readonly string[];
}

const SLOW = /_slow_test\.ts$/;
const ALONE = /_(slow|alone)_test\.ts$/;

/**
 * Chooses among all test files.
 *
 * @param files paths with `/` between their parts
 * @param parts if any are given, a path must hold one of them
 */
export function selectFiles(files: readonly string[], suite: Suite, parts: readonly string[]): Selection {
  const chosen = files
    .filter((file) => SLOW.test(file) === (suite === "slow"))
    .filter((file) => suite !== "smoke" || file.startsWith("tests/e2e/"))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .toSorted();
  return {
    together: chosen.filter((file) => !ALONE.test(file)),
    alone: chosen.filter((file) => ALONE.test(file)),
  };
}
