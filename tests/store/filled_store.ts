/**
 * Makes stores that hold given events, through the writer as it is.
 *
 * @module
 */

import type { EventDraft } from "../../src/events/event.ts";
import type { Segment } from "../../src/store/batch.ts";
import { BatchBuilder } from "../../src/store/batch_builder.ts";
import { NameNumbers } from "../../src/store/name_numbers.ts";
import type { SourceEntry } from "../../src/store/source_table.ts";
import { StoreWriter } from "../../src/store/writer.ts";

/** A draft of which only what matters is said. */
export function draft(given: Partial<EventDraft> & { readonly key: string }): EventDraft {
  return {
    type: "llm_request",
    anchor: "anchor",
    revision: 1,
    position: 0,
    complete: true,
    timestamp: 1_000,
    sessionId: "session-a",
    data: { prompt: given.key },
    ...given,
  } as EventDraft;
}

/** A source as it is found, of which only what matters is said. */
export function entry(twin: string, given: Partial<SourceEntry> = {}): SourceEntry {
  return {
    agent: "claude-code",
    root: "/root",
    twin,
    path: `/root/${twin}`,
    relativePath: twin,
    format: "jsonl",
    rank: 0,
    stamp: { device: 1, inode: 1, birth: null, size: 100, mtime: 500, ctime: null },
    adapterVersion: 1,
    collectedFrom: 0,
    ...given,
  };
}

/** Fills a store. */
export class StoreFiller {
  readonly writer: StoreWriter;
  readonly #builder = new BatchBuilder(new NameNumbers());

  constructor(path: string) {
    this.writer = new StoreWriter(path);
    this.writer.database.exec("pragma synchronous = off");
  }

  /** Registers a source and returns its id. */
  source(entry: SourceEntry): number {
    return this.writer.transaction(() => this.writer.register([entry]))[0]!;
  }

  /** Commits drafts as what a source says from its start to its end. */
  commit(source: number, agent: string, drafts: readonly EventDraft[], more: Partial<Segment> = {}): void {
    for (const draft of drafts) this.#builder.add(agent, draft);
    this.#builder.addSegment({
      source,
      firstRow: 0,
      endRow: drafts.length,
      from: 0,
      cursor: { offset: 100, headLength: 100, headHash: 1, tailHash: 2 },
      stamp: { device: 1, inode: 1, birth: null, size: 100, mtime: 500, ctime: null },
      readAt: 9_000,
      parserState: "{}",
      atEnd: true,
      unread: [],
      leftOut: 0,
      filter: "",
      isRereading: false,
      ...more,
    });
    const batch = this.#builder.take();
    this.writer.learn(batch);
    this.writer.transaction(() => this.writer.apply(batch, 10_000));
  }

  [Symbol.dispose](): void {
    this.writer.close();
  }
}
