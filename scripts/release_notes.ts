/**
 * Prints what `CHANGELOG.md` says of the version in `deno.json`: the text of its release.
 *
 *     deno run --allow-read scripts/release_notes.ts [--tag v1.2.3]
 *
 * With `--tag` it fails unless that is the tag of the version.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import denoJson from "../deno.json" with { type: "json" };

/**
 * The section of one version, without its heading.
 *
 * @throws {Error} if there is none, or nothing in it
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  const notes = section?.split("\n").slice(1).join("\n").trim();
  if (!notes) throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return `${notes}\n`;
}

/**
 * Holds a tag to the version.
 *
 * @throws {Error} if it is another one's
 */
export function checkTag(tag: string, version: string): void {
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, but deno.json has version ${version}`);
}

if (import.meta.main) {
  const { tag } = parseArgs(Deno.args, { string: ["tag"] });
  if (tag !== undefined) checkTag(String(tag), denoJson.version);
  const changelog = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
  await Deno.stdout.write(new TextEncoder().encode(releaseNotes(changelog, denoJson.version)));
}
