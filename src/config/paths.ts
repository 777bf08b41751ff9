/**
 * Where the program keeps its own files. Pure: it looks at no file system.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { expandHome, isAbsolute, joinPath } from "../platform/paths.ts";
import { EXIT, UserError } from "../platform/user_error.ts";
import { type Config, DEFAULTS } from "./config.ts";

/**
 * The program's home folder: `DEVLOG_HOME`, else `~/.devlog`.
 *
 * @throws {UserError} when `DEVLOG_HOME` is a relative path: the store must not depend on where one stands
 */
export function devlogHome(environment: Environment): string {
  const named = environment.get("DEVLOG_HOME");
  if (named === undefined) return joinPath(environment.os, environment.home, ".devlog");
  const home = expandHome(named, environment);
  if (isAbsolute(home, environment.os)) return home;
  throw new UserError(`DEVLOG_HOME is not an absolute path: ${JSON.stringify(named)}`, {
    hint: "Set it to a path that starts at the root, or unset it to use ~/.devlog.",
    exitCode: EXIT.wrongUsage,
  });
}

/** The configuration file. It need not exist. */
export function configPath(environment: Environment): string {
  return joinPath(environment.os, devlogHome(environment), "config.yaml");
}

/** The log of a collector that runs in the background or as a service; older ones stand beside it. */
export function logPath(environment: Environment): string {
  return joinPath(environment.os, devlogHome(environment), "logs", "collector.log");
}

/** The folder of the store where the configuration names none. */
export function defaultStoragePath(environment: Environment): string {
  return joinPath(environment.os, devlogHome(environment), DEFAULTS.storage.path);
}

/** The files that belong to one store. */
export interface StoragePaths {
  /** The folder that holds the others. */
  readonly folder: string;
  readonly database: string;
  /** Held while a collector runs, never written. */
  readonly lock: string;
  /** Says which collector runs. Beside the lock, not in the home folder: there the old Go collector keeps its own. */
  readonly collector: string;
  /** The folder of what each remote acknowledged. */
  readonly remotes: string;
}

/** Where the files of the configured store are. */
export function storagePaths(
  { storage: { path: folder } }: { readonly storage: Pick<Config["storage"], "path"> },
  environment: Environment,
): StoragePaths {
  const inFolder = (name: string) => joinPath(environment.os, folder, name);
  return {
    folder,
    database: inFolder("devlog.db"),
    lock: inFolder("collector.lock"),
    collector: inFolder("collector.json"),
    remotes: inFolder("remotes"),
  };
}
