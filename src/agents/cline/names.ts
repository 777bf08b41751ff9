/**
 * Names of what Cline writes.
 *
 * @module
 */

/** Whether a file is a session of the SDK. */
export function isSession(relativePath: string): boolean {
  return relativePath.endsWith(".messages.json");
}
