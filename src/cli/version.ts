/**
 * `version`: the version of the program and of what it is built on.
 *
 * @module
 */

import { PROGRAM, VERSION } from "../platform/program.ts";
import { type Command, FORMAT_OPTION } from "./command.ts";
import { EXIT } from "./errors.ts";
import { jsonText } from "./json_text.ts";

/** The command. */
export const command: Command = {
  name: "version",
  summary: "Show the version of the program and of what it is built on",
  usage: "version [OPTIONS]",
  options: [FORMAT_OPTION],
  examples: [{ command: `${PROGRAM} version --format json`, description: "For scripts and bug reports" }],
  async run({ options, terminal }) {
    const versions = await readVersions();
    if (options.text("format") === "json") {
      terminal.out(`${jsonText(versions)}\n`);
      return EXIT.done;
    }
    const { version, os, architecture, deno, v8, sqlite } = versions;
    terminal.out(`${PROGRAM} ${version} (${os} ${architecture})\nDeno ${deno}, V8 ${v8}, SQLite ${sqlite}\n`);
    return EXIT.done;
  },
};

/** What `version --format json` prints. */
export interface Versions {
  readonly version: string;
  readonly os: string;
  readonly architecture: string;
  readonly deno: string;
  readonly v8: string;
  readonly sqlite: string;
}

async function readVersions(): Promise<Versions> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(":memory:");
  const row = database.prepare("SELECT sqlite_version() AS sqlite").get();
  database.close();
  return {
    version: VERSION,
    os: Deno.build.os,
    architecture: Deno.build.arch,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    sqlite: String(row?.sqlite),
  };
}
