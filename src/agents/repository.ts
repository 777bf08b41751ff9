/**
 * Reads the remote URLs of git repositories.
 *
 * @module
 */

/** The URL without user, password, query and fragment. `git@host:path` names no secret and stays. */
export function cleanRemote(url: string | undefined): string | undefined {
  return url?.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1").replace(/[?#].*$/s, "");
}
