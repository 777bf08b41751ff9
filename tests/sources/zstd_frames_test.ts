import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ZstdFrames } from "../../src/sources/zstd_frames.ts";
import { bytesOf, concat } from "./reading.ts";
import { compress, type FrameOptions, HAS_ZSTD, rawFrame } from "./zstd.ts";

/** Walks through inputs and returns the lengths of the frames; own bytes of an application count as negative. */
function walk(...inputs: readonly Uint8Array[]): { lengths: number[]; open: boolean } {
  const frames = new ZstdFrames();
  const lengths: number[] = [];
  let length = 0;
  for (const input of inputs) {
    for (let taken = 0; taken < input.length;) {
      const part = frames.next(input.subarray(taken));
      taken += part.length;
      length += part.length;
      if (!part.ended) continue;
      lengths.push(part.compressed ? length : -length);
      length = 0;
    }
  }
  return { lengths, open: frames.open };
}

const SKIPPABLE = Uint8Array.of(0x5e, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5);

Deno.test("next() finds the end of each frame, whatever its header holds", () => {
  for (const checksum of [false, true]) {
    for (const dictionaryId of [0, 1, 2, 4]) {
      for (const contentSize of [0, 1, 2, 4, 8]) {
        const options: FrameOptions = { checksum, dictionaryId, contentSize };
        const frame = rawFrame([bytesOf("hello"), bytesOf(""), bytesOf("x".repeat(70_000))], options);
        assertEquals(walk(concat(frame, SKIPPABLE, frame)), {
          lengths: [frame.length, -SKIPPABLE.length, frame.length],
          open: false,
        });
      }
    }
  }
});

Deno.test("next() goes past a run of one byte, which is shorter than it says", () => {
  const size = 1000 << 3 | 1 << 1 | 1;
  const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, size & 0xff, size >> 8 & 0xff, size >> 16, 7);
  assertEquals(walk(concat(frame, frame)).lengths, [10, 10]);
});

Deno.test("next() finds the same frames however the input is cut", () => {
  const archive = concat(
    rawFrame([bytesOf("one")], { checksum: true }),
    SKIPPABLE,
    rawFrame([bytesOf("two")]),
  );
  const whole = walk(archive);
  fc.assert(fc.property(fc.array(fc.nat(archive.length), { maxLength: 8 }), (cuts) => {
    const places = [0, ...cuts.sort((a, b) => a - b), archive.length];
    const inputs = places.slice(1).map((end, index) => archive.subarray(places[index], end));
    assertEquals(walk(...inputs), whole);
  }));
});

Deno.test("open tells whether an archive was cut within a frame", () => {
  const frame = rawFrame([bytesOf("hello")], { checksum: true });
  for (let length = 1; length < frame.length; length++) {
    assert(walk(frame.subarray(0, length)).open, `after ${length} bytes`);
  }
  assertFalse(walk(frame).open);
});

Deno.test("next() throws when the bytes are no frame", () => {
  assertThrows(() => walk(bytesOf('{"a":1}')), RangeError);
  assertThrows(() => walk(concat(rawFrame([bytesOf("a")]), "junk")), RangeError);
});

if (HAS_ZSTD) {
  Deno.test("next() finds the end of frames that zstd makes", () => {
    for (const text of ["", "a", "b".repeat(1e6), crypto.randomUUID().repeat(9000)]) {
      for (const checksum of [false, true]) {
        const frame = compress(bytesOf(text), checksum);
        assertEquals(walk(concat(frame, frame)).lengths, [frame.length, frame.length]);
      }
    }
  });
}
