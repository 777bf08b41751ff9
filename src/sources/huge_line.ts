/**
 * Parses lines of megabytes in little memory.
 *
 * Nearly all of such a line are one or two long texts: what a tool printed, a file. Parsed at once, the bytes, the text of
 * all of it (two bytes a character, if one letter is no Latin-1) and the values are in memory together, some 70 MB for 14.
 * So long texts are cut out, the rest is parsed, and then they are parsed one by one and put back. One that stands there
 * twice, as what a tool returned often does, is parsed once.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";
import { collectGarbage } from "../platform/garbage.ts";
import type { PickNeeded } from "./reading.ts";
import { decode } from "./records.ts";

/** A text of so many bytes is cut out. */
const LONG_TEXT = 256 << 10;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** A text between its quotes: the indexes of its first byte and of the closing quote. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** A text that was cut out, and where in the parsed line it belongs. */
interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
  readonly range: Range;
}

/**
 * The object that a line is, or `undefined` if it is not JSON.
 *
 * @param line its bytes, from `{` to `}`
 * @param pickNeeded picks what is needed of the object: the long texts of all else are not looked at
 * @param longText how long a text is that is parsed alone, in bytes
 */
export function parseHugeLine(
  line: Uint8Array,
  pickNeeded: PickNeeded = (record) => record,
  longText = LONG_TEXT,
): JsonObject | undefined {
  // What others left behind.
  collectGarbage();
  try {
    const ranges = findLongTexts(line, longText);
    const { record, prefix } = parseRest(line, ranges);
    const needed = pickNeeded(record);
    putTexts(line, findPlaces(needed, ranges, prefix));
    return needed;
  } catch {
    return undefined;
  } finally {
    collectGarbage();
  }
}

/** The long texts of a line that are values. In what is no JSON, anything. */
function findLongTexts(line: Uint8Array, longText: number): Range[] {
  const ranges: Range[] = [];
  for (let open = line.indexOf(QUOTE); open !== -1;) {
    const end = findQuote(line, open + 1);
    if (end === -1) break;
    if (end - open > longText && !isName(line, end)) ranges.push({ start: open + 1, end });
    open = line.indexOf(QUOTE, end + 1);
  }
  return ranges;
}

/** The index of the quote that ends a text, -1 if there is none. */
function findQuote(line: Uint8Array, from: number): number {
  for (let quote = line.indexOf(QUOTE, from); quote !== -1; quote = line.indexOf(QUOTE, quote + 1)) {
    let first = quote;
    while (first > from && line[first - 1] === BACKSLASH) first--;
    if ((quote - first) % 2 === 0) return quote;
  }
  return -1;
}

/** Whether the text that ends there is the name of a value. */
function isName(line: Uint8Array, end: number): boolean {
  let next = end + 1;
  while (BLANKS.includes(line[next]!)) next++;
  return line[next] === COLON;
}

/** The line without its long texts: where one was, stands the prefix and its number. @throws {SyntaxError} if it is no JSON */
function parseRest(line: Uint8Array, ranges: readonly Range[]): { record: JsonObject; prefix: string } {
  let from = 0;
  const parts = [...ranges, { start: line.length, end: line.length }].map(({ start, end }) => {
    const part = decode(line.subarray(from, start));
    from = end;
    return part;
  });
  // What no other text of the line begins with.
  let mark = 0;
  while (parts.some((part) => part.includes(`\\u0000${mark}:`))) mark++;
  const text = parts.reduce((before, part, index) => `${before}\\u0000${mark}:${index - 1}${part}`);
  return { record: JSON.parse(text), prefix: `\0${mark}:` };
}

/** Where in a value long texts belong. */
function findPlaces(value: unknown, ranges: readonly Range[], prefix: string): Place[] {
  const places: Place[] = [];
  const open = [value];
  while (ranges.length > 0 && open.length > 0) {
    const holder = open.pop();
    if (typeof holder !== "object" || holder === null) continue;
    for (const [name, part] of Object.entries(holder)) {
      if (typeof part !== "string") open.push(part);
      else if (part.startsWith(prefix)) {
        const range = ranges[Number(part.slice(prefix.length))]!;
        places.push({ holder: holder as Record<string, unknown>, name, range });
      }
    }
  }
  return places;
}

/** Parses texts, one after another, and puts each where it belongs. @throws {SyntaxError} if one is no JSON */
function putTexts(line: Uint8Array, places: readonly Place[]): void {
  for (const [index, { holder, name, range }] of places.entries()) {
    const twin = places.find((other) => areEqual(line, other.range, range))!;
    if (places.indexOf(twin) < index) holder[name] = twin.holder[twin.name];
    else holder[name] = JSON.parse(decode(line.subarray(range.start - 1, range.end + 1)));
    collectGarbage();
  }
}

function areEqual(line: Uint8Array, a: Range, b: Range): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  for (let left = a.start, right = b.start; left < a.end; left++, right++) {
    if (line[left] !== line[right]) return false;
  }
  return true;
}
