/**
 * How this program is called again, by a service manager or by itself.
 *
 * @module
 */

import type { Environment, Os } from "../platform/environment.ts";
import { isAbsolute, joinPath, pathOfFileUrl } from "../platform/paths.ts";
import { PROGRAM, V8_FLAGS } from "../platform/program.ts";

/** What Deno says of the process. */
export interface Running {
  /** Whether it is a compiled program. */
  readonly isStandalone: boolean;
  /** The file that runs: the compiled program, or `deno`. */
  readonly executable: string;
  /** The URL of `main.ts`. */
  readonly mainModule: string;
}

/** What Deno says of this process. */
export function running(): Running {
  return {
    isStandalone: Deno.build.standalone,
    executable: Deno.execPath(),
    mainModule: Deno.mainModule,
  };
}

/**
 * The program, by an absolute path that will still be its own after an update, and what comes before its own arguments.
 *
 * @param sameFile whether two paths lead to one file
 */
export function ownCommand(
  { isStandalone, executable, mainModule }: Running,
  { os, get }: Pick<Environment, "os" | "get">,
  sameFile: (a: string, b: string) => boolean = isSameFile,
): readonly [string, ...string[]] {
  if (isStandalone) return [lastingPath(executable, os, get("PATH") ?? "", sameFile)];
  return [executable, ...sourceArguments(mainModule, os)];
}

/** The arguments of `deno` that run the program from its source. */
export function sourceArguments(mainModule: string, os: Os): readonly string[] {
  const main = pathOfFileUrl(mainModule, os);
  const folder = main.slice(0, main.lastIndexOf(os === "windows" ? "\\" : "/"));
  return [
    "run",
    "--quiet",
    `--v8-flags=${V8_FLAGS}`,
    "--permission-set=collector",
    "--no-prompt",
    `--config=${joinPath(os, folder, "deno.json")}`,
    main,
  ];
}

/**
 * Package managers keep each version in a folder of its own and link to the one in force: what is on the `PATH`, or
 * Scoop's folder `current`, lasts.
 */
function lastingPath(
  executable: string,
  os: Os,
  path: string,
  sameFile: (a: string, b: string) => boolean,
): string {
  const name = os === "windows" ? `${PROGRAM}.exe` : PROGRAM;
  const linked = path.split(os === "windows" ? ";" : ":").filter((folder) => isAbsolute(folder, os))
    .map((folder) => joinPath(os, folder, name));
  const current = executable.replace(/(\\scoop\\apps\\[^\\]+\\)[^\\]+(?=\\)/i, "$1current");
  return [...linked, current].find((candidate) =>
    candidate !== executable && sameFile(candidate, executable)
  ) ??
    executable;
}

function isSameFile(a: string, b: string): boolean {
  try {
    return Deno.realPathSync(a) === Deno.realPathSync(b);
  } catch {
    // What is not there, or can't be looked at, is none that lasts.
    return false;
  }
}
