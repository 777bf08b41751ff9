/**
 * `SHA256SUMS`, in the form that `sha256sum --check` reads.
 *
 * @module
 */

import { join } from "node:path";

/** What the file is called. */
export const CHECKSUMS = "SHA256SUMS";

/** What is published, and so is in it. */
const PUBLISHED = /^devlog-collector[-_]\d.*\.(?:tar\.gz|zip|deb|tgz)$/;

/** The SHA-256 of bytes, in hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Writes the file anew, of all that is published in `folder`. Returns their names. */
export async function writeChecksums(folder: string): Promise<readonly string[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .filter((name) => PUBLISHED.test(name)).toSorted();
  const lines: string[] = [];
  for (const name of names) lines.push(`${await sha256(await Deno.readFile(join(folder, name)))}  ${name}\n`);
  await Deno.writeTextFile(join(folder, CHECKSUMS), lines.join(""));
  return names;
}

/**
 * The checksums in a text, by the names of files.
 *
 * @throws {Error} at a line that is none
 */
export function parseChecksums(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").filter((line) => line !== "").map((line) => {
      const [, sum, name] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? [];
      if (sum === undefined || name === undefined) throw new Error(`no line of ${CHECKSUMS}: ${line}`);
      return [name, sum];
    }),
  );
}
