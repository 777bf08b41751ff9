// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Builds the package for npm, `dist/devlog-collector-VERSION.tgz`, and writes `dist/SHA256SUMS` anew.
 *
 *     deno run -A scripts/pack_npm.ts
 *
 * It depends on the version of Deno that `.ci/deno-version` names, and must be built with that.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { writeChecksums } from "./release/checksums.ts";
import { readDocuments } from "./release/documents.ts";
import { buildNpmPackage } from "./release/npm_package.ts";
import { readStamp } from "./release/stamp.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const DIST = join(ROOT, "dist");

if (import.meta.main) {
  const stamp = await readStamp(ROOT);
  const denoVersion = (await Deno.readTextFile(join(ROOT, ".ci/deno-version"))).trim();
  const { file, bytes } = await buildNpmPackage(
    ROOT,
    denoVersion,
    await readDocuments(ROOT, stamp.time),
    stamp,
  );
  await Deno.mkdir(DIST, { recursive: true });
  await Deno.writeFile(join(DIST, file), bytes);
  await writeChecksums(DIST);
  console.log(`dist/${file}`);
}
