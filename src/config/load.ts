/**
 * Reads the configuration file.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { type Config, DEFAULTS } from "./config.ts";
import { OLD_REMOTE, readOldConfig } from "./old_config.ts";
import { configPath, defaultStoragePath } from "./paths.ts";
import { ConfigError } from "./problems.ts";
import { hasReference } from "./secrets.ts";

/** A configuration and where it is from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly path: string;
  /** Whether the file exists; without it all defaults are in force. */
  readonly exists: boolean;
  /** What a person should know of the files that were read. */
  readonly notes: readonly string[];
  /** The file of the first collector, if a remote comes from it. */
  readonly oldPath?: string;
}

/** Far beyond what anyone writes by hand; parsing more would take too much memory. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads the configuration, every default filled in. Where there is no file, neither the YAML parser nor the schema is
 * loaded: that keeps `status` quick.
 *
 * @param path the file; by default the one in the program's home folder
 * @throws {ConfigError} that names every mistake in it
 * @throws {Deno.errors.PermissionDenied} and the like when it exists but can't be read
 */
export async function loadConfig(
  path: string | undefined,
  environment: Environment,
): Promise<LoadedConfig> {
  const file = path ?? configPath(environment);
  const bytes = await readBounded(file);
  const config = bytes === undefined
    ? defaultConfig(environment)
    : (await import("./parse.ts")).parseConfig(decode(bytes, file), file, environment);
  const notes = bytes !== undefined && holdsKey(config) && isOpen(file, environment)
    ? [`${file} holds a key and others may read it: chmod 600 it, or name a variable in its place`]
    : [];
  const loaded = { config, path: file, exists: bytes !== undefined, notes };
  return path === undefined ? await withOldRemote(loaded, environment) : loaded;
}

/** Adds what the first collector's own file says, unless the configuration says better. */
async function withOldRemote(loaded: LoadedConfig, environment: Environment): Promise<LoadedConfig> {
  const { config } = loaded;
  if (config.export.remotes[OLD_REMOTE] !== undefined) return loaded;
  const old = await readOldConfig(environment);
  if (old?.note !== undefined) return { ...loaded, notes: [...loaded.notes, old.note] };
  if (old?.remote === undefined) return loaded;
  const remotes = { ...config.export.remotes, [OLD_REMOTE]: old.remote };
  return { ...loaded, config: { ...config, export: { ...config.export, remotes } }, oldPath: old.path };
}

/** Whether a secret stands in the configuration itself. */
function holdsKey({ export: { remotes } }: Config): boolean {
  return Object.values(remotes).some((remote) => {
    if (remote.type === "file") return false;
    const secrets = remote.type === "postgres"
      ? [remote.password]
      : [remote.api_key, ...Object.values(remote.headers)];
    return secrets.some((secret) => secret !== undefined && !hasReference(secret));
  });
}

/** Whether other users of this machine may read a file. */
function isOpen(path: string, { os }: Environment): boolean {
  return os !== "windows" && ((Deno.statSync(path).mode ?? 0) & 0o077) !== 0;
}

/** The configuration of a user who has written none. */
export function defaultConfig(environment: Environment): Config {
  return { ...DEFAULTS, storage: { ...DEFAULTS.storage, path: defaultStoragePath(environment) } };
}

async function readBounded(path: string): Promise<Uint8Array | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  using _ = file;
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) return bytes.subarray(0, length);
    length += read;
  }
  throw new ConfigError(path, [{ line: 1, column: 1, key: "", message: "the file is larger than 1 MiB" }]);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const message = "the file is not UTF-8; save it with that encoding";
    throw new ConfigError(path, [{ line: 1, column: 1, key: "", message }], { cause });
  }
}
