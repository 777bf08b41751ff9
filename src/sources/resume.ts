/**
 * Checks that a file still holds what was read from it.
 *
 * @module
 */

import { HEAD_LENGTH, type SourceCursor, TAIL_LENGTH } from "./cursor.ts";
import { Trail } from "./trail.ts";

/**
 * The trail to go on with at a cursor, or `undefined` if the file is shorter than that or its bytes are others.
 *
 * @param read reads up to `length` bytes at `position`
 * @param cursor where to go on
 * @param size bytes of the file
 */
export function resumeTrail(
  read: (position: number, length: number) => Uint8Array,
  cursor: SourceCursor,
  size: number,
): Trail | undefined {
  const { offset } = cursor;
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > size) return undefined;
  if (offset === 0) return new Trail();
  const head = read(0, Math.min(offset, HEAD_LENGTH));
  const tailLength = Math.min(offset, TAIL_LENGTH);
  const tail = offset <= head.length
    ? head.subarray(offset - tailLength)
    : read(offset - tailLength, tailLength);
  if (head.length < Math.min(offset, HEAD_LENGTH) || tail.length < tailLength) return undefined;
  const trail = Trail.at(offset, head, tail);
  return trail.fits(cursor) ? trail : undefined;
}
