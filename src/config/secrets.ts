/**
 * Secrets in the configuration: named by `${NAME}`, expanded only when they are used, masked when they are shown.
 *
 * @module
 */

import { EXIT, UserError } from "../platform/user_error.ts";
import type { Config } from "./config.ts";

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Whether a value names a variable, so that its text is not known yet. */
export function hasReference(value: string): boolean {
  return value.search(REFERENCE) !== -1;
}

/** The names of all variables that the remotes of a configuration refer to. */
export function variablesOf({ export: { remotes } }: Pick<Config, "export">): readonly string[] {
  // Whatever key a remote has: a reference is one wherever it stands.
  const names = JSON.stringify(Object.values(remotes)).matchAll(REFERENCE);
  return [...new Set(Array.from(names, ([, name]) => name!))];
}

/**
 * The value with each `${NAME}` replaced by that environment variable.
 *
 * @param get reads a variable; an empty one counts as unset
 * @throws {UserError} that names the variable which is not set
 */
export function expandSecret(value: string, get: (name: string) => string | undefined): string {
  return value.replace(REFERENCE, (_, name: string) => {
    const found = get(name);
    if (found) return found;
    throw new UserError(`the environment variable ${name} is not set, but the configuration refers to it`, {
      hint: `Set ${name} where the collector is started, or put the value into config.yaml.`,
      exitCode: EXIT.wrongUsage,
    });
  });
}

const MASK = "********";

/** A secret as it may be shown: one that is only named stays, any other is masked whole. */
export function maskSecret(value: string): string {
  return value.replace(REFERENCE, "") === "" ? value : MASK;
}

/** A URL as it may be shown: user name, password and query may be secrets. */
export function maskUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${MASK}@`)
    .replace(/\?[^#]*/, `?${MASK}`);
}
