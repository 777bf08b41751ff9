/**
 * Keeps records that could not be read, so that a later version can still read them when the agent has deleted the file.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Segment } from "./batch.ts";

/** How many compressed bytes are kept at the most; the oldest go first. */
export const UNREAD_LIMIT = 256 * 1024 * 1024;

/** What a later adapter may be able to read: what is damaged none ever can. */
export const IS_KEPT = "reason not like 'damaged:%'";

/** The table `unread_records`. All methods want an open write transaction. */
export class UnreadTable {
  readonly #put: StatementSync;
  readonly #known: StatementSync;
  readonly #kept: StatementSync;
  readonly #oldest: StatementSync;
  readonly #delete: StatementSync;
  readonly #clear: StatementSync;
  readonly #size: StatementSync;

  /** @param counters `bytes` is kept up to date; the caller stores it before each commit */
  constructor(
    database: DatabaseSync,
    readonly counters: { unreadBytes: number },
    readonly limit = UNREAD_LIMIT,
  ) {
    this.#put = database.prepare(
      "insert into unread_records (source, position, length, reason, adapter_version, bytes) values (?, ?, ?, ?, ?, ?)",
    );
    this.#known = database.prepare(
      "select id, octet_length(bytes) as bytes from unread_records where source = ? and position = ?",
    );
    this.#kept = database.prepare(
      `select id, octet_length(bytes) as bytes from unread_records where source = ? and ${IS_KEPT}`,
    );
    this.#oldest = database.prepare(
      "select id, octet_length(bytes) as bytes from unread_records order by id limit 16",
    );
    this.#delete = database.prepare("delete from unread_records where id = ?");
    this.#clear = database.prepare("delete from unread_records where source = ?");
    this.#size = database.prepare(
      "select coalesce(sum(octet_length(bytes)), 0) as bytes from unread_records where source = ?",
    );
  }

  /** Stores the unread records of a segment and returns how many of them are new. */
  take(segment: Segment, adapterVersion: number): number {
    let added = 0;
    for (const record of segment.unread) {
      const known = this.#known.get(segment.source, record.position);
      if (known !== undefined) this.#remove(known.id as number, known.bytes as number);
      else added++;
      const { position, length, reason, bytes } = record;
      this.#put.run(segment.source, position, length, reason, adapterVersion, bytes);
      this.counters.unreadBytes += bytes.length;
    }
    while (this.counters.unreadBytes > this.limit) {
      const oldest = this.#oldest.all();
      if (oldest.length === 0) break;
      for (const { id, bytes } of oldest) {
        if (this.counters.unreadBytes > this.limit) this.#remove(id as number, bytes as number);
      }
    }
    return added;
  }

  /** Takes the records that were kept for a later adapter away, as that has come; says how many there were. */
  recall(source: number): number {
    const records = this.#kept.all(source);
    for (const { id, bytes } of records) this.#remove(id as number, bytes as number);
    return records.length;
  }

  /** Forgets the unread records of a source: its file is read again and holds them still. */
  clear(source: number): void {
    this.counters.unreadBytes -= this.#size.get(source)!.bytes as number;
    this.#clear.run(source);
  }

  #remove(id: number, bytes: number): void {
    this.#delete.run(id);
    this.counters.unreadBytes -= bytes;
  }
}
