import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseTarGzip } from "nanotar";
import { join, resolve } from "node:path";
import denoJson from "../../../deno.json" with { type: "json" };
import { readDocuments } from "../../../scripts/release/documents.ts";
import { buildNpmPackage } from "../../../scripts/release/npm_package.ts";
import { ClaudeSession } from "../../e2e/agent_homes.ts";
import { RunningProgram } from "../../e2e/running_program.ts";
import { skipUnless } from "../../skips.ts";

const ROOT = resolve(import.meta.dirname!, "../../..");
const STAMP = { commit: "abc123", time: 1_700_000_000 };
const DENO_VERSION = Deno.readTextFileSync(join(ROOT, ".ci/deno-version")).trim();

async function build() {
  return await buildNpmPackage(ROOT, DENO_VERSION, await readDocuments(ROOT, STAMP.time), STAMP);
}

Deno.test("the package for npm is the same bytes each time, with all that a package needs", async () => {
  const { file, bytes } = await build();
  assertEquals(file, `devlog-collector-${denoJson.version}.tgz`);
  assertEquals((await build()).bytes, bytes);
  const files = await parseTarGzip(bytes);
  const text = (name: string) => {
    const found = files.find((file) => file.name === `package/${name}`);
    assert(found !== undefined, `there is no ${name}`);
    return new TextDecoder().decode(found.data);
  };
  const manifest = JSON.parse(text("package.json"));
  assertEquals([manifest.name, manifest.version, manifest.license, manifest.dependencies], [
    "devlog-collector",
    denoJson.version,
    "Apache-2.0",
    { deno: DENO_VERSION },
  ]);
  assertEquals(manifest.scripts, undefined);
  assertMatch(text("bin.cjs"), /^#!\/usr\/bin\/env node\n/);
  assertStringIncludes(text("devlog-collector.1"), ".TH DEVLOG-COLLECTOR 1");
  assertEquals(JSON.parse(text("lib/deno.json")).permissions, denoJson.permissions);
  for (const name of ["LICENSE", "README.md", "lib/main.js", "lib/src/sync/reader_worker.js"]) text(name);
  // Neither sources nor tests.
  assertEquals(files.filter(({ name }) => /\.ts$|test/.test(name)).map(({ name }) => name), []);
});

Deno.test({
  name:
    "the package for npm is installed by npm, collects, watches, and ends by its signals [needs npm] [needs unix]",
  ...skipUnless("npm", "unix"),
  fn: async () => {
    const home = await Deno.makeTempDir({ prefix: "devlog-npm-" });
    try {
      const { file, bytes } = await build();
      await Deno.writeFile(join(home, file), bytes);
      const prefix = join(home, "prefix");
      const npm = await new Deno.Command("npm", {
        args: ["install", "--global", "--no-fund", "--no-audit", `--prefix=${prefix}`, join(home, file)],
        cwd: home,
      }).output();
      assertEquals(npm.code, 0, new TextDecoder().decode(npm.stderr));
      const session = new ClaudeSession(home, 1).turn("once");
      const command = (...args: readonly string[]) =>
        new Deno.Command(join(prefix, "bin/devlog-collector"), {
          args: [...args],
          cwd: home,
          clearEnv: true,
          // Node is found on the PATH; Deno, and what it may need, is not.
          env: { HOME: home, PATH: Deno.env.get("PATH")! },
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        });
      const run = async (...args: readonly string[]) => {
        const { code, stdout, stderr } = await command(...args).output();
        const decoder = new TextDecoder();
        return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
      };
      const version = await run("version");
      assertStringIncludes(version.stdout, `devlog-collector ${denoJson.version}`);
      assertStringIncludes(version.stdout, `commit abc123)\nDeno ${DENO_VERSION}`);
      assertEquals((await run("qery")).code, 2);

      await using running = new RunningProgram(command("start"));
      await running.line(/^up to date: 1 source/);
      session.turn("twice");
      assertEquals((await run("sync")).code, 0);
      const found = await run("query", "--type", "llm_request", "--format", "jsonl");
      assertEquals(found.stdout.trimEnd().split("\n").length, 2);
      running.signal("SIGTERM");
      assertEquals((await running.end()).code, 0);
      // It writes nothing but its own.
      const left = (await Array.fromAsync(Deno.readDir(home), ({ name }) => name)).toSorted();
      assertEquals(left.filter((name) => ![".cache", ".npm"].includes(name)), [
        ".claude",
        ".devlog",
        file,
        "prefix",
      ]);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});
