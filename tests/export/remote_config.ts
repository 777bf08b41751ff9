/**
 * Configurations of remotes for tests.
 *
 * @module
 */

import {
  type FileRemoteConfig,
  type HttpRemoteConfig,
  type PostgresRemoteConfig,
  REMOTE_DEFAULTS,
} from "../../src/config/config.ts";

const { compress: _compress, max_file_bytes: _bytes, schema: _schema, timeout, ...COMMON } = REMOTE_DEFAULTS;

/** A remote that is spoken to by HTTP. */
export function remoteConfig(
  type: "otlp" | "devlog",
  given: Partial<HttpRemoteConfig> & { readonly url: string },
): HttpRemoteConfig {
  return { ...COMMON, type, content: "full", headers: {}, timeout, ...given } as HttpRemoteConfig;
}

/** A remote that is a file. */
export function fileConfig(path: string, given: Partial<FileRemoteConfig> = {}): FileRemoteConfig {
  const { compress, max_file_bytes } = REMOTE_DEFAULTS;
  return { ...COMMON, type: "file", content: "full", path, compress, max_file_bytes, ...given };
}

/** A remote that is a database. */
export function postgresConfig(url: string, given: Partial<PostgresRemoteConfig> = {}): PostgresRemoteConfig {
  return { ...COMMON, type: "postgres", content: "full", url, timeout, schema: "devlog", ...given };
}
