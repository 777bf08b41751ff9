/**
 * Tells by globs whether the events of a workspace are wanted.
 *
 * @module
 */

// @ts-types="./picomatch.d.ts"
import picomatch from "picomatch";
import type { WorkspaceFilter } from "../config/config.ts";
import type { Os } from "./environment.ts";

/** What is wrong with a glob, `undefined` if nothing is. */
export function globError(glob: string): string | undefined {
  try {
    picomatch.makeRe(glob, { strictBrackets: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Makes the function that tells. An empty `include` wants all. A glob without wildcards means a folder and all below it.
 * Events without a workspace are wanted unless `include` names some. Case counts on Linux alone.
 */
export function workspaceMatcher(
  { include, exclude }: WorkspaceFilter,
  os: Os,
): (workspace: string | undefined) => boolean {
  if (include.length === 0 && exclude.length === 0) return () => true;
  const isIncluded = include.length === 0 ? () => true : matchAny(include, os);
  const isExcluded = exclude.length === 0 ? () => false : matchAny(exclude, os);
  const known = new Map<string, boolean>();
  return (workspace) => {
    if (workspace === undefined) return include.length === 0;
    let wanted = known.get(workspace);
    if (wanted === undefined) {
      const path = withSlashes(workspace);
      known.set(workspace, wanted = isIncluded(path) && !isExcluded(path));
    }
    return wanted;
  };
}

function matchAny(globs: readonly string[], os: Os): (path: string) => boolean {
  const patterns = globs.map((glob) => {
    // On Windows a backslash separates; elsewhere it takes a character's special meaning away.
    const pattern = os === "windows" ? withSlashes(glob) : glob;
    return picomatch.scan(pattern).isGlob ? pattern : `${pattern.replace(/\/+$/, "")}/**`;
  });
  return picomatch(patterns, { dot: true, nocase: os !== "linux", nonegate: true });
}

/** A path as globs are written; agents in WSL and over SSH write both kinds. */
function withSlashes(path: string): string {
  return path.replaceAll("\\", "/").replace(/(?<=.)\/+$/, "");
}
