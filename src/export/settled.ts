/**
 * When an event has settled, so that it is sent once and not each time it grows.
 *
 * @module
 */

import type { EventType } from "../events/event.ts";
import type { Candidate } from "../store/remotes.ts";

/** What is not known to be complete is sent when it has not changed for so long, ms; a call waits for its result. */
const QUIET = 30_000;
const RESULT = 600_000;

const CALLS: ReadonlySet<EventType> = new Set<EventType>([
  "tool_use",
  "file_read",
  "file_write",
  "file_modify",
  "command_execution",
]);

/**
 * When the event may be sent, ms since the epoch; `undefined` for at once. One whose source was not written for long
 * enough has not changed since.
 */
export function dueTime({ event, isComplete, sourceWrittenAt }: Candidate, now: number): number | undefined {
  if (isComplete) return undefined;
  const wait = CALLS.has(event.type) ? RESULT : QUIET;
  return now - sourceWrittenAt >= wait ? undefined : now + wait;
}
