/**
 * `version`: the version of the program and of what it is built on.
 *
 * @module
 */

import { COMMIT, LATEST_RELEASE, PROGRAM, REPOSITORY, VERSION } from "../platform/program.ts";
import { isOlder } from "../platform/version_order.ts";
import { type Command, FORMAT_OPTION } from "./command.ts";
import { EXIT, UserError } from "./errors.ts";
import { jsonText } from "./json_text.ts";
import { sanitize } from "./sanitize.ts";

/** The command. */
export const command: Command = {
  name: "version",
  summary: "Show the version of the program and of what it is built on",
  usage: "version [OPTIONS]",
  options: [
    FORMAT_OPTION,
    {
      name: "check",
      type: "boolean",
      description: "Ask GitHub for the newest version; nothing else ever does",
    },
  ],
  examples: [
    { command: `${PROGRAM} version --format json`, description: "For scripts and bug reports" },
    { command: `${PROGRAM} version --check`, description: "Is there a newer one" },
  ],
  async run({ options, terminal }) {
    const versions = await readVersions();
    const latest = options.flag("check") ? await readLatest() : undefined;
    if (options.text("format") === "json") {
      terminal.out(`${jsonText({ ...versions, ...latest !== undefined && { latest } })}\n`);
      return EXIT.done;
    }
    const { version, commit, os, architecture, deno, v8, sqlite } = versions;
    const built = commit === undefined ? "from source" : `commit ${commit}`;
    terminal.out(
      `${PROGRAM} ${version} (${os} ${architecture}, ${built})\nDeno ${deno}, V8 ${v8}, SQLite ${sqlite}\n`,
    );
    if (latest !== undefined) {
      terminal.out(
        isOlder(version, latest)
          ? `version ${sanitize(latest)} is out: ${REPOSITORY}/releases\n`
          : "this is the newest version\n",
      );
    }
    return EXIT.done;
  },
};

/** What `version --format json` prints. */
export interface Versions {
  readonly version: string;
  /** That a compiled program was built from; left out when it runs from source. */
  readonly commit?: string;
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
    ...COMMIT !== undefined && { commit: COMMIT },
    os: Deno.build.os,
    architecture: Deno.build.arch,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    sqlite: String(row?.sqlite),
  };
}

/** How long the answer may take, ms. */
const PATIENCE = 10_000;

/**
 * The newest version that was released.
 *
 * @param url that answers with the newest release
 *   (https://docs.github.com/rest/releases/releases#get-the-latest-release)
 * @throws {UserError} if it does not answer with one
 */
export async function readLatest(url: string = LATEST_RELEASE): Promise<string> {
  const failed = (why: string, cause?: unknown) =>
    new UserError(`the newest version can't be asked for: ${why}`, {
      hint: `See ${REPOSITORY}/releases`,
      cause,
    });
  let answer: Response;
  let text: string;
  try {
    const headers = { accept: "application/vnd.github+json", "user-agent": `${PROGRAM}/${VERSION}` };
    answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
    text = await answer.text();
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw failed(reason instanceof Error ? reason.message : String(reason), error);
  }
  if (!answer.ok) throw failed(`${new URL(url).host} answered ${answer.status}`);
  const tag = /"tag_name"\s*:\s*"v?(\d+\.\d+\.\d+[^"\s]{0,40})"/.exec(text)?.[1];
  if (tag === undefined) throw failed(`${new URL(url).host} named no version`);
  return tag;
}
