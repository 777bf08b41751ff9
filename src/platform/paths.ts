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

/** The folder that a file or folder lies in, as a text; of one directly below the root of all, that root. */
export function folderOf(path: string, os: Os): string {
  const folder = path.replace(os === "windows" ? /[\\/][^\\/]*$/ : /\/[^/]*$/, "");
  return folder === "" ? "/" : folder;
}

/** Joins parts with the separator of the system; it resolves nothing. Separators at the end of a part are dropped. */
export function joinPath(os: Os, first: string, ...rest: readonly string[]): string {
  const separator = os === "windows" ? "\\" : "/";
  const trailing = os === "windows" ? /[\\/]+$/ : /\/+$/;
  return [first.replace(trailing, ""), ...rest].join(separator);
}

/** What separates the parts of a path. */
export function separatorOf(os: Os): "/" | "\\" {
  return os === "windows" ? "\\" : "/";
}

/**
 * What is the same for all ways to write a path that lead to one place: case counts on Linux alone, macOS takes composed
 * and decomposed letters for the same, and Windows both separators. (A folder can be set to count case there as well;
 * two names that differ in nothing else are rare enough.)
 */
export function pathKey(path: string, os: Os): string {
  switch (os) {
    case "linux":
      return path;
    case "darwin":
      return path.normalize("NFC").toLowerCase();
    case "windows":
      return path.replaceAll("/", "\\").toLowerCase();
  }
}

/** The parts of a path below a folder, as they are written; `undefined` if it does not lie there. */
export function partsBelow(path: string, folder: string, os: Os): readonly string[] | undefined {
  const split = (text: string) =>
    text.split(os === "windows" ? /[\\/]+/ : /\/+/).filter((part) => part !== "");
  const [parts, above] = [split(path), split(folder)];
  const isBelow = above.every((part, index) =>
    parts[index] !== undefined && pathKey(parts[index], os) === pathKey(part, os)
  );
  return isBelow ? parts.slice(above.length) : undefined;
}

/** The path with a leading `~` or `~/` replaced by the home folder. `~other` is left alone: it names another user's. */
export function expandHome(path: string, environment: Pick<Environment, "os" | "home">): string {
  if (path === "~") return environment.home;
  const below = environment.os === "windows" ? /^~[\\/]+/ : /^~\/+/;
  if (!below.test(path)) return path;
  const rest = path.replace(below, "");
  return rest === "" ? environment.home : joinPath(environment.os, environment.home, rest);
}

/** The path that a `file:` URL of this machine names. */
export function pathOfFileUrl(url: string, os: Os): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return os === "windows" ? path.replace(/^\//, "").replaceAll("/", "\\") : path;
}
