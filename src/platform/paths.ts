/**
 * Paths as text, for the system that is named rather than the one that runs: so that every system's rules are tested on
 * any of them.
 *
 * @module
 */

import type { Environment, Os } from "./environment.ts";

/** Whether a path starts at a root. On Windows a drive with a separator, or a share (`\\server\share`). */
export function isAbsolute(path: string, os: Os): boolean {
  return os === "windows" ? /^(?:[a-z]:[\\/]|[\\/]{2}[^\\/])/i.test(path) : path.startsWith("/");
}

/** Joins parts with the separator of the system; it resolves nothing. Separators at the end of a part are dropped. */
export function joinPath(os: Os, first: string, ...rest: readonly string[]): string {
  const separator = os === "windows" ? "\\" : "/";
  const trailing = os === "windows" ? /[\\/]+$/ : /\/+$/;
  return [first.replace(trailing, ""), ...rest].join(separator);
}

/** The path with a leading `~` or `~/` replaced by the home folder. `~other` is left alone: it names another user's. */
export function expandHome(path: string, environment: Pick<Environment, "os" | "home">): string {
  if (path === "~") return environment.home;
  const below = environment.os === "windows" ? /^~[\\/]+/ : /^~\/+/;
  if (!below.test(path)) return path;
  const rest = path.replace(below, "");
  return rest === "" ? environment.home : joinPath(environment.os, environment.home, rest);
}
