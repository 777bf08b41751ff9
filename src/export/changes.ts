/**
 * Changes of what is stored of a remote that a person asks for.
 *
 * @module
 */

import { parseId } from "../events/id.ts";
import type { ExportContext } from "./export_thread.ts";

/** A change. Plain JSON: it may travel as a request to the running collector. */
export interface RemoteChange {
  readonly action: "retry" | "drop" | "remove";
  /** The numbers of the remotes in the store. */
  readonly remotes: readonly number[];
  /** The id of one dead letter; all of them if it is left out. */
  readonly event?: string;
}

/** Makes a change. Returns how many dead letters, or remotes, it concerned. */
export async function changeRemote(change: RemoteChange, call: ExportContext["call"]): Promise<number> {
  const event = change.event === undefined ? undefined : parseId(change.event);
  let count = 0;
  for (const remote of change.remotes) {
    switch (change.action) {
      case "retry":
        count += await call("retryDeadLetters", remote, event, Date.now());
        break;
      case "drop":
        count += await call("dropDeadLetters", remote, event);
        break;
      case "remove":
        await call("removeRemote", remote);
        count++;
    }
  }
  return count;
}
