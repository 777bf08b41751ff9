/**
 * How far a source has been read, and by which bytes that is known again.
 *
 * @module
 */

/** How many bytes at the start of a source identify it. */
export const HEAD_LENGTH = 4096;

/** How many bytes before the offset show that what was read is still there. */
export const TAIL_LENGTH = 256;

/** A place in a source. It fits a plain file and its compressed twin alike: it counts decompressed bytes. */
export interface SourceCursor {
  /** Bytes of the (decompressed) content that are parsed. */
  readonly offset: number;
  /** How many bytes `headHash` covers: the first ones, up to {@link HEAD_LENGTH} and never beyond `offset`. */
  readonly headLength: number;
  /** `hashBytes` of the first `headLength` bytes. */
  readonly headHash: number;
  /** `hashBytes` of the last {@link TAIL_LENGTH} bytes before `offset`, or of all if there are fewer. */
  readonly tailHash: number;
}

/** The cursor of a source that has not been read. */
export const START: SourceCursor = { offset: 0, headLength: 0, headHash: 0, tailHash: 0 };
