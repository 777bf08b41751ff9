/**
 * The writer thread: commits batches and what the main thread asks for. It has the only read-write connection of the
 * process.
 *
 * History is committed in large transactions; a transaction ends at once when a live event or the main thread waits.
 *
 * @module
 */

import { classifyTrouble } from "../store/errors.ts";
import type { Batch, Failure, Segment } from "../store/batch.ts";
import { shrinkPayload } from "../store/batch_builder.ts";
import { collectGarbage } from "../platform/garbage.ts";
import { recoverStore } from "../store/recover.ts";
import { StoreWriter } from "../store/writer.ts";
import type { BatchMessage, FromWriter, LostSegment, ToWriter } from "./messages.ts";
import { nextTurn } from "./next_turn.ts";
import { writerCalls } from "./writer_calls.ts";

/** A transaction of history ends after so many rows … */
const TRANSACTION_ROWS = 16_000;
/** … or after so long, ms, so that nobody who waits for the store waits longer … */
const TRANSACTION_TIME = 150;
/** … or when no batch came for so long, ms. */
const PATIENCE = 10;
/** Garbage is collected when so many bytes were written since the last time, … */
const GARBAGE_BYTES = 32 << 20;
/** … and at once behind a batch with a payload of more. */
const HUGE = 4 << 20;

type Call = Extract<ToWriter, { kind: "call" }>;

/** Writes the store. */
export class WriterLoop {
  readonly #path: string;
  readonly #port: MessagePort;
  readonly #tell: (message: FromWriter) => void;
  #store!: StoreWriter;
  readonly #calls: Call[] = [];
  readonly #live: BatchMessage[] = [];
  readonly #history: BatchMessage[] = [];
  /** What is in the open transaction. */
  #accepted: { segment: Segment; events: number }[] = [];
  #stale: LostSegment[] = [];
  #failures: Failure[] = [];
  #rows = 0;
  /** Bytes since garbage was collected. */
  #applied = 0;
  #openedAt = 0;
  #isRunning = false;
  #isClosing = false;
  /** The store was replaced: what is under way belongs to the old one. */
  #isReplaced = false;

  /**
   * @param port to the reader
   * @param tell takes messages to the main thread
   */
  constructor(path: string, port: MessagePort, tell: (message: FromWriter) => void) {
    this.#path = path;
    this.#port = port;
    this.#tell = tell;
    port.onmessage = ({ data }: MessageEvent<BatchMessage>) => {
      if (this.#isReplaced) return;
      this.#store.learn(data.batch);
      (data.isLive ? this.#live : this.#history).push(data);
      this.#start();
    };
  }

  /** Opens the store, or makes it; a damaged one is moved aside and what can be read of it is taken over. */
  open(): void {
    try {
      this.#store = new StoreWriter(this.#path);
    } catch (error) {
      if (classifyTrouble(error) !== "corrupt") {
        this.#tell({
          kind: "refused",
          name: error instanceof Error ? error.name : "Error",
          message: error instanceof Error ? error.message : String(error),
        });
        return;
      }
      this.#recover(error);
      return;
    }
    this.#tell({ kind: "opened" });
  }

  /** Takes a call. */
  call(call: Call): void {
    this.#calls.push(call);
    this.#start();
  }

  /** Commits what there is and closes the store. */
  async close(): Promise<void> {
    this.#isClosing = true;
    while (this.#isRunning) await nextTurn();
    this.#store?.close();
    this.#tell({ kind: "closed" });
  }

  #start(): void {
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      const call = this.#calls.shift();
      if (call !== undefined) {
        this.#commit();
        this.#perform(call);
      } else if (this.#live.length > 0) {
        // Together with what of history is in the open transaction: one commit is sooner there than two.
        while (this.#live.length > 0) this.#apply(this.#live.shift()!);
        this.#commit();
      } else if (this.#history.length > 0) {
        this.#apply(this.#history.shift()!);
        if (this.#rows >= TRANSACTION_ROWS || performance.now() - this.#openedAt >= TRANSACTION_TIME) {
          this.#commit();
        }
      } else if (this.#accepted.length > 0 || this.#failures.length > 0) {
        await this.#waitForMore();
        if (this.#history.length === 0 || this.#isClosing) this.#commit();
        continue;
      } else {
        break;
      }
      await nextTurn();
    }
    this.#isRunning = false;
  }

  /** Waits a moment for the next batch: a commit costs more than the wait. */
  async #waitForMore(): Promise<void> {
    const until = performance.now() + PATIENCE;
    while (
      this.#history.length + this.#live.length + this.#calls.length === 0 && !this.#isClosing &&
      performance.now() < until
    ) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #apply(message: BatchMessage): void {
    const { batch } = message;
    try {
      if (!this.#store.isOpen) {
        this.#store.begin();
        this.#openedAt = performance.now();
        this.#rows = 0;
      }
      const applied = this.#store.apply(batch, Date.now());
      for (const segment of applied.accepted) {
        this.#accepted.push({ segment, events: segment.endRow - segment.firstRow });
      }
      this.#stale.push(...applied.stale);
      this.#failures.push(...applied.failures);
      this.#rows += batch.rows;
    } catch (error) {
      this.#undo(error, batch);
    }
    // A row takes more than its payload: what SQLite is given of it are values of their own.
    this.#applied += batch.payload.length + 256 * batch.rows;
    const isGarbageDue = batch.payload.length > HUGE || this.#applied >= GARBAGE_BYTES;
    shrinkPayload(batch);
    this.#port.postMessage(message, [batch.columns.buffer, batch.ids.buffer, batch.payload.buffer]);
    if (!isGarbageDue) return;
    this.#applied = 0;
    collectGarbage();
  }

  #commit(): void {
    if (!this.#store.isOpen) return;
    try {
      this.#store.commit();
    } catch (error) {
      this.#undo(error);
      return;
    }
    this.#tell({
      kind: "applied",
      progress: this.#accepted.map(({ segment, events }) => ({
        source: segment.source,
        cursor: segment.cursor,
        stamp: segment.stamp,
        readAt: segment.readAt,
        atEnd: segment.atEnd,
        events,
        leftOut: segment.leftOut,
        filter: segment.filter,
        isRereading: segment.isRereading,
      })),
      stale: this.#stale.map(lostSegment),
      failures: this.#failures,
    });
    this.#forgetTransaction();
  }

  /** Undoes the open transaction and tells which segments are lost; their cursors stand where they stood. */
  #undo(error: unknown, batch?: Batch): void {
    const trouble = classifyTrouble(error);
    const message = error instanceof Error ? error.message : String(error);
    const lost = [...this.#accepted.map(({ segment }) => segment), ...this.#stale, ...batch?.segments ?? []];
    const failures = [...this.#failures, ...batch?.failures ?? []];
    if (trouble === "corrupt") {
      this.#recover(error);
      return;
    }
    this.#store.rollback();
    this.#forgetTransaction();
    this.#tell({ kind: "undone", trouble, message, lost: lost.map(lostSegment), failures });
  }

  #forgetTransaction(): void {
    this.#accepted = [];
    this.#stale = [];
    this.#failures = [];
  }

  /** Replaces the damaged store. Both threads are started anew then: the batches under way fit the old one alone. */
  #recover(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#store?.close();
    recoverStore(this.#path, Date.now());
    this.#store = new StoreWriter(this.#path);
    this.#isReplaced = true;
    this.#live.length = this.#history.length = this.#calls.length = 0;
    this.#forgetTransaction();
    this.#tell({ kind: "recovered", message });
  }

  #perform({ id, method, arguments: parameters }: Call): void {
    if (method === "recover") {
      if (!this.#isReplaced) this.#recover(new Error(String(parameters[0])));
      return;
    }
    try {
      const calls = writerCalls(this.#store);
      const run = calls[method] as (...parameters: readonly unknown[]) => unknown;
      const result = method === "checkpoint" ? run() : this.#store.transaction(() => run(...parameters));
      this.#tell({ kind: "result", id, result });
    } catch (error) {
      const trouble = classifyTrouble(error);
      if (trouble === "corrupt") this.#recover(error);
      else {this.#tell({
          kind: "error",
          id,
          trouble,
          message: error instanceof Error ? error.message : String(error),
        });}
    }
  }
}

function lostSegment({ source, atEnd, stamp }: LostSegment): LostSegment {
  return { source, atEnd, stamp };
}
