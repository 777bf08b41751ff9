#!/usr/bin/env node
// deno-lint-ignore-file no-console -- a program of its own, which talks to a terminal
"use strict";

// Runs devlog-collector in the Deno that this package depends on, with the permissions of `lib/deno.json`.

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const path = require("node:path");

const LIB = path.join(__dirname, "lib");

/** Where Deno's program is, also where npm was not allowed to run what puts it into place. */
function findDeno() {
  try {
    return require("deno/install_api.cjs").runInstall();
  } catch (error) {
    console.error(`devlog-collector: Deno is missing: ${error.message}`);
    console.error(
      "Install this package again, without --omit=optional. Deno has no build for musl (Alpine).",
    );
    process.exit(1);
  }
}

const deno = findDeno();
// Each thread would have a heap of its own, and glibc would keep in it what is freed, however large it was.
const env = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "2097152", ...process.env };
const args = [
  "run",
  "--quiet",
  "--v8-flags=@V8_FLAGS@",
  "--permission-set=collector",
  "--no-prompt",
  `--config=${path.join(LIB, "deno.json")}`,
  path.join(LIB, "main.js"),
  ...process.argv.slice(2),
];

if (typeof process.execve === "function" && process.platform !== "win32") {
  // From Node 22.15 on: Deno takes the place of this process, with its id and its signals.
  process.removeAllListeners("warning");
  process.execve(deno, [deno, ...args], env);
}

const child = spawn(deno, args, { stdio: "inherit", env });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`devlog-collector: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
