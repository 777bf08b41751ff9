/**
 * Writes remotes into the configuration of a home.
 *
 * @module
 */

import { join } from "node:path";
import { stringify } from "yaml";

/** Makes these the remotes, by their names. */
export function configureRemotes(
  home: string,
  remotes: Readonly<Record<string, unknown>>,
  more: object = {},
): void {
  Deno.mkdirSync(join(home, ".devlog"), { recursive: true });
  Deno.writeTextFileSync(join(home, ".devlog/config.yaml"), stringify({ ...more, export: { remotes } }));
}
