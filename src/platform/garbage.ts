/**
 * Collects garbage at moments that only the program knows.
 *
 * V8 waits with it until a heap has grown, and counts what lies outside of the heap (buffers) late: a history read at
 * full speed leaves a hundred megabytes that nothing refers to. The binary and `deno task start` run with `--expose-gc`;
 * without it this does nothing.
 *
 * @module
 */

/** Matches any text, and nothing of it. */
const NOTHING = /^/;

/** Collects the garbage of this thread now; takes some milliseconds. */
export function collectGarbage(): void {
  // What was matched last is kept for `RegExp.input`, with the text of megabytes that it may be a slice of.
  NOTHING.test("");
  (globalThis as { readonly gc?: () => void }).gc?.();
}
