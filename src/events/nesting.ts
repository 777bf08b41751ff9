/**
 * How deep the data of an event may be nested.
 *
 * @module
 */

import type { EventDraft } from "./event.ts";

/** V8 writes some 2,600 levels as JSON before its stack is full, less where it is called from far down (Deno 2.9). */
const MOST_LEVELS = 500;

/** The fields of data that hold whatever a tool was given or gave. No others are looked at: that takes time. */
interface OfTools {
  readonly arguments?: unknown;
  readonly patch?: unknown;
  readonly result?: unknown;
  readonly output?: unknown;
}

/** Whether an event is nested so deeply that not all who have it could write it as JSON. */
export function isTooDeep(event: Pick<EventDraft, "data">): boolean {
  const data = event.data as OfTools;
  return isDeeper(data.arguments, MOST_LEVELS) || isDeeper(data.patch, MOST_LEVELS) ||
    isDeeper(data.result, MOST_LEVELS) || isDeeper(data.output, MOST_LEVELS);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeper(part, levels - 1)) return true;
  }
  return false;
}
