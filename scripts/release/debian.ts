/**
 * The package for Debian, Ubuntu and what is made of them, of the archive for Linux.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { parseTarGzip } from "nanotar";
import { REPOSITORY } from "../../src/platform/program.ts";
import { setTimes } from "./files.ts";
import type { Target } from "./targets.ts";

/** What Debian calls the architectures (https://wiki.debian.org/SupportedArchitectures). */
const ARCHITECTURES: Readonly<Record<string, string>> = { "linux-x64": "amd64", "linux-arm64": "arm64" };

/** Where each file of the archive goes; `undefined`: it stays out. What ends in `.gz` is compressed. */
const PLACES: readonly (readonly [from: string, to: string, mode: number])[] = [
  ["devlog-collector", "usr/bin/devlog-collector", 0o755],
  ["devlog-collector.1", "usr/share/man/man1/devlog-collector.1.gz", 0o644],
  [
    "completions/devlog-collector.bash",
    "usr/share/bash-completion/completions/devlog-collector",
    0o644,
  ],
  ["completions/_devlog-collector", "usr/share/zsh/vendor-completions/_devlog-collector", 0o644],
  [
    "completions/devlog-collector.fish",
    "usr/share/fish/vendor_completions.d/devlog-collector.fish",
    0o644,
  ],
  ["LICENSE", "usr/share/doc/devlog-collector/copyright", 0o644],
  ["README.md", "usr/share/doc/devlog-collector/README.md.gz", 0o644],
];

/** What a package is made of. */
export interface DebianSource {
  readonly version: string;
  readonly target: Target;
  /** The archive for that target. */
  readonly archive: Uint8Array<ArrayBuffer>;
  /** Of all files, seconds since the epoch. */
  readonly time: number;
  /** How hard xz tries, 0 to 9. @default {6} */
  readonly level?: number;
}

/** What the package is called. Debian sorts a version with `~` before the one without. */
export function debianFile({ version, target }: Pick<DebianSource, "version" | "target">): string {
  return `devlog-collector_${debianVersion(version)}_${architectureOf(target)}.deb`;
}

/**
 * Makes the package with `dpkg-deb`, as a file in `folder`.
 *
 * @returns its path
 * @throws {Error} if something is missing in the archive, or `dpkg-deb` fails
 */
export async function buildDebian(source: DebianSource, folder: string): Promise<string> {
  const tree = await Deno.makeTempDir({ prefix: "devlog-deb-" });
  try {
    const files = await parseTarGzip(source.archive);
    let size = 0;
    for (const [from, to, mode] of PLACES) {
      const file = files.find(({ name }) => name.split("/").slice(1).join("/") === from);
      if (file?.data === undefined) throw new Error(`the archive has no ${from}`);
      const data = to.endsWith(".gz") ? gzipSync(file.data, { level: 9 }) : file.data;
      const path = join(tree, to);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(path, data);
      await Deno.chmod(path, mode);
      size += data.length;
    }
    await Deno.mkdir(join(tree, "DEBIAN"));
    await Deno.writeTextFile(join(tree, "DEBIAN/control"), controlText(source, size));
    for (const path of await foldersIn(tree)) await Deno.chmod(path, 0o755);
    await setTimes(tree, source.time);
    const output = join(folder, debianFile(source));
    const { success, stderr } = await new Deno.Command("dpkg-deb", {
      args: ["--root-owner-group", "-Zxz", `-z${source.level ?? 6}`, "--build", tree, output],
      env: { SOURCE_DATE_EPOCH: String(source.time) },
    }).output();
    if (!success) throw new Error(`dpkg-deb failed: ${new TextDecoder().decode(stderr)}`);
    return output;
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
}

/** The control file (https://www.debian.org/doc/debian-policy/ch-controlfields.html). */
function controlText({ version, target }: DebianSource, size: number): string {
  return `Package: devlog-collector
Version: ${debianVersion(version)}
Architecture: ${architectureOf(target)}
Maintainer: devlog-collector <maintainers@devlog-collector.invalid>
Installed-Size: ${Math.ceil(size / 1024)}
Depends: libc6 (>= 2.27), libgcc-s1
Section: utils
Priority: optional
Homepage: ${REPOSITORY}
Description: history of every AI coding agent, in one local store
 Finds the logs of AI coding agents on this machine, syncs all of the past and
 then every new event into one SQLite store, and delivers it to remotes that
 the user adds. To have it started at each login, each user runs:
 devlog-collector service install
`;
}

function debianVersion(version: string): string {
  return version.replace("-", "~");
}

function architectureOf({ name }: Target): string {
  const found = ARCHITECTURES[name];
  if (found === undefined) throw new Error(`Debian has no packages for ${name}`);
  return found;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const found = [folder];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await foldersIn(join(folder, name)));
  }
  return found;
}
