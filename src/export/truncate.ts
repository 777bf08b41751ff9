/**
 * Cuts an event that is too large for a remote. The store keeps all of it.
 *
 * @module
 */

import { hashText } from "../events/hash.ts";
import type { OutgoingEvent } from "./remote.ts";

/** What is never cut further, characters. */
const SHORTEST = 200;

const encoder = new TextEncoder();

/** The event, its longest strings cut until its JSON is at most `most` bytes; marked with its size and hash before. */
export function truncate(event: OutgoingEvent, most: number): OutgoingEvent {
  const text = JSON.stringify(event.data);
  if (text.length + 2048 <= most / 3) return event;
  const bytes = encoder.encode(text).length;
  if (bytes + 2048 <= most) return event;
  const truncated = { bytes, hash: hashText(text) };
  for (let length = most / 2; length >= SHORTEST; length = Math.floor(length / 2)) {
    const data = cutStrings(event.data, Math.floor(length));
    const cut = { ...event, data, truncated } as OutgoingEvent;
    if (encoder.encode(JSON.stringify(cut)).length <= most) return cut;
  }
  // What has very many short strings; nothing of it is worth more than the rest.
  return { ...event, data: keepScalars(event.data), truncated } as OutgoingEvent;
}

/** The value with each string cut to so many characters, halves of characters never left. */
function cutStrings(value: unknown, length: number): unknown {
  if (typeof value === "string") {
    return value.length <= length ? value : `${value.slice(0, length).toWellFormed()}…`;
  }
  if (Array.isArray(value)) return value.map((item) => cutStrings(item, length));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutStrings(item, length)]));
}

function keepScalars(data: object): object {
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => {
      if (typeof value === "object") return [];
      return [[key, cutStrings(value, SHORTEST)]];
    }),
  );
}
