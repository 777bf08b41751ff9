/**
 * Reads the small files that say something of a source which lies beside them.
 *
 * @module
 */

import { SourceError } from "./source_errors.ts";
import { liesUnder, SourceFile } from "./source_file.ts";

/** The names of the files and folders in a folder, sorted; none where there is no such folder, or none that may be read. */
export function listCompanions(path: string, realRoot: string): readonly string[] {
  try {
    if (!Deno.lstatSync(path).isDirectory || !liesUnder(Deno.realPathSync(path), realRoot)) return [];
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
