/**
 * Drives the writer of the store as the program does: reads growing logs piece by piece, makes batches of them, commits
 * those or rolls them back, and starts again.
 *
 * @module
 */

import type { UnreadRecord } from "../../src/store/batch.ts";
import { BatchBuilder } from "../../src/store/batch_builder.ts";
import { NameNumbers } from "../../src/store/name_numbers.ts";
import type { EventDraft } from "../../src/events/event.ts";
import type { SourceEntry } from "../../src/store/source_table.ts";
import { type Applied, StoreWriter } from "../../src/store/writer.ts";
import { type Line, LINE_LENGTH, TINY, TinyParser } from "./tiny_agent.ts";

/** One source: its log, and how much of that its file has so far. */
export interface Log {
  readonly name: string;
  readonly rank: number;
  lines: readonly Line[];
  visible: number;
}

/** Where the reading of a source goes on. */
interface Place {
  offset: number;
  state: string;
  restarted: { readonly shrunk: boolean } | undefined;
}

const STAMP = { device: 1, inode: 1, birth: null, size: 0, mtime: 0, ctime: null };

/** A log as a source that was found. */
export function sourceEntry({ name, rank }: Log): SourceEntry {
  return {
    agent: TINY,
    root: "/root",
    twin: name,
    path: `/root/${name}`,
    relativePath: name,
    format: "jsonl",
    rank,
    stamp: STAMP,
    adapterVersion: 1,
    collectedFrom: 0,
  };
}

/** A record that could not be read. */
export const DAMAGED: UnreadRecord = {
  position: 0,
  length: 1,
  reason: "damaged:not_json",
  bytes: Uint8Array.of(1),
};

/** A reader and a writer of some logs. */
export class Driver {
  writer: StoreWriter;
  #builder = new BatchBuilder(new NameNumbers(), 8, 64);
  readonly ids: readonly number[];
  #places: (Place | undefined)[] = [];

  constructor(readonly path: string, readonly logs: readonly Log[]) {
    this.writer = this.#open();
    this.ids = this.writer.transaction(() => this.writer.register(logs.map(sourceEntry)));
  }

  /** Reads up to `count` lines of a source into the batch that is being made. */
  read(log: number, count: number, unread: readonly UnreadRecord[] = []): void {
    const { lines, visible } = this.logs[log]!;
    const place = this.#placeOf(log);
    const from = place.offset / LINE_LENGTH;
    const end = Math.min(visible, from + count);
    const firstRow = this.#builder.rows;
    const parser = new TinyParser((event) => this.#builder.add(TINY, event), place.state);
    for (let index = from; index < end; index++) parser.line(lines[index]!, index * LINE_LENGTH);
    const atEnd = end === visible;
    if (atEnd) parser.flush();
    const { restarted } = place;
    this.#places[log] = { offset: end * LINE_LENGTH, state: parser.state(), restarted: undefined };
    this.#addSegment(
      log,
      firstRow,
      from * LINE_LENGTH,
      end * LINE_LENGTH,
      parser.state(),
      atEnd,
      unread,
      restarted,
    );
  }

  /** Adds events to the batch as if a source had held them and nothing else. */
  addDrafts(log: number, drafts: readonly EventDraft[]): void {
    const firstRow = this.#builder.rows;
    for (const draft of drafts) this.#builder.add(TINY, draft);
    const { offset } = this.#placeOf(log);
    this.forgetPlace(log);
    this.#addSegment(log, firstRow, offset, offset + LINE_LENGTH, "[]", true, [], undefined);
  }

  /** Adds rows that do not continue what is committed. */
  readStale(log: number): void {
    const firstRow = this.#builder.rows;
    const position = 7_000;
    const parser = new TinyParser((event) => this.#builder.add(TINY, event));
    for (const key of ["a", "z"]) {
      parser.line(
        { does: "open", key, session: "stale", text: "stale", copied: false, complete: true },
        position,
      );
    }
    parser.flush();
    this.#addSegment(log, firstRow, position, position + LINE_LENGTH, "[]", true, [], undefined);
  }

  /** The next read of a source starts at its start: its file did not fit the cursor. */
  restart(log: number, shrunk: boolean): void {
    this.#places[log] = { offset: 0, state: "[]", restarted: { shrunk } };
  }

  /** The store is told to have a source read again. What was read of it and not yet committed is given up. */
  readAgain(log: number): void {
    this.commit();
    this.writer.transaction(() => this.writer.readAgain(this.ids[log]!, 0, 1));
    this.forgetPlace(log);
  }

  /** The next read of a source goes on from what is committed. */
  forgetPlace(log: number): void {
    this.#places[log] = undefined;
  }

  /** Commits what was read, after it was applied and rolled back `rollbacks` times. */
  commit(rollbacks = 0): Applied {
    const batch = this.#builder.take();
    this.writer.learn(batch);
    for (let round = 0; round < rollbacks; round++) {
      this.writer.begin();
      this.writer.apply(batch, 1);
      this.writer.rollback();
    }
    const applied = this.writer.transaction(() => this.writer.apply(batch, 1));
    return applied;
  }

  /** The process ends, with all that was not committed, and another one starts. */
  restartProcess(): void {
    this.writer.close();
    this.#builder = new BatchBuilder(new NameNumbers(), 8, 64);
    this.#places = [];
    this.writer = this.#open();
  }

  /** Lets all logs be there in full and reads what is missing of them. */
  finish(): void {
    this.logs.forEach((log, index) => {
      log.visible = log.lines.length;
      this.read(index, Infinity);
    });
    this.commit();
  }

  [Symbol.dispose](): void {
    this.writer.close();
  }

  #open(): StoreWriter {
    const writer = new StoreWriter(this.path);
    // Power is not cut in these tests, and they commit often.
    writer.database.exec("pragma synchronous = off");
    return writer;
  }

  #placeOf(log: number): Place {
    return this.#places[log] ??= this.#committed(log);
  }

  #committed(log: number): Place {
    const row = this.writer.database.prepare("select byte_offset, parser_state from sources where id = ?")
      .get(this.ids[log]!)!;
    return {
      offset: row.byte_offset as number,
      state: row.parser_state as string | null ?? "[]",
      restarted: undefined,
    };
  }

  #addSegment(
    log: number,
    firstRow: number,
    from: number,
    offset: number,
    parserState: string,
    atEnd: boolean,
    unread: readonly UnreadRecord[],
    restarted: Place["restarted"],
  ): void {
    this.#builder.addSegment({
      source: this.ids[log]!,
      firstRow,
      endRow: this.#builder.rows,
      from,
      ...restarted === undefined ? {} : { restarted },
      cursor: { offset, headLength: 0, headHash: 0, tailHash: 0 },
      stamp: STAMP,
      readAt: 1,
      parserState,
      atEnd,
      unread,
      leftOut: 0,
      filter: "",
      isRereading: false,
    });
  }
}
