/**
 * Opens the configured store for a command that only reads it.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import type { Environment } from "../platform/environment.ts";
import type { StoreReader } from "../store/reader.ts";
import { UserError } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Where the files of the configured store are. A mistake in the configuration is said on stderr and does not matter
 * otherwise: whoever made one must be able to see what it does, and to stop a collector.
 */
export async function findStore(environment: Environment, terminal: Terminal): Promise<StoragePaths> {
  const { loadConfig } = await import("../config/load.ts");
  const { defaultStoragePath, storagePaths } = await import("../config/paths.ts");
  try {
    return storagePaths((await loadConfig(undefined, environment)).config, environment);
  } catch (error) {
    const { ConfigError } = await import("../config/problems.ts");
    if (!(error instanceof ConfigError)) throw error;
    terminal.err("the configuration has a mistake; see `devlog-collector config validate`\n");
    const path = error.storagePath ?? defaultStoragePath(environment);
    return storagePaths({ storage: { path, retention_days: 0 } }, environment);
  }
}

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

const HINTS: Readonly<Record<string, string | undefined>> = {
  busy: "Another program holds the store. Try again in a moment.",
  corrupt:
    "Run `devlog-collector start`: it saves what can be saved and reads the rest again from the agents' files.",
  io: "Look whether the disk works and whether this user may read the file.",
};
