import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, resolve } from "node:path";
import { skipUnless } from "../skips.ts";

const SCRIPT = resolve(import.meta.dirname!, "../../scripts/recording.ts");

Deno.test({
  name: "recording.ts records what the program shows, and nothing of this machine [needs pty]",
  ...skipUnless("pty"),
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    const output = join(folder, "recording.svg");
    try {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "--frozen", SCRIPT, "--output", output, "--size", "2MB"],
        stdin: "null",
      }).output();
      assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
      const recording = Deno.readTextFileSync(output);
      for (
        const text of [
          "$ devlog-collector start",
          "watching for new events; Ctrl-C ends it",
          "~/.devlog/data/devlog.db",
        ]
      ) {
        assertStringIncludes(recording, `>${text}<`);
      }
      assert(!recording.includes(Deno.env.get("TMPDIR") ?? "/tmp/"));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
