import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, resolve } from "node:path";
import { skipUnless } from "../skips.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** Runs the script and returns what came of it. */
async function makePicture(...args: readonly string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--frozen", join(ROOT, "scripts/picture.ts"), ...args],
    stdin: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "picture.ts draws what the program shows of a first sync [needs pty]",
  ...skipUnless("pty"),
  fn: async () => {
    const output = Deno.makeTempFileSync({ suffix: ".svg" });
    try {
      assertEquals(await makePicture("--output", output, "--size", "2MB"), { code: 0, stderr: "" });
      const picture = Deno.readTextFileSync(output);
      assertStringIncludes(picture, ">$ devlog-collector start<");
      assertStringIncludes(picture, ">watching for new events; Ctrl-C ends it<");
      assertStringIncludes(picture, ">~/.devlog/data/devlog.db<");
      assert(!picture.includes(Deno.env.get("TMPDIR") ?? "/tmp/"), "no path of this machine");
    } finally {
      Deno.removeSync(output);
    }
  },
});

Deno.test("picture.ts refuses what it does not know", async () => {
  assertEquals((await makePicture("--size", "large")).code, 2);
});
