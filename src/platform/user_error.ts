/**
 * Errors that a person can put right, and the exit codes. All stages throw them; only the command line prints them.
 *
 * @module
 */

/** The exit codes of the program. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  anotherCollector: 3,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** What a {@link UserError} says beside its message. */
export interface UserErrorOptions extends ErrorOptions {
  /** What to do about it, in one or more sentences; each line is printed as one. */
  readonly hint?: string;
  /** @default {EXIT.failed} */
  readonly exitCode?: ExitCode;
}

/** Something that a person can put right: what happened and where (`message`), and what to do (`hint`). */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options);
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}
