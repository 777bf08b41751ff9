/**
 * The folder that programs are compiled in. It is always the same one: its path gets into what is compiled.
 *
 * @module
 */

import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is older than this was left behind by a build that was killed, ms. */
const STALE = 15 * 60_000;
/** How often to look whether another build has ended, ms. */
const LOOK_EVERY = 250;

/** The folder, empty and this build's own until it is disposed of. Waits for another build that uses it. */
export async function takeBuildFolder(path = join(tmpdir(), "devlog-collector-build")): Promise<
  AsyncDisposable & { readonly path: string }
> {
  for (;;) {
    try {
      await Deno.mkdir(path, { mode: 0o700 });
      return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    if (await isStale(path)) await Deno.remove(path, { recursive: true });
    else await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtime } = await Deno.lstat(path);
    return mtime !== null && Date.now() - mtime.getTime() > STALE;
  } catch (error) {
    // The other build has ended just now.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
