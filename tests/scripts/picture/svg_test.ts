import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderPicture, renderRecording } from "../../../scripts/picture/svg.ts";

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

Deno.test("renderRecording() shows one frame at a time, for as long as it was shown, and begins anew", () => {
  const part = (written: string) => [{ command: "run", written }];
  const recording = renderRecording("a title", 20, [
    { at: 0, parts: part("") },
    { at: 1_000, parts: part("half\r\n") },
    { at: 4_000, parts: [...part("whole\r\n"), { command: "ask", written: "well & good" }] },
  ]);
  const keyframes = [...recording.matchAll(/@keyframes f(\d)\{(.*?)\}#f/g)].map((
    [, index, steps],
  ) => [index, steps]);
  assertEquals(keyframes, [
    ["0", "0.000%{visibility:visible}10.000%{visibility:hidden}"],
    ["1", "0%{visibility:hidden}10.000%{visibility:visible}40.000%{visibility:hidden}"],
    ["2", "0%{visibility:hidden}40.000%{visibility:visible}"],
  ]);
  const frames = [...recording.matchAll(/<g id="f\d">\n([^]*?)\n<\/g>/g)].map(([, text]) =>
    Array.from(text!.matchAll(/>([^<]*)<\/text>/g), ([, words]) => words)
  );
  assertEquals(frames, [["$ run"], ["$ run", "half"], ["$ run", "whole", "$ ask", "well &amp; good"]]);
  // Who wants no motion sees how it ends.
  assert(/prefers-reduced-motion:reduce\)\{[^}]*\}#f2\{visibility:visible\}/.test(recording));
});
