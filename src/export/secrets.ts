/**
 * Fills in the secrets that a remote's configuration only names, when they are used and not before.
 *
 * @module
 */

import type { RemoteConfig } from "../config/config.ts";
import { expandSecret } from "../config/secrets.ts";
import { readSecret } from "../platform/environment.ts";

/**
 * The configuration with each `${NAME}` replaced by that environment variable.
 *
 * @throws {UserError} that names the variable which is not set, or not to be read
 */
export function expandRemote<C extends RemoteConfig>(config: C): C {
  if (config.type === "file") return config;
  const expanded: Record<string, unknown> = { ...config };
  for (const name of ["url", "api_key", "password"] as const) {
    const value = (config as unknown as Record<string, string | undefined>)[name];
    if (value !== undefined) expanded[name] = expandSecret(value, readSecret);
  }
  if ("headers" in config) {
    const { headers } = config as { readonly headers: Readonly<Record<string, string>> };
    expanded.headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, expandSecret(value, readSecret)]),
    );
  }
  return expanded as unknown as C;
}
