/**
 * The mistakes of the command line, and the one place that turns any error into text and an exit code.
 *
 * @module
 */

import { EXIT, type ExitCode, UserError } from "../platform/user_error.ts";
import { sanitize } from "./sanitize.ts";
import { OutputClosed, type Terminal } from "./terminal.ts";

export { EXIT, UserError } from "../platform/user_error.ts";

/** The command line can't be understood. */
export class UsageError extends UserError {
  override readonly name = "UsageError";

  constructor(message: string, hint?: string) {
    super(message, { hint, exitCode: EXIT.wrongUsage });
  }
}

/** A second collector was started. */
export class AnotherCollectorError extends UserError {
  override readonly name = "AnotherCollectorError";

  /** @param who what is known of the one that runs: `process 4711, since 12:30` */
  constructor(who?: string) {
    super(`another collector is running${who === undefined ? "" : ` (${who})`}`, {
      hint:
        "It already syncs everything. See `devlog-collector status`, or end it with `devlog-collector stop`.",
      exitCode: EXIT.anotherCollector,
    });
  }
}

/** What the system says of a file or the network: its message has the path, and a stack would add nothing. */
const SYSTEM_ERRORS = [
  Deno.errors.NotFound,
  Deno.errors.PermissionDenied,
  Deno.errors.NotCapable,
  Deno.errors.AlreadyExists,
  Deno.errors.IsADirectory,
  Deno.errors.NotADirectory,
  Deno.errors.FilesystemLoop,
  Deno.errors.ConnectionRefused,
  Deno.errors.TimedOut,
] as const;

/** Prints any error on stderr: what happened, where, and what to do. Returns the exit code that fits it. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  // Who reads our output has seen enough (`query | head`): nothing went wrong.
  if (error instanceof OutputClosed) return EXIT.done;
  const { message, hint, exitCode } = describeError(error);
  terminal.err(`${terminal.errColour.red("error:")} ${sanitize(message, { lines: true })}\n`);
  if (hint !== undefined) terminal.err(`${sanitize(hint, { lines: true })}\n`);
  return exitCode;
}

/** An error as a person reads it. */
export interface ErrorText {
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: ExitCode;
}

/** What to tell of any error. */
export function describeError(error: unknown): ErrorText {
  if (error instanceof UserError) return error;
  if (error instanceof Error && SYSTEM_ERRORS.some((kind) => error instanceof kind)) {
    return { message: error.message, exitCode: EXIT.failed };
  }
  return {
    message: error instanceof Error ? stackOf(error) : String(error),
    hint: "This is a fault of devlog-collector. Please report it with the lines above.",
    exitCode: EXIT.failed,
  };
}

/** The stack of an error and of what caused it. */
function stackOf(error: Error): string {
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}
