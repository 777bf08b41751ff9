/**
 * Waits for something to become so.
 *
 * @module
 */

/** How often to look, ms. */
const EVERY = 20;

/**
 * Looks until `find` finds something, and returns that.
 *
 * @param what for the message, if it never comes: `the line in the store`
 * @throws {Error} after `timeoutMs`, with the last thing that `find` threw, if it did
 */
export async function eventually<T>(
  what: string,
  find: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const found = await find();
      if (found !== undefined && found !== false) return found;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what} did not come within ${timeoutMs} ms`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}
