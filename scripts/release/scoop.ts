/**
 * The manifest for Scoop (https://github.com/ScoopInstaller/Scoop/wiki/App-Manifests), for a bucket of the project's own.
 *
 * @module
 */

import { REPOSITORY } from "../../src/platform/program.ts";
import { archiveFile, archiveStem, findTarget, programFile } from "./targets.ts";

const TARGET = findTarget("windows-x64")!;

/**
 * The text of `devlog-collector.json`.
 *
 * @param sums the checksums of what is released, by name
 * @throws {Error} if that of the archive for Windows is missing
 */
export function renderManifest(version: string, sums: ReadonlyMap<string, string>): string {
  const file = archiveFile(version, TARGET);
  const hash = sums.get(file);
  if (hash === undefined) throw new Error(`no checksum of ${file}`);
  const url = (version: string) =>
    `${REPOSITORY}/releases/download/v${version}/${archiveFile(version, TARGET)}`;
  const manifest = {
    version,
    description: "History of every AI coding agent, in one local store",
    homepage: REPOSITORY,
    license: "Apache-2.0",
    architecture: {
      "64bit": { url: url(version), hash, extract_dir: archiveStem(version, TARGET) },
    },
    bin: programFile(TARGET),
    // The store is in the user's home: to remove the program removes nothing of it.
    uninstaller: {
      script: [
        '& "$dir\devlog-collector.exe" service uninstall',
        '& "$dir\devlog-collector.exe" stop',
      ],
    },
    notes: "To have it started at each login: devlog-collector service install",
    checkver: { github: REPOSITORY },
    autoupdate: {
      architecture: {
        "64bit": { url: url("$version"), extract_dir: archiveStem("$version", TARGET) },
      },
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  };
  return `${JSON.stringify(manifest, undefined, 4)}\n`;
}
