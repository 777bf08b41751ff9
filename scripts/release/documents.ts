/**
 * What goes with the program in every package: license, README, man page and completions.
 *
 * @module
 */

import { join } from "node:path";
import { manualFiles } from "../man.ts";
import type { Packed } from "./archive.ts";

const FILES = ["LICENSE", "README.md"] as const;

/**
 * Reads and makes them.
 *
 * @param root of the checkout
 * @param time of the release, seconds since the epoch
 */
export async function readDocuments(root: string, time: number): Promise<readonly Packed[]> {
  const files = await Promise.all(FILES.map(async (path) => ({
    path,
    data: await Deno.readFile(join(root, path)),
    isProgram: false,
  })));
  const manual = (await manualFiles(time)).map(({ path, text }) => ({
    path,
    data: new TextEncoder().encode(text),
    isProgram: false,
  }));
  return [...files, ...manual];
}
