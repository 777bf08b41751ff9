/**
 * The two worker threads as the main thread sees them: they are started when there is work and end when there is none.
 *
 * @module
 */

import type { StoreTrouble } from "../store/errors.ts";
import type { FromReader, FromWriter, ReadJob, ToReader, ToWriter, WriterCalls } from "./messages.ts";
import { Thread } from "./thread.ts";

/** How long to wait for a thread to end, ms; then the process ends without it. */
const STOP_TIME = 4_000;

/** The store can't be opened. */
export class StoreRefusedError extends Error {
  override readonly name = "StoreRefusedError";
  constructor(readonly reason: string, message: string) {
    super(message);
  }
}

/** Something that was asked of the writer could not be done; nothing of it is stored. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  constructor(readonly trouble: StoreTrouble, message: string) {
    super(message);
  }
}

/**
 * Whether an error says no more than that the store was replaced, or the collector ended, before something could be done:
 * whoever needs it done finds that out again.
 */
export function isOvertaken(error: unknown): boolean {
  return error instanceof WriteError && error.trouble !== "other";
}

/** A thread ended by a fault of the program. */
export class ThreadError extends Error {
  override readonly name = "ThreadError";
}

/** What the writer tells unasked. */
export type WriterNews = Extract<FromWriter, { kind: "applied" | "undone" | "recovered" }>;

/** A reader and a writer thread, connected. */
export class Pipeline {
  readonly #reader: Thread<ToReader, FromReader>;
  readonly #writer: Thread<ToWriter, FromWriter>;
  readonly #news: (news: WriterNews) => void;
  readonly #fail: (error: ThreadError) => void;
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  #nextCall = 1;
  readonly #opened = Promise.withResolvers<void>();
  readonly #readerStopped = Promise.withResolvers<void>();
  readonly #writerClosed = Promise.withResolvers<void>();

  /**
   * Starts both threads and opens the store.
   *
   * @param storePath path of the store; the lock must be held
   * @param news takes what the writer tells
   * @param fail is called when a thread ended by a fault; nothing more comes then
   */
  constructor(storePath: string, news: (news: WriterNews) => void, fail: (error: ThreadError) => void) {
    this.#news = news;
    this.#fail = fail;
    // Workers have no use for the network, for other programs or for the environment.
    const permissions = {
      read: true,
      write: true,
      net: false,
      run: false,
      env: false,
      ffi: false,
      sys: false,
    } as const;
    // `deno compile` embeds them by these literal names, each given to it as --include.
    const reader = new Worker(new URL("./reader_worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions },
    });
    const writer = new Worker(new URL("./writer_worker.ts", import.meta.url), {
      type: "module",
      // It looks how much of the disk is free, and what kind of disk it is.
      deno: { permissions: { ...permissions, sys: ["statfs"] } },
    });
    const failed = (event: ErrorEvent) =>
      this.#abandon(new ThreadError(`${event.message} (${event.filename}:${event.lineno})`));
    this.#reader = new Thread(reader, () => this.#readerStopped.resolve(), failed);
    this.#writer = new Thread(writer, (message) => this.#hear(message), failed);
    const { port1, port2 } = new MessageChannel();
    this.#reader.send({ kind: "connect", port: port1 }, [port1]);
    this.#writer.send({ kind: "open", path: storePath, port: port2 }, [port2]);
    // Whoever waits for it hears of it; nobody has to.
    this.#opened.promise.catch(() => {});
  }

  /**
   * Resolves when the store is open.
   *
   * @throws {StoreRefusedError}
   */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Has sources read. */
  read(jobs: readonly ReadJob[]): void {
    this.#reader.send({ kind: "read", jobs });
  }

  /** Has a source read next that was handed over and is not begun. */
  hurry(source: number): void {
    this.#reader.send({ kind: "hurry", source });
  }

  /**
   * Asks the writer for something.
   *
   * @throws {WriteError}
   */
  call<M extends keyof WriterCalls>(
    method: M,
    ...parameters: Parameters<WriterCalls[M]>
  ): Promise<ReturnType<WriterCalls[M]>> {
    const id = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as ReturnType<WriterCalls[M]>), reject });
      this.#writer.send({ kind: "call", id, method, arguments: parameters });
    });
  }

  /**
   * Ends both threads: what has been read is committed first.
   *
   * @param beforeClose is done after the reader has ended and before the store is closed
   * @returns `false` if a thread did not end in time; only `Deno.exit()` ends it then
   */
  async stop(beforeClose?: () => Promise<unknown>): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), STOP_TIME));
    const stopped = (async () => {
      this.#reader.send({ kind: "stop" });
      await this.#readerStopped.promise;
      await beforeClose?.().catch(() => {});
      this.#writer.send({ kind: "close" });
      await this.#writerClosed.promise;
      return true;
    })();
    const inTime = await Promise.race([stopped, timeout]);
    clearTimeout(timer);
    this.#reader.terminate();
    this.#writer.terminate();
    return inTime;
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case "opened":
        this.#opened.resolve();
        break;
      case "refused":
        this.#opened.reject(new StoreRefusedError(message.name, message.message));
        break;
      case "result":
        this.#take(message.id)?.resolve(message.result);
        break;
      case "error":
        this.#take(message.id)?.reject(new WriteError(message.trouble, message.message));
        break;
      case "closed":
        this.#writerClosed.resolve();
        break;
      case "recovered":
        this.#opened.resolve();
        this.#rejectAll(new WriteError("corrupt", message.message));
        this.#news(message);
        break;
      default:
        this.#news(message);
    }
  }

  #take(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #abandon(error: ThreadError): void {
    this.#opened.reject(error);
    this.#rejectAll(error);
    this.#readerStopped.resolve();
    this.#writerClosed.resolve();
    this.#fail(error);
  }
}
