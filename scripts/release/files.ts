/**
 * Copies of files that say nothing of the machine they are made on.
 *
 * @module
 */

import { dirname, join } from "node:path";

/** Copies a file, or a folder with all in it, with the same modes everywhere. Links are followed. */
export async function copyTree(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.writeFile(to, await Deno.readFile(from), { mode: 0o644 });
    return;
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copyTree(join(from, name), join(to, name));
}

/** Gives a file, or a folder and all in it, one time, in seconds since the epoch. */
export async function setTimes(path: string, time: number): Promise<void> {
  if ((await Deno.stat(path)).isDirectory) {
    for await (const { name } of Deno.readDir(path)) await setTimes(join(path, name), time);
  }
  await Deno.utime(path, time, time);
}
