/**
 * Looks at what stands at a path, without following a link.
 *
 * @module
 */

/** Whether nothing stands there; `false` if that can't be told. */
export function isMissing(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
  }
}

/** The names in a folder; one empty name, for the folder itself, if it is not there. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [""];
    throw error;
  }
}
