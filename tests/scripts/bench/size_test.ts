import { assertEquals } from "@std/assert";
import { formatSize, parseSize } from "../../../scripts/bench/size.ts";

Deno.test("parseSize() reads decimal units in any case", () => {
  assertEquals(parseSize("400MB"), 400_000_000);
  assertEquals(parseSize("4 gb"), 4_000_000_000);
  assertEquals(parseSize("1.5KB"), 1_500);
  assertEquals(parseSize("12"), 12);
});

Deno.test("parseSize() knows what is no size", () => {
  for (const text of ["", "MB", "4 TB", "-1", "4 MB more"]) assertEquals(parseSize(text), undefined);
});

Deno.test("formatSize() takes the largest unit that fits", () => {
  assertEquals(formatSize(382_812_345), "382.8 MB");
  assertEquals(formatSize(4_000_000_000), "4 GB");
  assertEquals(formatSize(999), "999 B");
});
