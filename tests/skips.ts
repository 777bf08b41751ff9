/**
 * The closed list of what a test may need beyond Deno. A test that can't run here is skipped only through it:
 *
 * ```ts
 * Deno.test({
 *   name: "sync opens no unchanged file [needs strace]",
 *   ...skipUnless("strace"),
 *   fn: async () => { … },
 * });
 * ```
 *
 * The mark in the name is what the runner (`scripts/test.ts`) holds the report against: a skipped test without one, or
 * one whose preconditions all hold, is a failure.
 *
 * @module
 */

import { canMakeKit, findKit } from "../scripts/kit.ts";

/** Something outside of Deno that a test may need. */
interface Precondition {
  /** Why a test that needs it can't run without it, for people. */
  readonly reason: string;
  /** Looks whether it is there; called once in each process. */
  readonly probe: () => boolean;
}

const PRECONDITIONS = {
  "actionlint": {
    reason: "actionlint is not installed",
    probe: () => succeeds("actionlint", "-version"),
  },
  "bash": {
    reason: "bash is not installed",
    probe: () => succeeds("bash", "--version"),
  },
  "binary": {
    reason: "no compiled program is named by DEVLOG_BIN",
    probe: () => Boolean(Deno.env.get("DEVLOG_BIN")),
  },
  "compile-kit": {
    reason: "no compile kit in DEVLOG_KIT, and none can be made here",
    probe: () => findKit() !== undefined || canMakeKit(),
  },
  "deno-odd-names": {
    reason: "the Deno that runs the program does not list files whose names are no UTF-8 (before 2.7)",
    probe: programIsCurrent,
  },
  "deno-zstd": {
    reason: "the Deno that runs the program has no zstd (before 2.7)",
    probe: programIsCurrent,
  },
  "dpkg": {
    reason: "dpkg, with dpkg-deb, is not installed",
    probe: () => succeeds("dpkg-deb", "--version") && succeeds("dpkg", "--version"),
  },
  "fish": {
    reason: "fish is not installed",
    probe: () => succeeds("fish", "--version"),
  },
  "go": {
    reason: "go is not installed",
    probe: () => succeeds("go", "version"),
  },
  "linux-x64": {
    reason: "this machine is not a Linux on x86-64",
    probe: () => Deno.build.os === "linux" && Deno.build.arch === "x86_64",
  },
  "mandoc": {
    reason: "mandoc is not installed",
    probe: () => succeeds("mandoc", "-T", "ascii", "/dev/null"),
  },
  "not-root": {
    reason: "root may read and write whatever the mode of a file says",
    probe: () => Deno.build.os === "windows" || Deno.uid() !== 0,
  },
  "npm": {
    reason: "npm is not installed",
    probe: () => succeeds("npm", "--version"),
  },
  "openssl": {
    reason: "openssl is not installed",
    probe: () => succeeds("openssl", "version"),
  },
  "otelcol": {
    reason: "no OpenTelemetry Collector in DEVLOG_OTELCOL, on the PATH, or to be made here",
    probe: () => findCollector() !== undefined,
  },
  "postgres": {
    reason: "no PostgreSQL server is installed",
    probe: () => findPostgres() !== undefined,
  },
  "pty": {
    reason: "script of util-linux, which gives a program a terminal, is not installed",
    probe: () => succeeds("script", "--quiet", "--return", "--command", "true", "/dev/null"),
  },
  "pwsh": {
    reason: "PowerShell is not installed",
    probe: () => succeeds("pwsh", "-Version"),
  },
  "ruby": {
    reason: "ruby is not installed",
    probe: () => succeeds("ruby", "--version"),
  },
  "strace": {
    reason: "strace is not installed or may not trace",
    probe: () => succeeds("strace", "-o", "/dev/null", "true"),
  },
  "systemd-analyze": {
    reason: "systemd-analyze is not installed",
    probe: () => succeeds("systemd-analyze", "--version"),
  },
  "unix": {
    reason: "Windows has no modes, links and signals of this kind",
    probe: () => Deno.build.os !== "windows",
  },
  "unzip": {
    reason: "unzip is not installed",
    probe: () => succeeds("unzip", "-v"),
  },
  "user-manager": {
    reason: "systemd can't be started here as a user's manager (it looks for /run/systemd/system)",
    probe: () => succeeds("systemd-analyze", "--version") && isFolder("/run/systemd/system"),
  },
  "user-namespaces": {
    reason: "this machine gives no user namespaces (unshare -Urm)",
    probe: () => succeeds("unshare", "-Urm", "true"),
  },
  "xmllint": {
    reason: "xmllint is not installed",
    probe: () => succeeds("xmllint", "--version"),
  },
  "zsh": {
    reason: "zsh is not installed",
    probe: () => succeeds("zsh", "--version"),
  },
  "zstd": {
    reason: "zstd is not installed",
    probe: () => succeeds("zstd", "--version"),
  },
} as const satisfies Record<string, Precondition>;

/** Where an OpenTelemetry Collector is, `undefined` if there is none. */
export function findCollector(): string | undefined {
  const named = Deno.env.get("DEVLOG_OTELCOL");
  return [named, "otelcol", "otelcol-contrib"].find((path) => path && succeeds(path, "components"));
}

/** The folder of PostgreSQL's programs, `undefined` if there is none. */
export function findPostgres(): string | undefined {
  const folders = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"].flatMap((folder) => {
    try {
      return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}/bin`).sort().reverse();
    } catch {
      return [];
    }
  });
  return folders.find((folder) => succeeds(`${folder}/initdb`, "--version"));
}

/** The name of a precondition. */
export type PreconditionName = keyof typeof PRECONDITIONS;

const known = new Map<PreconditionName, boolean>();

/** Whether a precondition holds on this machine. */
export function holds(name: PreconditionName): boolean {
  let answer = known.get(name);
  if (answer === undefined) {
    answer = PRECONDITIONS[name].probe();
    known.set(name, answer);
  }
  return answer;
}

/** The option of `Deno.test` that skips it unless all the named preconditions hold. */
export function skipUnless(...names: readonly PreconditionName[]): { readonly ignore: boolean } {
  return { ignore: !names.every(holds) };
}

/** What speaks for a skip, or against it. */
export type SkipVerdict =
  | { readonly allowed: true; readonly reason: string }
  | { readonly allowed: false; readonly complaint: string };

/**
 * Says whether a test of that name was rightly skipped, from the marks `[needs NAME]` in its name.
 *
 * @param isMet tells whether a precondition holds
 */
export function judgeSkip(testName: string, isMet: (name: PreconditionName) => boolean = holds): SkipVerdict {
  const names = [...testName.matchAll(/\[needs ([^\]]+)\]/g)].map((match) => match[1]!);
  if (names.length === 0) {
    return { allowed: false, complaint: "skipped without a mark [needs …] in its name" };
  }
  const stranger = names.find((name) => !Object.hasOwn(PRECONDITIONS, name));
  if (stranger !== undefined) {
    return { allowed: false, complaint: `"${stranger}" is not on the list in tests/skips.ts` };
  }
  const missing = (names as PreconditionName[]).filter((name) => !isMet(name));
  if (missing.length === 0) {
    return {
      allowed: false,
      complaint: `skipped although this machine has what it needs: ${names.join(", ")}`,
    };
  }
  return { allowed: true, reason: missing.map((name) => PRECONDITIONS[name].reason).join("; ") };
}

/**
 * Whether it is Deno 2.7 or later that runs the program: the one that `DEVLOG_BIN` was compiled with, else this one.
 * The compile kit's is older.
 */
function programIsCurrent(): boolean {
  const binary = Deno.env.get("DEVLOG_BIN");
  let version = Deno.version.deno;
  if (binary !== undefined && binary !== "") {
    const { stdout } = new Deno.Command(binary, { args: ["version", "--format", "json"] }).outputSync();
    version = JSON.parse(new TextDecoder().decode(stdout)).deno;
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || minor >= 7;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function succeeds(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
