/**
 * Reads the small files that say something of a source which lies beside them.
 *
 * @module
 */

import type { Agent, AgentReading } from "../agents/agent.ts";
import { SourceError } from "./source_errors.ts";
import { liesUnder, SourceFile } from "./source_file.ts";

/** Where a source is. */
export interface SourcePlace {
  readonly path: string;
  /** The end of the path that is below its root, with `/` between its parts. */
  readonly relativePath: string;
  /** The root with all links resolved. */
  readonly realRoot: string;
}

/** The companions of a source. */
export interface Companions {
  /** What those that are there hold, by their paths and by their names. */
  readonly held: { readonly [name: string]: unknown };
  /** The paths of the others. */
  readonly missing: readonly string[];
}

/** Those of a source that has none. */
export const NO_COMPANIONS: Companions = { held: {}, missing: [] };

/** Reads the companions of a source. */
export function companionsOf(
  { companions, parseCompanion }: Pick<Agent, "companions"> & Pick<AgentReading, "parseCompanion">,
  { path, relativePath, realRoot }: SourcePlace,
): Companions {
  const held: { [name: string]: unknown } = {};
  const missing: string[] = [];
  // All lie below the same root.
  const root = path.slice(0, path.length - relativePath.length);
  const list = (folder: string) => listFolder(root + folder, realRoot);
  for (const companion of companions?.(relativePath, list) ?? []) {
    const value = readCompanion(root + companion, realRoot, parseCompanion);
    if (value === undefined) {
      missing.push(companion);
      continue;
    }
    held[companion] = value;
    held[companion.replace(/^.*\//, "")] = value;
  }
  return { held, missing };
}

/** The names of the files and folders in a folder, sorted; none where there is no such folder, or none that may be read. */
export function listFolder(path: string, realRoot: string): readonly string[] {
  try {
    if (!Deno.lstatSync(path).isDirectory) return [];
    const realPath = Deno.realPathSync(path);
    if (realPath !== realRoot && !liesUnder(realPath, realRoot)) return [];
    return Array.from(Deno.readDirSync(path), ({ name }) => name).toSorted();
  } catch (error) {
    // What can't be opened tells of itself elsewhere: it is searched, too.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return [];
    throw error;
  }
}

/** A larger one is passed over, bytes. */
const LARGEST = 1 << 20;

/**
 * What a file holds, `undefined` where there is none, none that may be read, or something else in it.
 *
 * @param realRoot the folder that it must lie under, with all links resolved
 * @param parse throws whatever it likes at a text that is not as it should be
 */
export function readCompanion(
  path: string,
  realRoot: string,
  parse: (text: string) => unknown = (text) => JSON.parse(text),
): unknown {
  const text = readText(path, realRoot);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function readText(path: string, realRoot: string): string | undefined {
  let file: SourceFile | undefined;
  try {
    file = SourceFile.open(path, realRoot);
    if (file.stamp.size > LARGEST) return undefined;
    return new TextDecoder().decode(file.readAt(0, file.stamp.size));
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  } finally {
    file?.close();
  }
}
