/**
 * Lets errors pass that say no more than that the store was replaced, or the collector ended, before something was done.
 *
 * @module
 */

import { isOvertaken } from "./pipeline.ts";

/** Rethrows what is not {@link isOvertaken}. */
export function unlessOvertaken(error: unknown): void {
  if (!isOvertaken(error)) throw error;
}

/** Lets work go on that nobody waits for. */
export function inBackground(work: Promise<unknown>): void {
  work.catch(unlessOvertaken);
}
