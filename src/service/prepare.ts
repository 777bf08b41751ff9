/**
 * Gets the program's folders ready, and looks at the disk that they are on.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import { statfsSync } from "node:fs";
import { diskSpace, isTooLittle } from "../platform/disk.ts";
import type { Os } from "../platform/environment.ts";
import { networkFileSystem } from "../platform/network_mount.ts";
import { EXIT, UserError } from "../platform/user_error.ts";

/**
 * Makes the folder of the store, for this user alone.
 *
 * @throws {UserError} if it belongs to another user or lies on a network mount, where SQLite's locks can't be trusted
 */
export function prepareFolder({ folder }: StoragePaths, os: Os): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const network = networkFileSystem(folder, statfsSync(folder).type, os);
  if (network !== undefined) {
    throw new UserError(
      `${folder} lies on a network file system (${network}); the store would be damaged there`,
      {
        hint: "Set storage.path in config.yaml to a folder on a local disk.",
        exitCode: EXIT.wrongUsage,
      },
    );
  }
  if (os === "windows") return;
  const info = Deno.statSync(folder);
  if (info.uid !== null && info.uid !== Deno.uid()) {
    throw new UserError(`${folder} belongs to another user (${info.uid})`, {
      hint: "Set storage.path in config.yaml, or DEVLOG_HOME, to a folder of your own.",
      exitCode: EXIT.wrongUsage,
    });
  }
  if (info.mode !== null && (info.mode & 0o077) !== 0) Deno.chmodSync(folder, 0o700);
}

/** Why the disk of a folder has too little space left, `undefined` if it has enough. */
export async function diskTrouble(folder: string): Promise<string | undefined> {
  const space = await diskSpace(folder);
  if (!isTooLittle(space)) return undefined;
  return `Only ${Math.floor(space.free / 1e6)} MB are free on the disk of ${folder}.`;
}
