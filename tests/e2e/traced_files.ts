/**
 * Which files a process opens and how much it reads of each, as strace tells.
 *
 * @module
 */

import { findProgram } from "./program.ts";

/** What became of one file. */
export interface FileUse {
  opens: number;
  bytesRead: number;
}

/** What to run the program under, so that {@link filesOf} can tell what it did. */
export function tracing(log: string): readonly [string, ...string[]] {
  // `-y` names the file of each descriptor.
  return [findProgram("strace"), "-f", "-y", "-s", "0", "-e", "trace=openat,read,pread64", "-o", log];
}

/**
 * Reads the log of strace. Files that were not opened are not in it.
 *
 * @param isMeant chooses among the paths
 */
export function filesOf(log: string, isMeant: (path: string) => boolean): ReadonlyMap<string, FileUse> {
  const files = new Map<string, FileUse>();
  const unfinished = new Map<string, string>();
  for (const line of Deno.readTextFileSync(log).split("\n")) {
    const [, thread, text] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined || text === undefined) continue;
    // Where threads come between, a call is told in two parts.
    if (text.endsWith("<unfinished ...>")) {
      unfinished.set(thread, text.slice(0, -"<unfinished ...>".length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const call = resumed === undefined ? text : (unfinished.get(thread) ?? "") + resumed;
    const [, name, path, result] =
      /^(openat|read|pread64)\(.*?<([^>]*)>.* = (-?\d+)(?:<|$| )/.exec(opened(call)) ?? [];
    if (path === undefined || Number(result) < 0 || !isMeant(path)) continue;
    const use = files.get(path) ?? { opens: 0, bytesRead: 0 };
    if (name === "openat") use.opens++;
    else use.bytesRead += Number(result);
    files.set(path, use);
  }
  return files;
}

/** The call with the path that was opened in the place where the other calls have theirs. */
function opened(call: string): string {
  const [, path, descriptor] = /^openat\([^"]*"([^"]*)".*\) += (\d+)/.exec(call) ?? [];
  return path === undefined ? call : `openat(<${path}>) = ${descriptor}`;
}
