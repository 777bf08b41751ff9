/**
 * What the program is called, and which version of it this is.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };
import build from "./build.json" with { type: "json" };

/** The name of the program, as people type it. */
export const PROGRAM = "devlog-collector";

/** The version of the program (https://semver.org), as `deno.json` has it. */
export const VERSION: string = manifest.version;

/**
 * The commit that a compiled program was built from, with `-modified` where files differed from it; `undefined` from
 * source. `scripts/build.ts` writes it.
 */
export const COMMIT: string | undefined = build.commit ?? undefined;

/** The repository of the project on GitHub: its owner and its name. */
export const REPOSITORY_NAME = "devlog-collector/devlog-collector";

/** Where the project is. */
export const REPOSITORY = `https://github.com/${REPOSITORY_NAME}`;

/** Where the newest release is asked for. */
export const LATEST_RELEASE = `https://api.github.com/repos/${REPOSITORY_NAME}/releases/latest`;

/** How the V8 of the program is set: each thread has a heap of its own, and small young generations cost no speed. */
export const V8_FLAGS = "--max-semi-space-size=4,--expose-gc";
