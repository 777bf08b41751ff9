/**
 * Finds files.
 *
 * @module
 */

/** Paths of all files below a folder whose names fit. */
export function* filesBelow(folder: string, name: RegExp): Generator<string> {
  for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesBelow(path, name);
    else if (entry.isFile && name.test(entry.name)) yield path;
  }
}
