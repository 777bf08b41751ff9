/**
 * Tries a property for a limited time.
 *
 * @module
 */

/**
 * The property, true of all that is tried after so many milliseconds. What is being tried then comes to its end, which
 * fast-check's own limit does not wait for.
 */
export function forAWhile<T>(
  milliseconds: number,
  property: (value: T) => Promise<void>,
): (value: T) => Promise<void> {
  const until = performance.now() + milliseconds;
  return async (value) => {
    if (performance.now() < until) await property(value);
  };
}
