import { assertEquals, assertStringIncludes } from "@std/assert";
import { join, resolve } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { makeKit } from "../../scripts/kit.ts";
import { skipUnless } from "../skips.ts";

const BUILD = resolve(import.meta.dirname!, "../../scripts/build.ts");

Deno.test({
  name: "build.ts makes a program that runs with nothing installed [needs compile-kit]",
  ...skipUnless("compile-kit"),
  fn: async () => {
    const kit = await makeKit();
    const folder = await Deno.makeTempDir();
    try {
      const output = join(folder, "devlog-collector");
      const built = await new Deno.Command(kit.deno, {
        args: ["run", "-A", BUILD, "--output", output],
        env: { DENORT_BIN: kit.denort, DENO_TLS_CA_STORE: "system" },
      }).output();
      assertEquals(built.code, 0, new TextDecoder().decode(built.stderr));
      const bare = { clearEnv: true, cwd: folder, env: { HOME: folder, TMPDIR: folder } };
      const { code, stdout } = await new Deno.Command(output, { args: ["version"], ...bare }).output();
      assertEquals(code, 0);
      assertStringIncludes(new TextDecoder().decode(stdout), denoJson.version);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
