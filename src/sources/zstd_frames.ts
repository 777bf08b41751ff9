/**
 * Finds where the frames of a zstd archive begin and end, without decompressing them (RFC 8878, section 3.1).
 *
 * The decompressor of the runtime ends with the first frame, takes no notice of what follows, and does not tell a frame
 * that ended from one that was cut. An archive that is written in batches has many frames.
 *
 * @module
 */

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** Bytes of a frame header's optional fields, by their two flag bits. */
const DICTIONARY_ID_LENGTH = [0, 1, 2, 4];
const CONTENT_SIZE_LENGTH = [0, 2, 4, 8];

/** What the walk through a frame asks for: bytes to look at, or bytes to go past. */
type Wish = { readonly look: number } | { readonly pass: number };

/** The bytes at the front of some input that belong to one frame. */
export interface FramePart {
  readonly length: number;
  /** The frame's bytes are to be decompressed; else they are an application's own. */
  readonly compressed: boolean;
  /** The frame ends after them. */
  readonly ended: boolean;
}

/** Walks through the frames of one archive, input by input. */
export class ZstdFrames {
  readonly #looked = new DataView(new ArrayBuffer(8));
  #looking = 0;
  #passing = 0;
  #compressed = true;
  #walk: Generator<Wish, void, DataView> | undefined;
  #wish: Wish = { pass: 0 };

  /** Whether the input so far ends in the middle of a frame. */
  get open(): boolean {
    return this.#walk !== undefined;
  }

  /**
   * Says what of the input, which follows the parts taken so far, belongs to the current frame or, between frames, to
   * the next.
   *
   * @throws {RangeError} if it is no zstd frame
   */
  next(input: Uint8Array): FramePart {
    if (this.#walk === undefined) {
      this.#walk = this.#frame();
      this.#wish = this.#walk.next().value!;
    }
    let index = 0;
    for (;;) {
      if ("look" in this.#wish) {
        while (this.#looking < this.#wish.look && index < input.length) {
          this.#looked.setUint8(this.#looking++, input[index++]!);
        }
        if (this.#looking < this.#wish.look) break;
      } else {
        const length = Math.min(this.#wish.pass - this.#passing, input.length - index);
        this.#passing += length;
        index += length;
        if (this.#passing < this.#wish.pass) break;
      }
      this.#looking = this.#passing = 0;
      const step = this.#walk.next(this.#looked);
      if (step.done) {
        this.#walk = undefined;
        return { length: index, compressed: this.#compressed, ended: true };
      }
      this.#wish = step.value;
    }
    return { length: index, compressed: this.#compressed, ended: false };
  }

  *#frame(): Generator<Wish, void, DataView> {
    this.#compressed = false;
    const magic = (yield { look: 4 }).getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      yield { pass: (yield { look: 4 }).getUint32(0, true) };
      return;
    }
    if (magic !== MAGIC) throw new RangeError("these bytes are no zstd frame");
    this.#compressed = true;
    const flags = (yield { look: 1 }).getUint8(0);
    const singleSegment = (flags & 0x20) !== 0;
    const contentSizeLength = Math.max(CONTENT_SIZE_LENGTH[flags >> 6]!, singleSegment ? 1 : 0);
    yield { pass: (singleSegment ? 0 : 1) + DICTIONARY_ID_LENGTH[flags & 3]! + contentSizeLength };
    for (let last = false; !last;) {
      const view = yield { look: 3 };
      const header = view.getUint16(0, true) | view.getUint8(2) << 16;
      last = (header & 1) === 1;
      const runOfOneByte = (header >> 1 & 3) === 1;
      yield { pass: runOfOneByte ? 1 : header >> 3 };
    }
    if ((flags & 4) !== 0) yield { pass: 4 };
  }
}
