import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderPicture } from "../../../scripts/picture/svg.ts";

const MOMENT = {
  caption: "at first",
  command: "devlog-collector start",
  written: "\x1b[32mdone\x1b[39m: a < b & c\r\n",
};

Deno.test("renderPicture() draws the same bytes when the screens are the same", () => {
  assertEquals(renderPicture("T", 80, [MOMENT, MOMENT]), renderPicture("T", 80, [MOMENT, MOMENT]));
});

Deno.test("renderPicture() shows caption, command and screen, escaped", () => {
  const texts = renderPicture("A <title>", 80, [MOMENT]).matchAll(/<(?:text|title)\b[^>]*>([^<]*)</g);
  assertEquals(Array.from(texts, ([, text]) => text), [
    "A &lt;title&gt;",
    "# at first",
    "$ devlog-collector start",
    "done",
    ": a &lt; b &amp; c",
  ]);
});

Deno.test("renderPicture() stretches each text to its cells, whatever the font", () => {
  const picture = renderPicture("T", 80, [MOMENT]);
  assertStringIncludes(picture, `textLength="32" fill="#9ecb6b">done<`);
  const x = (text: string) => Number(new RegExp(`<text x="(\\d+)"[^>]*>${text}`).exec(picture)![1]);
  assertEquals(x(": a") - x("done"), 4 * 8);
});

Deno.test("renderPicture() grows with what it shows and names no file or font to fetch", () => {
  const height = (picture: string) => Number(/ height="(\d+)" role/.exec(picture)![1]);
  const [one, two] = [renderPicture("T", 80, [MOMENT]), renderPicture("T", 80, [MOMENT, MOMENT])];
  assertEquals(height(two) - height(one), 4 * 18);
  assert(!/href|url\(|@import|<script|<style/.test(one));
});
