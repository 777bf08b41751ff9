/**
 * The machines that programs are built for.
 *
 * @module
 */

import type { Os } from "../../src/platform/environment.ts";

/** A kind of machine. */
export interface Target {
  /** As it stands in the names of archives. */
  readonly name: string;
  readonly os: Os;
  /** What `deno compile --target` calls it. */
  readonly triple: string;
  /** What its users unpack with no tool of its own. */
  readonly archive: "tar.gz" | "zip";
}

/** All of them. Linux means glibc: Deno has no runtime for musl. */
export const TARGETS: readonly Target[] = [
  { name: "linux-x64", os: "linux", triple: "x86_64-unknown-linux-gnu", archive: "tar.gz" },
  { name: "linux-arm64", os: "linux", triple: "aarch64-unknown-linux-gnu", archive: "tar.gz" },
  { name: "macos-x64", os: "darwin", triple: "x86_64-apple-darwin", archive: "tar.gz" },
  { name: "macos-arm64", os: "darwin", triple: "aarch64-apple-darwin", archive: "tar.gz" },
  { name: "windows-x64", os: "windows", triple: "x86_64-pc-windows-msvc", archive: "zip" },
];

/** The target with that name, `undefined` if there is none. */
export function findTarget(name: string): Target | undefined {
  return TARGETS.find((target) => target.name === name);
}

/**
 * The target of a machine as Deno names it.
 *
 * @throws {Error} if programs are built for none such
 */
export function targetOf(os: string, architecture: string): Target {
  const systems: Readonly<Record<string, string>> = { darwin: "macos" };
  const architectures: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };
  const name = `${systems[os] ?? os}-${architectures[architecture] ?? architecture}`;
  const found = findTarget(name);
  if (found === undefined) {
    const names = TARGETS.map(({ name }) => name).join(", ");
    throw new Error(`nothing is built for ${name}; there are ${names}`);
  }
  return found;
}

/** What the compiled program is called there. */
export function programFile({ os }: Pick<Target, "os">): string {
  return os === "windows" ? "devlog-collector.exe" : "devlog-collector";
}

/** What the archive is called, and the folder in it, without the ending. */
export function archiveStem(version: string, { name }: Target): string {
  return `devlog-collector-${version}-${name}`;
}

/** What the archive is called. */
export function archiveFile(version: string, target: Target): string {
  return `${archiveStem(version, target)}.${target.archive}`;
}
