/**
 * The package for npm: the program as bundles, which run in the Deno that npm brings along.
 *
 * @module
 */

import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { REPOSITORY, V8_FLAGS } from "../../src/platform/program.ts";
import { pack, type Packed } from "./archive.ts";
import { takeBuildFolder } from "./build_folder.ts";
import { WORKERS } from "./compile.ts";
import { stage } from "./stage.ts";
import type { Stamp } from "./stamp.ts";

/** What is published, and can be installed as it is. */
export interface NpmPackage {
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Builds it from the tree at `root`.
 *
 * @param denoVersion the version of Deno that it depends on
 * @param documents what goes with the program: license, README, man page, completions
 */
export async function buildNpmPackage(
  root: string,
  denoVersion: string,
  documents: readonly Packed[],
  stamp: Stamp,
): Promise<NpmPackage> {
  const text = (path: string, content: string): Packed => ({
    path,
    data: new TextEncoder().encode(content),
    isProgram: false,
  });
  const wrapper = await Deno.readTextFile(join(root, "scripts/release/npm/bin.cjs"));
  const files: Packed[] = [
    ...documents,
    text("package.json", `${JSON.stringify(packageJson(denoVersion), undefined, 2)}\n`),
    { ...text("bin.cjs", wrapper.replace("@V8_FLAGS@", V8_FLAGS)), isProgram: true },
    ...await bundle(root, stamp),
    text("lib/deno.json", `${JSON.stringify(runtimeConfig(), undefined, 2)}\n`),
  ];
  return {
    file: `devlog-collector-${denoJson.version}.tgz`,
    bytes: pack("tar.gz", "package", files, stamp.time),
  };
}

function packageJson(denoVersion: string) {
  return {
    name: "devlog-collector",
    version: denoJson.version,
    description: "The history of every AI coding agent on this machine, in one local store",
    keywords: ["ai", "agents", "logs", "claude-code", "codex", "copilot", "opentelemetry", "sqlite"],
    homepage: REPOSITORY,
    repository: { type: "git", url: `git+${REPOSITORY}.git` },
    bugs: { url: `${REPOSITORY}/issues` },
    license: "Apache-2.0",
    bin: { "devlog-collector": "bin.cjs" },
    man: "./devlog-collector.1",
    engines: { node: ">=18" },
    os: ["linux", "darwin", "win32"],
    cpu: ["x64", "arm64"],
    dependencies: { deno: denoVersion },
  };
}

/** What Deno is told, beside the arguments in `bin.cjs`: the same as from source. */
function runtimeConfig() {
  const { nodeModulesDir, unstable, permissions } = denoJson;
  return { nodeModulesDir, unstable, permissions, lock: false };
}

/** Bundles main and the workers, below `lib/`; what only some commands need stays in files of its own. */
async function bundle(root: string, stamp: Stamp): Promise<readonly Packed[]> {
  await using folder = await takeBuildFolder();
  const tree = join(folder.path, "devlog-collector");
  // The permissions are those of all systems: the package is one for all.
  await stage(root, tree, undefined, stamp);
  const out = join(folder.path, "lib");
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--frozen", "--code-splitting", "--platform=deno", `--outdir=${out}`]
      .concat("main.ts", WORKERS),
    cwd: tree,
    stdin: "null",
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`deno bundle failed: ${new TextDecoder().decode(stderr)}`);
  return await withWorkers(await readAll(out));
}

/** All files in a folder, by their paths below `lib/`. */
async function readAll(folder: string, below = "lib"): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const [path, inside] = [`${below}/${name}`, join(folder, name)];
    if (!isDirectory) files.set(path, await Deno.readTextFile(inside));
    else for (const entry of await readAll(inside, path)) files.set(...entry);
  }
  return files;
}

/**
 * Has the bundles start the bundles of the workers: `deno bundle` leaves the URLs as they stand in the source.
 *
 * @throws {Error} if a worker is started nowhere
 */
function withWorkers(files: ReadonlyMap<string, string>): readonly Packed[] {
  const texts = new Map(files);
  for (const worker of WORKERS) {
    const name = worker.split("/").at(-1)!;
    const source = `new URL("./${name}", import.meta.url)`;
    const built = `new URL("./${worker.replace(/\.ts$/, ".js")}", import.meta.url)`;
    const users = [...texts].filter(([, text]) => text.includes(source));
    if (users.length === 0) throw new Error(`no bundle starts ${worker}`);
    for (const [path, text] of users) {
      if (path.split("/").length !== 2) throw new Error(`${path} is not beside main.js, as ${worker} needs`);
      texts.set(path, text.replaceAll(source, built));
    }
  }
  return [...texts].map(([path, text]) => ({ path, data: new TextEncoder().encode(text), isProgram: false }));
}
