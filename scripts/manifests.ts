// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Writes what package managers are told of a release, from `dist/SHA256SUMS`: `dist/devlog-collector.rb` for Homebrew,
 * `dist/devlog-collector.json` for Scoop.
 *
 *     deno run -A scripts/manifests.ts
 *
 * @module
 */

import { join, resolve } from "node:path";
import denoJson from "../deno.json" with { type: "json" };
import { CHECKSUMS, parseChecksums } from "./release/checksums.ts";
import { renderFormula } from "./release/homebrew.ts";
import { renderManifest } from "./release/scoop.ts";

const DIST = resolve(import.meta.dirname!, "../dist");

if (import.meta.main) {
  const sums = parseChecksums(await Deno.readTextFile(join(DIST, CHECKSUMS)));
  const { version } = denoJson;
  for (
    const [name, text] of [
      ["devlog-collector.rb", renderFormula(version, sums)],
      ["devlog-collector.json", renderManifest(version, sums)],
    ] as const
  ) {
    await Deno.writeTextFile(join(DIST, name), text);
    console.log(`dist/${name}`);
  }
}
