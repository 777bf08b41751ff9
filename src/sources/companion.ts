/**
 * Reads the small files that say something of a source which lies beside them.
 *
 * @module
 */

import { SourceError } from "./source_errors.ts";
import { SourceFile } from "./source_file.ts";

/** A larger one is passed over, bytes. */
const LARGEST = 1 << 20;

/**
 * What a JSON file holds, `undefined` where there is none, or none that may be read.
 *
 * @param realRoot the folder that it must lie under, with all links resolved
 */
export function readCompanion(path: string, realRoot: string): unknown {
  let file: SourceFile | undefined;
  try {
    file = SourceFile.open(path, realRoot);
    if (file.stamp.size > LARGEST) return undefined;
    return JSON.parse(new TextDecoder().decode(file.readAt(0, file.stamp.size)));
  } catch (error) {
    if (error instanceof SourceError || error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    file?.close();
  }
}
