/**
 * What is wrong with a configuration, and where.
 *
 * @module
 */

import { EXIT, UserError } from "../platform/user_error.ts";

/** One mistake in the file. */
export interface ConfigProblem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** The path of the key, with dots; empty where the file as a whole is meant. */
  readonly key: string;
  /** What was expected and what was found. */
  readonly message: string;
}

/** A mistake on one line: `config.yaml:8:11 sync.initial_sync_days: expected …, found …`. */
export function formatProblem(path: string, { line, column, key, message }: ConfigProblem): string {
  const file = path.split(/[\\/]/).at(-1);
  return `${file}:${line}:${column} ${key === "" ? "" : `${key}: `}${message}`;
}

/** The configuration can't be used. It names every mistake at once. */
export class ConfigError extends UserError {
  override readonly name = "ConfigError";
  readonly path: string;
  readonly problems: readonly ConfigProblem[];
  /** `storage.path` of the file, if that alone is sound: the store is there in spite of the mistakes. */
  readonly storagePath: string | undefined;

  /**
   * @param path the file
   * @param problems at least one, in the order of the file
   */
  constructor(
    path: string,
    problems: readonly ConfigProblem[],
    options: ErrorOptions & { readonly storagePath?: string } = {},
  ) {
    const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
    const lines = problems.map((problem) => `  ${formatProblem(path, problem)}`);
    super([`${count} in the configuration ${path}`, ...lines].join("\n"), {
      ...options,
      hint: "Correct the file, then check it with `devlog-collector config validate`.",
      exitCode: EXIT.wrongUsage,
    });
    this.path = path;
    this.problems = problems;
    this.storagePath = options.storagePath;
  }
}
