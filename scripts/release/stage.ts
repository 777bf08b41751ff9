/**
 * The tree that is compiled: a copy of what the program is made of, with its stamp and with the permissions of one
 * system. Made anew each time, it says nothing of the machine it stands on, so that two builds of one commit are the
 * same bytes.
 *
 * @module
 */

import { join } from "node:path";
import type { Os } from "../../src/platform/environment.ts";
import { copyTree, setTimes } from "./files.ts";
import type { Stamp } from "./stamp.ts";

/** What the program is made of, beside `deno.json` and the stamp. */
const PARTS = ["main.ts", "deno.lock", "src"] as const;

/** Where the stamp stands. */
const STAMP = "src/platform/build.json";

/** `deno.json`, as far as it matters here. */
interface Manifest {
  readonly permissions: { readonly collector: { readonly run: readonly string[] } };
}

/**
 * Copies what the program is made of into `folder`, which it makes.
 *
 * @param os the system that it is for; `undefined` for all of them
 */
export async function stage(root: string, folder: string, os: Os | undefined, stamp: Stamp): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const part of PARTS) await copyTree(join(root, part), join(folder, part));
  const manifest = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  await Deno.writeTextFile(
    join(folder, "deno.json"),
    JSON.stringify(os === undefined ? manifest : forSystem(manifest, os)),
  );
  await Deno.writeTextFile(join(folder, STAMP), JSON.stringify({ commit: stamp.commit ?? null }));
  await setTimes(folder, stamp.time);
}

/**
 * `deno.json` with the programs of one system alone in the permission to run programs: Deno looks for each when the
 * compiled program starts, and tells its user of those that are missing.
 */
export function forSystem<T extends Manifest>(manifest: T, os: Os): T {
  const { permissions } = manifest;
  const { collector } = permissions;
  const run = collector.run.filter((path) => systemOf(path) === os);
  return { ...manifest, permissions: { ...permissions, collector: { ...collector, run } } };
}

/** The system that has a program at that path. */
function systemOf(path: string): Os {
  if (/^[A-Z]:\\/.test(path)) return "windows";
  return path.endsWith("/launchctl") ? "darwin" : "linux";
}
