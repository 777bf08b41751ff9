/**
 * The usual layout: every `.jsonl` file below a root is a session, whatever the folders in between are called.
 *
 * @module
 */

import type { Agent, SourceKind } from "./agent.ts";

/** Which files are sessions. */
export interface JsonlFiles {
  /** How many parts a path may have at the most, the name of the file among them. */
  readonly depth: number;
  /** Names that are none, though they end so. */
  readonly not?: RegExp;
}

/** The part of an agent that says so. */
export function jsonlFiles({ depth, not }: JsonlFiles): Pick<Agent, "classify" | "enters"> {
  const depthOf = (relativePath: string) => relativePath.split("/").length;
  return {
    classify(relativePath: string): SourceKind | undefined {
      const isSession = relativePath.endsWith(".jsonl") && depthOf(relativePath) <= depth &&
        not?.test(relativePath) !== true;
      return isSession ? { format: "jsonl", twin: relativePath, rank: 0 } : undefined;
    },
    enters: (relativePath) => depthOf(relativePath) < depth,
  };
}
