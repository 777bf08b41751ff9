/**
 * The packages that are compiled in: a folder of Deno's own with copies of those in `deno.lock`. `deno compile` embeds
 * the times of their files, which in the user's folder are those of the download.
 *
 * @module
 */

import { join } from "node:path";
import { copyTree, setTimes } from "./files.ts";
import type { Stamp } from "./stamp.ts";

/** Where packages of npm are, below Deno's folder. */
const REGISTRY = "npm/registry.npmjs.org";

/** Where runtimes that were downloaded are, below Deno's folder. */
const RUNTIMES = "dl";

/**
 * Makes a folder for `DENO_DIR` at `folder`, with what the staged program at `tree` needs, downloaded where it is missing.
 *
 * @throws {Error} if a package can't be downloaded
 */
export async function stageCache(tree: string, folder: string, { time }: Stamp): Promise<string> {
  await deno(tree, "install", "--quiet", "--frozen", "--entrypoint", "main.ts");
  const { denoDir } = JSON.parse(await deno(tree, "info", "--json")) as { denoDir: string };
  const { npm } = JSON.parse(await Deno.readTextFile(join(tree, "deno.lock"))) as { npm: object };
  for (const id of Object.keys(npm)) {
    // `name@1.2.3`, with what its peers are after a `_`.
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(id)!;
    const place = join(REGISTRY, name!, version!);
    // What only tests use need not be there.
    if (exists(join(denoDir, place))) await copyTree(join(denoDir, place), join(folder, place));
  }
  await setTimes(folder, time);
  if (exists(join(denoDir, RUNTIMES))) await copyTree(join(denoDir, RUNTIMES), join(folder, RUNTIMES));
  return folder;
}

async function deno(cwd: string, ...args: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], cwd, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`deno ${args.join(" ")} failed: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
