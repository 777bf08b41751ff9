/**
 * Gets the folder of the store ready.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import type { Os } from "../platform/environment.ts";
import { EXIT, UserError } from "../platform/user_error.ts";

/**
 * Makes the folder of the store, for this user alone.
 *
 * @throws {UserError} if it belongs to another user
 */
export function prepareFolder({ folder }: StoragePaths, os: Os): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
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
