/**
 * Finds where a JSON object ends, by its braces and strings alone. UTF-8 needs no decoding for that: none of these
 * characters is part of another one's bytes.
 *
 * @module
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * The index after the `}` that closes the object, or -1 if it does not end within the bytes.
 *
 * @param bytes where to look
 * @param start the index of the object's `{`
 */
export function findObjectEnd(bytes: Uint8Array, start: number): number {
  let depth = 0;
  let inString = false;
  for (let index = start; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN) {
      depth++;
    } else if (byte === CLOSE && --depth === 0) {
      return index + 1;
    }
  }
  return -1;
}

/** The characters after which a `{` is a value inside the object that is being written, not a new record. */
const BEFORE_VALUE = new Set([..."[,:"].map((char) => char.charCodeAt(0)));

/**
 * The indices after `start` at which a record may begin that was written right behind one that was cut off: each `{"`
 * that stands in a string or after anything but `[`, `,` and `:`. Inside a whole string it can't stand: the quote would
 * be escaped.
 */
export function* findRecordStarts(bytes: Uint8Array, start: number): Generator<number> {
  let inString = false;
  let escaped = false;
  let before: number | undefined;
  for (let index = start; index < bytes.length; index++) {
    const byte = bytes[index]!;
    if (byte === OPEN && bytes[index + 1] === QUOTE && index > start) {
      if (inString || before === undefined || !BEFORE_VALUE.has(before)) yield index;
    }
    if (escaped) escaped = false;
    else if (byte === QUOTE) inString = !inString;
    else if (inString) escaped = byte === BACKSLASH;
    if (byte !== 0x20) before = byte;
  }
}
