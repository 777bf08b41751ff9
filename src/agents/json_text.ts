/**
 * Reads JSON that stands as text within JSON.
 *
 * @module
 */

/** The value that a text is the JSON of; the text itself if it is none, and what is no text as it is. */
export function fromJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
