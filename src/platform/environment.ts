/**
 * What the program takes from its surroundings, read once at the edge and handed on as a value.
 *
 * @module
 */

import { isAbsolute } from "./paths.ts";
import { EXIT, UserError } from "./user_error.ts";

/** The operating systems that the program knows. */
export type Os = "linux" | "darwin" | "windows";

/** The surroundings, as far as they decide where files are. */
export interface Environment {
  readonly os: Os;
  /** The user's home folder, absolute. */
  readonly home: string;
  /** In WSL: the home folders of Windows' users, as they are mounted. */
  readonly windowsHomes?: readonly string[];
  /** The value of an environment variable, `undefined` where it is unset or empty. */
  get(name: string): string | undefined;
}

/** The folder that an environment variable names; `undefined` where it names none, or a relative one: of what? */
export function folderNamed({ os, get }: Environment, name: string): string | undefined {
  const folder = get(name);
  return folder !== undefined && isAbsolute(folder, os) ? folder : undefined;
}

/** Those that say where the agents' and the program's own files are, and that a service would not have of a shell. */
export const SERVICE_NAMES = [
  "XDG_CONFIG_HOME",
  "VSCODE_PORTABLE",
  "DEVLOG_HOME",
  "CLAUDE_CONFIG_DIR",
  "CODEX_HOME",
  "COPILOT_HOME",
  "GEMINI_CLI_HOME",
  "PI_CODING_AGENT_DIR",
  "PI_CODING_AGENT_SESSION_DIR",
  "OPENCLAW_STATE_DIR",
  "CLAWDBOT_STATE_DIR",
  "OPENCLAW_HOME",
  "CLINE_DIR",
  "CLINE_DATA_DIR",
  "CONTINUE_GLOBAL_DIR",
  "KIMI_CODE_HOME",
  "KIMI_SHARE_DIR",
  "QWEN_HOME",
  "QWEN_RUNTIME_DIR",
  "OPENHANDS_PERSISTENCE_DIR",
  "OPENHANDS_CONVERSATIONS_DIR",
  "KIRO_HOME",
  "VIBE_HOME",
  "GOOSE_PATH_ROOT",
  "HERMES_HOME",
  "CRUSH_GLOBAL_DATA",
  "CURSOR_CONFIG_DIR",
  "FORGE_CONFIG",
  "GPTME_LOGS_HOME",
  "GROK_HOME",
  "FLATPAK_XDG_DATA_HOME",
  "XDG_DATA_HOME",
] as const;

/** The names of all environment variables that the program reads; the permission set in `deno.json` lists the same. */
export const ENVIRONMENT_NAMES = [
  ...SERVICE_NAMES,
  "HOME",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
  "XDG_RUNTIME_DIR",
  "PATH",
  "NO_COLOR",
  "FORCE_COLOR",
  "TERM",
  "COLUMNS",
] as const;

/**
 * Names that libraries ask for and must not get: the YAML parser would print its own work to stdout, and the client of
 * PostgreSQL connect to what they name. The permission set has them read as unset; without that, asking for them ends the
 * program.
 */
export const IGNORED_NAMES = [
  "LOG_STREAM",
  "LOG_TOKENS",
  "PG*",
  "USER",
  "USERNAME",
  "NODE_PG_FORCE_NATIVE",
] as const;

/** Reads an environment variable: `undefined` where it is unset, empty, or not to be read by this program. */
export type ReadVariable = (name: string) => string | undefined;

/** Reads the variables of {@link ENVIRONMENT_NAMES}, and no other: the permission set allows no other. */
export function readVariable(name: string): string | undefined {
  if (!(ENVIRONMENT_NAMES as readonly string[]).includes(name)) return undefined;
  return Deno.env.get(name) || undefined;
}

/** What the names of variables begin with that the configuration may refer to; the permission set lists the same. */
export const SECRET_PREFIX = "DEVLOG_";

/**
 * Reads an environment variable that the configuration names.
 *
 * @throws {UserError} if the permission set does not allow it
 */
export function readSecret(name: string): string | undefined {
  if (name.startsWith(SECRET_PREFIX)) return Deno.env.get(name) || undefined;
  throw new UserError(`the environment variable ${name} can't be read, but the configuration refers to it`, {
    hint: `Only names that begin with ${SECRET_PREFIX} are readable to this program: rename it.`,
    exitCode: EXIT.wrongUsage,
  });
}

/** The system that Deno names; those beyond the three are taken for Linux. */
export function knownOs(os: string): Os {
  return os === "darwin" || os === "windows" ? os : "linux";
}

/** The system that this runs on. */
export const THIS_OS: Os = knownOs(Deno.build.os);

/**
 * The surroundings of this process.
 *
 * @param os the operating system that Deno names
 * @param listFolders the names of the folders in a folder; none where there is no such folder
 * @throws {UserError} when no home folder is named, or by a relative path
 */
export function readEnvironment(
  read: ReadVariable = readVariable,
  os: string = THIS_OS,
  listFolders: (path: string) => readonly string[] = foldersIn,
): Environment {
  const known = knownOs(os);
  // On Windows HOME is set by Git Bash and MSYS alone, in a form that only they understand.
  const names = known === "windows" ? ["USERPROFILE", "HOME"] : ["HOME", "USERPROFILE"];
  const name = names.find((name) => read(name) !== undefined);
  const home = name === undefined ? undefined : read(name);
  if (name === undefined || home === undefined) {
    throw new UserError("no home folder is known: neither HOME nor USERPROFILE is set", {
      hint: `Set ${names[0]} to your home folder.`,
      exitCode: EXIT.wrongUsage,
    });
  }
  if (!isAbsolute(home, known)) {
    throw new UserError(`${name} is not an absolute path: ${JSON.stringify(home)}`, {
      hint: `Set ${name} to your home folder.`,
      exitCode: EXIT.wrongUsage,
    });
  }
  const windowsHomes = known === "linux" ? homesOfWindows(listFolders) : [];
  return { os: known, home, get: read, ...(windowsHomes.length > 0 && { windowsHomes }) };
}

/** Where WSL mounts the home folders of Windows' users. */
const WINDOWS_USERS = "/mnt/c/Users";

/** Folders there that are nobody's home. */
const NOBODY: ReadonlySet<string> = new Set(["All Users", "Default", "Default User", "Public"]);

function homesOfWindows(listFolders: (path: string) => readonly string[]): readonly string[] {
  return listFolders(WINDOWS_USERS).filter((name) => !NOBODY.has(name)).map((name) =>
    `${WINDOWS_USERS}/${name}`
  );
}

/** The names of the folders in a folder; none where it can't be read. */
function foldersIn(path: string): readonly string[] {
  try {
    return [...Deno.readDirSync(path)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return [];
    throw error;
  }
}
