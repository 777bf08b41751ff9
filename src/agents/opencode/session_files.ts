/**
 * Where the parts of a session are, that OpenCode kept in small files until early 2026.
 *
 * @module
 */

import type { ListFolder } from "../agent.ts";

/** The files of a session: its messages and their parts. */
export function sessionFiles(relativePath: string, list: ListFolder): readonly string[] {
  const session = /^session\/[^/]+\/([^/]+)\.json$/.exec(relativePath)?.[1];
  if (session === undefined) return [];
  return list(`message/${session}`).filter(isJson).flatMap((name) => {
    const parts = `part/${name.replace(/\.json$/, "")}`;
    return [`message/${session}/${name}`, ...list(parts).filter(isJson).map((part) => `${parts}/${part}`)];
  });
}

function isJson(name: string): boolean {
  return name.endsWith(".json");
}
