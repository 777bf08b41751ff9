/**
 * Takes the place of a collector of an older version: it is asked to stop, and what it has read is stored.
 *
 * @module
 */

import { isOlder } from "../platform/version_order.ts";
import { type CollectorInfo, CollectorLock } from "./lock.ts";
import { CollectorRequest } from "./request.ts";

/** How long the older one may take to end, and how often to look, ms. */
const PATIENCE = 60_000;
const LOOK_EVERY = 50;

/** Where the collector that runs is met. */
export interface Place {
  readonly lock: string;
  readonly database: string;
}

/**
 * The lock, once the collector that holds it has ended; `undefined` if it is of this version or a newer one, or does not
 * end in time.
 *
 * @param info what is known of the collector that holds it
 * @param version of this program
 * @param onAsk called before it is asked
 */
export async function takeOver(
  place: Place,
  info: CollectorInfo | undefined,
  version: string,
  onAsk: () => void,
): Promise<CollectorLock | undefined> {
  if (info === undefined || !isOlder(info.version, version)) return undefined;
  onAsk();
  let request = new CollectorRequest(place.database, "stop");
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    if (request.poll(Date.now())?.state === "failed") request = new CollectorRequest(place.database, "stop");
    const lock = CollectorLock.acquire(place.lock);
    if (lock !== undefined) return lock;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  return undefined;
}
