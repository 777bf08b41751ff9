/**
 * Names of what Cline writes.
 *
 * @module
 */

const SESSION = /\.messages\.json$/;

/** Whether a file is a session of the SDK, or what one of its agents said. */
export function isSession(relativePath: string): boolean {
  return SESSION.test(relativePath);
}

/** What such a file is called by. */
export function sessionName(relativePath: string): string {
  return relativePath.replace(/^.*\//, "").replace(SESSION, "");
}
