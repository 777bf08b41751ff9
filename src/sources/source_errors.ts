/**
 * Why a source could not be read. Each kind calls for its own answer, so each is a class.
 *
 * @module
 */

/** A source could not be read. */
export abstract class SourceError extends Error {}

/** The file is no longer there. What was read from it stays. */
export class SourceGoneError extends SourceError {
  override readonly name = "SourceGoneError";

  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is no longer there`, options);
  }
}

/** Why a file is not read although it is there. */
export type RefusalReason = "link" | "not_regular" | "outside_root" | "changed" | "permission" | "compressed";

const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  link: "is a link; only regular files are read",
  not_regular: "is not a regular file",
  outside_root: "lies outside its agent's folder; links out of it are not followed",
  changed: "was replaced while it was being opened",
  permission: "may not be read by this user",
  compressed: "is compressed with zstd, which this build can't read",
};

/** The file may not be read. */
export class SourceRefusedError extends SourceError {
  override readonly name = "SourceRefusedError";
  readonly reason: RefusalReason;

  constructor(path: string, reason: RefusalReason, options?: ErrorOptions) {
    super(`${path} ${REFUSALS[reason]}`, options);
    this.reason = reason;
  }
}

/** The file can't be read now: another program holds it, too many files are open, or the disk fails. Try again later. */
export class SourceBusyError extends SourceError {
  override readonly name = "SourceBusyError";

  constructor(path: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : "";
    super(`${path} can't be read now${why}`, options);
  }
}

/** A document is no whole one: it is being written, or was left so. Nothing of it has been handed over. */
export class SourceUnfinishedError extends SourceError {
  override readonly name = "SourceUnfinishedError";

  constructor(path: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : "";
    super(`${path} is not a whole JSON document${why}`, options);
  }
}

/** A file is cut or damaged. All that could be read before the damage has been handed over. */
export class SourceDamagedError extends SourceError {
  override readonly name = "SourceDamagedError";

  constructor(path: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : "";
    super(`${path} is cut or damaged${why}`, options);
  }
}

/**
 * What an error of the system means for the source that stands at `path`. Only what the system calls not found is gone:
 * on Windows a file that another program holds gives a sharing violation, which Deno knows as busy or by no kind at all.
 */
export function sourceErrorOf(path: string, cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause;
  if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) {
    return new SourceGoneError(path, { cause });
  }
  if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
    return new SourceRefusedError(path, "permission", { cause });
  }
  return new SourceBusyError(path, { cause });
}
