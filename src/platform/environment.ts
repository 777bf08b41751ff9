/**
 * What the program takes from its surroundings, read once at the edge and handed on as a value.
 *
 * @module
 */

/** The operating systems that the program knows. */
export type Os = "linux" | "darwin" | "windows";

/** The surroundings, as far as they decide where files are. */
export interface Environment {
  readonly os: Os;
  /** The user's home folder, absolute. */
  readonly home: string;
  /** The value of an environment variable, `undefined` where it is unset or empty. */
  get(name: string): string | undefined;
}

/** The names of all environment variables that the program reads; the permission set in `deno.json` lists the same. */
export const ENVIRONMENT_NAMES = [
  "HOME",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
  "XDG_CONFIG_HOME",
  "DEVLOG_HOME",
  "CLAUDE_CONFIG_DIR",
  "CODEX_HOME",
  "NO_COLOR",
  "FORCE_COLOR",
  "TERM",
  "COLUMNS",
] as const;
