/**
 * Tells a secret from what else stands where one may stand: a placeholder, a name, a path, a hash.
 *
 * @module
 */

import { entropy } from "./rule.ts";

const PLACEHOLDER =
  /^(?:x{3,}|\*{2,}|\.{2,}|-{2,}|<.*|\[.*|\$.*|%.*|\{\{?.*|@.*@|#.*|your[\w-]*|my[-_]?\w*|(?:an?[-_])?example\w*|change[-_]?me|place[-_]?holder|redacted.*|masked|hidden|null|none|nil|undefined|true|false|string|number|boolean|str|int|bytes|any|unknown|test\w*|todo|dummy\w*|fake\w*|sample\w*|mock\w*|secret\w*|passw\w*|token\w*|api[-_]?key\w*|foo\w*|bar\w*|abc123|hunter2?|process\.env.*|os\.environ.*|import\.meta.*|env\..*|secrets\..*|vars\..*)$/i;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** MD5, SHA-1, SHA-2, and what is named with its algorithm. */
const HASH =
  /^(?:(?:sha\d+|md5)[-:].*|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;
/** Code and prose: a call, an access, a path, a URL, a version, a time, a number. */
const OTHER =
  /[()<>{}]|=>|^\.{0,2}\/|^[A-Za-z]:\\|:\/\/|^v?\d+(?:\.\d+)+\S{0,12}$|^\d[\d.,:_TZ-]*[a-z%]{0,3}$|^[\w$]+(?:\.[A-Za-z_$][\w$]*)+$|^\d{4}-\d\d-\d\d/;

/** Whether it is a UUID: nearly always the name of something. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Whether a text is known to be no secret whatever stands before it. */
export function isOrdinary(text: string): boolean {
  return PLACEHOLDER.test(text) || UUID.test(text) || HASH.test(text) || OTHER.test(text);
}

/** Whether it looks drawn by chance, as keys and tokens do: letters and digits mixed, and no two words. */
export function isRandom(text: string): boolean {
  if (text.length < 12 || isOrdinary(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  // Names in code have a digit here and there: `base64Encoder`, `user-2-id`, `toolu_01`.
  const changes = text.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])|[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g)?.length ??
    0;
  return changes >= 2 + text.length / 24 && entropy(text) >= 3;
}

/** Whether it may be a password that a person chose: not only letters, and no code. */
export function isPassword(text: string): boolean {
  if (text.length < 6 || isOrdinary(text)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/].filter((kind) => kind.test(text)).length;
  return kinds >= 3 || (kinds === 2 && /\d|[!#$%^&*?]/.test(text) && !/^[a-z]+[-_]?\d{1,2}$/i.test(text));
}
