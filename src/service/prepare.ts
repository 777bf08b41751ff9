/**
 * Gets the folder of the store ready.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import { readingGroups } from "../platform/acl.ts";
import type { Os } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import { ICACLS } from "../platform/system_programs.ts";
import { EXIT, UserError } from "../platform/user_error.ts";
import { type RunCall, runCall } from "./call.ts";

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

/**
 * What a person should know of the folder on Windows, where it has no mode: who else may read it. Nothing where that can't
 * be told.
 */
export async function foldersNotes(
  { folder }: Pick<StoragePaths, "folder">,
  os: Os,
  run: RunCall = runCall,
): Promise<readonly string[]> {
  if (os !== "windows") return [];
  const saved = joinPath(os, folder, "acl.tmp");
  const { success } = await run({ program: ICACLS, args: [folder, "/save", saved, "/q"] });
  if (!success) return [];
  const descriptor = new TextDecoder("utf-16le").decode(Deno.readFileSync(saved));
  Deno.removeSync(saved);
  const groups = readingGroups(descriptor);
  return groups.length === 0 ? [] : [
    `others may read ${folder}: ${groups.join(", ")}\n` +
    `To keep it to yourself: icacls "${folder}" /inheritance:r /grant:r "%USERNAME%:(OI)(CI)F"`,
  ];
}
