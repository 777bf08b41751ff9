/**
 * Says what an error that ended the reading of a source means.
 *
 * @module
 */

import {
  SourceBusyError,
  SourceDamagedError,
  SourceGoneError,
  SourceRefusedError,
  SourceUnfinishedError,
} from "../sources/source_errors.ts";
import type { FileStamp } from "../sources/stamp.ts";
import type { Failure } from "../store/batch.ts";

/**
 * What an error that ended the reading of a source means for it.
 *
 * @param stamp how its file looked before it was opened
 */
export function failureOf(source: number, error: unknown, stamp?: FileStamp): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const kind = error instanceof SourceGoneError
    ? "gone"
    : error instanceof SourceBusyError
    ? "busy"
    : error instanceof SourceRefusedError
    ? "refused"
    : error instanceof SourceUnfinishedError
    ? "unfinished"
    : error instanceof SourceDamagedError
    ? "damaged"
    : "failed";
  return { source, kind, message, ...stamp !== undefined && { stamp } };
}
