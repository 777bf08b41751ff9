/**
 * A configuration as it may be shown: in the form of the file, secrets masked.
 *
 * @module
 */

import { stringify } from "yaml";
import type { Config, RemoteConfig } from "./config.ts";
import { printDuration } from "./duration.ts";
import { maskSecret, maskUrl } from "./secrets.ts";

/** A plain value with the keys and forms of the file. */
export function printableConfig(config: Config): unknown {
  const remotes = Object.entries(config.export.remotes).map((
    [name, remote],
  ) => [name, printableRemote(remote)]);
  return { ...config, export: { remotes: Object.fromEntries(remotes) } };
}

function printableRemote(remote: RemoteConfig): unknown {
  const sync_interval = printDuration(remote.sync_interval);
  if (remote.type === "file") return { ...remote, sync_interval };
  const masked = {
    ...remote,
    sync_interval,
    url: maskUrl(remote.url),
    timeout: printDuration(remote.timeout),
  };
  if (remote.type === "postgres") {
    return remote.password === undefined ? masked : { ...masked, password: maskSecret(remote.password) };
  }
  const headers = Object.fromEntries(
    Object.entries(remote.headers).map(([name, value]) => [name, maskSecret(value)]),
  );
  const shown = { ...masked, headers };
  return remote.api_key === undefined ? shown : { ...shown, api_key: maskSecret(remote.api_key) };
}

/** A configuration as YAML that `parseConfig` reads; masked secrets aside, it reads the same. */
export function printConfig(config: Config): string {
  return stringify(printableConfig(config), { lineWidth: 0 });
}
