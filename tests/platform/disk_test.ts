import { assertEquals } from "@std/assert";
import { isTooLittle } from "../../src/platform/disk.ts";

const GB = 1e9;

for (
  const [free, total, expected] of [
    [100 * GB, 500 * GB, false],
    [2 * GB, 500 * GB, false],
    [2 * GB - 1, 500 * GB, true],
    // 5 % of a small disk are less than 2 GB.
    [1 * GB, 10 * GB, false],
    [0.5 * GB, 10 * GB, false],
    [0.5 * GB - 1, 10 * GB, true],
    [0, 10 * GB, true],
    // A file system that tells nothing of itself has room as far as anyone knows.
    [0, 0, false],
  ] as const
) {
  Deno.test(`isTooLittle() says ${expected} of ${free / GB} GB on a disk of ${total / GB} GB`, () => {
    assertEquals(isTooLittle({ free, total }), expected);
  });
}
