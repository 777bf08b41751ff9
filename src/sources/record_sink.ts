/**
 * What takes the records of a source.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";

/** Why bytes of a source are no record. */
export type DamageReason =
  /** Not JSON, also after a search for a record inside it. */
  | "not_json"
  /** JSON, but a list or a scalar. */
  | "not_object"
  /** Longer than the limit; it was not decoded. */
  | "too_long"
  /** A run of zero bytes, as a writer leaves behind that goes on after its file was truncated. */
  | "nul_run";

/** At most so many bytes of what is damaged are handed over. */
export const DAMAGE_LENGTH = 65536;

/** The bytes of a record that stands nowhere as such. */
export const NO_BYTES = (): Uint8Array => new Uint8Array(0);

/** Takes what is read from a source, in the order of its bytes. Positions are byte offsets in the (decompressed) content, and numbers made of their keys for records of a database. */
export interface RecordSink {
  /**
   * Takes one record.
   *
   * @param record its parsed JSON
   * @param position where it begins
   * @param length how many bytes of it are at hand
   * @param raw gives those, from `{` to `}`; valid only during the call
   */
  record(record: JsonObject, position: number, length: number, raw: () => Uint8Array): void;
  /**
   * Takes note of bytes that are no record.
   *
   * @param position where they begin
   * @param length how many they are
   * @param reason why they are no record
   * @param raw the first {@link DAMAGE_LENGTH} of them, none for a run of zeros; valid only during the call
   */
  damaged(position: number, length: number, reason: DamageReason, raw: Uint8Array): void;
  /** A conversation of a database begins; it may have been begun before and is told anew then. */
  begin?(): void;
  /** The conversation has been told whole. */
  end?(): void;
  /** So many conversations were not read, because they are older than asked for. */
  leaveOut?(count: number): void;
}
