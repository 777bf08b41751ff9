/**
 * Reads JSON that stands as text within JSON, or in a column.
 *
 * @module
 */

import { unzstd } from "../platform/pack.ts";

/** The value that a text is the JSON of; the text itself if it is none, and what is no text as it is. */
export function fromJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The value that a column is the JSON of, as a text or packed by zstd; `packed` where it can't be unpacked. */
export function fromPackedJson(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return fromJson(value);
  const bytes = unzstd(value);
  return bytes === undefined ? "packed" : fromJson(new TextDecoder().decode(bytes));
}
