/**
 * `@std/assert`: std's own code from npm's `deno-std`, which comes without types; they are declared beside this file.
 *
 * @module
 */

// @ts-types="./assert.d.ts"
export * from "npm:deno-std@1.4.0/assert/mod.js";
