/**
 * Opens the configured store for a command that only reads it.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import type { Environment } from "../platform/environment.ts";
import type { StoreReader } from "../store/reader.ts";
import { PROGRAM } from "../platform/program.ts";
import { UserError } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Where the files of the configured store are. A configuration with a mistake, or one that can't be read, is said on stderr
 * and does not matter otherwise: whoever made the mistake must be able to see what it does, and to stop a collector. The
 * store is then looked for where the file says, if that much of it is sound, else in the usual place.
 */
export async function findStore(environment: Environment, terminal: Terminal): Promise<StoragePaths> {
  const { loadConfig } = await import("../config/load.ts");
  const { defaultStoragePath, storagePaths } = await import("../config/paths.ts");
  try {
    return storagePaths((await loadConfig(undefined, environment)).config, environment);
  } catch (error) {
    const { ConfigError } = await import("../config/problems.ts");
    const isMistaken = error instanceof ConfigError;
    if (!isMistaken && !UNREADABLE.some((kind) => error instanceof kind)) throw error;
    const what = isMistaken ? "has a mistake" : "can't be read";
    terminal.err(`the configuration ${what}; see \`${PROGRAM} config validate\`\n`);
    const path = isMistaken ? error.storagePath : undefined;
    return storagePaths({ storage: { path: path ?? defaultStoragePath(environment) } }, environment);
  }
}

/** What the system says of a file that is there and not for this user to read, or no file. */
const UNREADABLE = [Deno.errors.PermissionDenied, Deno.errors.IsADirectory, Deno.errors.FilesystemLoop];

/**
 * Opens the store, lets `use` read it and closes it.
 *
 * @param path the database, `StoragePaths.database`
 * @throws {UserError} for all that can be wrong with a store
 */
export async function withStore<T>(path: string, use: (reader: StoreReader) => T | Promise<T>): Promise<T> {
  const { StoreReader } = await import("../store/reader.ts");
  const errors = await import("../store/errors.ts");
  try {
    using reader = StoreReader.open(path);
    return await use(reader);
  } catch (error) {
    const known = [
      errors.NoStoreError,
      errors.StoreTooNewError,
      errors.StoreTooOldError,
      errors.NotAStoreError,
    ];
    if (known.some((kind) => error instanceof kind)) {
      throw new UserError((error as Error).message, { cause: error });
    }
    const hint = HINTS[errors.classifyTrouble(error)];
    if (hint === undefined) throw error;
    throw new UserError(`${path} can't be read: ${(error as Error).message}`, { hint, cause: error });
  }
}

/** As `withStore()`; `otherwise` where there is no store yet. */
export async function withStoreIfAny<T>(
  path: string,
  use: (reader: StoreReader) => T | Promise<T>,
  otherwise: T,
): Promise<T> {
  const { NoStoreError } = await import("../store/errors.ts");
  try {
    return await withStore(path, use);
  } catch (error) {
    if (error instanceof Error && error.cause instanceof NoStoreError) return otherwise;
    throw error;
  }
}

const HINTS: Readonly<Record<string, string | undefined>> = {
  busy: "Another program holds the store. Try again in a moment.",
  corrupt:
    "Run `devlog-collector start`: it saves what can be saved and reads the rest again from the agents' files.",
  io: "Look whether the disk works and whether this user may read the file.",
};
