/**
 * Writes JSON in pieces, for values with texts that are too long to be there a second and a third time.
 *
 * @module
 */

/** Yields what together is `JSON.stringify(value)`, no piece much longer than `most` characters. */
export function* jsonPieces(value: unknown, most: number): Generator<string> {
  if (typeof value === "string" && value.length > most) {
    yield '"';
    yield* textPieces(value, most);
    yield '"';
  } else if (Array.isArray(value)) {
    yield "[";
    for (const [index, item] of value.entries()) {
      if (index > 0) yield ",";
      yield* isWritten(item) ? jsonPieces(item, most) : ["null"];
    }
    yield "]";
  } else if (typeof value === "object" && value !== null) {
    let separator = "{";
    for (const [name, item] of Object.entries(value)) {
      if (!isWritten(item)) continue;
      yield separator;
      yield* jsonPieces(name, most);
      yield ":";
      yield* jsonPieces(item, most);
      separator = ",";
    }
    yield separator === "{" ? "{}" : "}";
  } else {
    yield JSON.stringify(value);
  }
}

/** The text as JSON has it between its quotes. */
function* textPieces(text: string, most: number): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + most);
    // Half of a pair would be escaped.
    if (end < text.length && isHigh(text.charCodeAt(end - 1)) && end - start > 1) end--;
    yield JSON.stringify(text.slice(start, end)).slice(1, -1);
    start = end;
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** What JSON has no word for is left out. */
function isWritten(value: unknown): boolean {
  return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
}
