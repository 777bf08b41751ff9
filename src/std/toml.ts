/**
 * `@std/toml`, see `parse_args.ts` for why it stands here.
 *
 * @module
 */

// @ts-types="./toml.d.ts"
export { parse } from "npm:deno-std@1.4.0/toml/parse.js";
