/**
 * `@std/cli/parse-args`. npm's `deno-std` carries std's own code without its types; they are declared here, once, as far
 * as they are used. With JSR in reach the import map points there and this file goes.
 *
 * @module
 */

// @ts-types="./parse_args.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
