import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { defaultConfig, loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problems.ts";
import { type Environment, readEnvironment } from "../../src/platform/environment.ts";
import { temporaryHome } from "../e2e/program.ts";
import { skipUnless } from "../skips.ts";

function environmentOf(home: string): Environment {
  return readEnvironment((name) => ({ HOME: home, USERPROFILE: home })[name]);
}

Deno.test("loadConfig() returns the defaults when there is no file", async () => {
  using home = temporaryHome();
  const environment = environmentOf(home.path);
  assertEquals(await loadConfig(undefined, environment), {
    config: defaultConfig(environment),
    path: join(home.path, ".devlog", "config.yaml"),
    exists: false,
    notes: [],
  });
});

Deno.test("loadConfig() reads the file it is given", async () => {
  using home = temporaryHome();
  const path = join(home.path, "other.yaml");
  Deno.writeTextFileSync(path, "\ufeffdashboard: { port: 9000 }\r\n");
  const loaded = await loadConfig(path, environmentOf(home.path));
  assertEquals([loaded.path, loaded.exists, loaded.config.dashboard.port], [path, true, 9000]);
  assertEquals(loaded.config.storage.path, join(home.path, ".devlog", "data"));
});

Deno.test("loadConfig() refuses a file that is too large, and reads one that just is not", async () => {
  using home = temporaryHome();
  const path = join(home.path, "config.yaml");
  Deno.writeTextFileSync(path, "#".repeat(1024 * 1024));
  assertEquals((await loadConfig(path, environmentOf(home.path))).exists, true);
  Deno.writeTextFileSync(path, "#".repeat(1024 * 1024 + 1));
  await assertRejects(() => loadConfig(path, environmentOf(home.path)), ConfigError, "larger than 1 MiB");
});

Deno.test("loadConfig() refuses a file that is not UTF-8", async () => {
  using home = temporaryHome();
  const path = join(home.path, "config.yaml");
  Deno.writeFileSync(path, new Uint8Array([0x61, 0x3a, 0x20, 0xff]));
  await assertRejects(() => loadConfig(path, environmentOf(home.path)), ConfigError, "not UTF-8");
});

Deno.test("loadConfig() loads neither YAML nor the schema when there is no file", async () => {
  using home = temporaryHome();
  const script = `
    import { loadConfig } from ${JSON.stringify(import.meta.resolve("../../src/config/load.ts"))};
    const home = ${JSON.stringify(home.path)};
    await loadConfig(undefined, { os: Deno.build.os, home, get: () => undefined });
  `;
  const file = join(home.path, "script.ts");
  Deno.writeTextFileSync(file, script);
  const config = join(import.meta.dirname!, "../../deno.json");
  // A run that may read nothing but its own source fails if it imports any package.
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-npm",
      "--no-check",
      "--no-lock",
      "--allow-read",
      `--config=${config}`,
      file,
    ],
  }).output();
  assertEquals([new TextDecoder().decode(stderr), code], ["", 0]);
});

Deno.test({
  name: "loadConfig() warns of a file with a key that others may read [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = temporaryHome();
    const path = join(home.path, "config.yaml");
    const remote = (key: string) =>
      `export: { remotes: { a: { type: otlp, url: "https://x", api_key: "${key}" } } }`;
    for (
      const [text, mode, isWarned] of [
        [remote("abc"), 0o644, true],
        [remote("abc"), 0o600, false],
        [remote("${DEVLOG_KEY}"), 0o644, false],
        ["", 0o644, false],
      ] as const
    ) {
      Deno.writeTextFileSync(path, text);
      Deno.chmodSync(path, mode);
      const { notes } = await loadConfig(path, environmentOf(home.path));
      assertEquals(notes.length === 1 && notes[0]!.includes("chmod 600"), isWarned, `${text} ${mode}`);
    }
  },
});
