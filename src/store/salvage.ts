/**
 * Reads what can be read of a damaged table: in the order of its keys, around what can't.
 *
 * @module
 */

/** Keys of a table, both ends included. */
export interface KeyRange {
  readonly from: number;
  readonly to: number;
}

/**
 * After so many failed reads what is still open counts as lost. Closing in on a damaged page takes some 50 of them; where
 * half of a file is missing there is no use in trying each key.
 */
const MAX_FAILURES = 20_000;

/**
 * Yields the rows with keys in `whole`, and returns the ranges that can't be read, in order. A range that fails is halved
 * until its parts can be read or hold one key; a row that stands right before a failure is yielded again.
 *
 * @param read the rows of a range, in the order of their keys; reading a row may throw
 * @param keyOf the key of a row
 */
export function* salvage<T>(
  whole: KeyRange,
  read: (range: KeyRange) => Iterator<T>,
  keyOf: (row: T) => number,
  maxFailures = MAX_FAILURES,
): Generator<T, KeyRange[]> {
  const lost: KeyRange[] = [];
  // Breadth first: when the tries are used up, the open ranges are of one size and none is left out.
  const open = [whole];
  let failures = 0;
  for (const range of open) {
    const { to } = range;
    let { from } = range;
    let isFound = false;
    const rows = attempt(() => read(range));
    let next = rows && attempt(() => rows.next());
    while (next !== undefined && next.done !== true) {
      const key = keyOf(next.value);
      // A page of rubbish can look like one of rows.
      if (!(key >= from && key <= to)) next = undefined;
      else {
        from = key;
        isFound = true;
        yield next.value;
        next = attempt(() => rows!.next());
      }
    }
    if (next !== undefined) continue;
    if (from === to && isFound) continue;
    if (from === to || ++failures > maxFailures) lost.push({ from, to });
    else {
      const middle = from + Math.floor((to - from) / 2);
      open.push({ from, to: middle }, { from: middle + 1, to });
    }
  }
  return join(lost);
}

/** The ranges in order, those that touch made one. */
export function join(ranges: readonly KeyRange[]): KeyRange[] {
  const joined: KeyRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || range.from > last.to + 1) joined.push(range);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return joined;
}

/** The result of `run`, or `undefined` if it throws. */
export function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
