import { assert, assertEquals } from "@std/assert";
import { Announcer } from "../../src/cli/announcer.ts";

/** A stream that takes what it is given once it is let. */
class StuckStream {
  text = "";
  #free: (() => void)[] = [];
  #isFree = false;

  async write(bytes: Uint8Array): Promise<number> {
    if (!this.#isFree) await new Promise<void>((resolve) => this.#free.push(resolve));
    // A few bytes at a time, as a slow terminal.
    const part = bytes.subarray(0, 5);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }

  release(): void {
    this.#isFree = true;
    for (const free of this.#free) free();
  }
}

Deno.test("Announcer says all in order once it can, and of what it was to show only the last", async () => {
  const stream = new StuckStream();
  const announcer = new Announcer(stream);
  announcer.say("one\n");
  for (let percent = 0; percent < 50; percent++) announcer.show(`${percent} %\r`);
  announcer.say("two\n");
  announcer.show("51 %\r");
  announcer.show("52 %\r");
  await announcer.settled(5);
  assertEquals(stream.text, "");
  stream.release();
  await announcer.settled(5_000);
  assertEquals(stream.text, "one\ntwo\n52 %\r");
});

Deno.test("Announcer waits for nobody, and keeps no more than a bounded rest", async () => {
  const stream = new StuckStream();
  const announcer = new Announcer(stream);
  for (let line = 0; line < 10_000; line++) announcer.say(`${line} ${"x".repeat(100)}\n`);
  stream.release();
  await announcer.settled(5_000);
  assert(stream.text.length < 70_000, `${stream.text.length}`);
  assert(stream.text.endsWith(`9999 ${"x".repeat(100)}\n`));
});

Deno.test("Announcer goes on when nobody reads any more", async () => {
  const announcer = new Announcer({ write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) });
  announcer.say("lost");
  await announcer.settled(1_000);
});
