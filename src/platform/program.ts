/**
 * What the program is called, and which version of it this is.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };

/** The name of the program, as people type it. */
export const PROGRAM = "devlog-collector";

/** The version of the program (https://semver.org), as `deno.json` has it. */
export const VERSION: string = manifest.version;
