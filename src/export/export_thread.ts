/**
 * The exporter's thread as the main thread sees it: there while there is something to deliver, and as soon as there is
 * again.
 *
 * @module
 */

import { VERSION } from "../platform/program.ts";
import { collectGarbage } from "../platform/garbage.ts";
import { THIS_OS } from "../platform/environment.ts";
import { ThreadError, WriteError } from "../sync/pipeline.ts";
import type { WriterCalls } from "../sync/messages.ts";
import { Thread } from "../sync/thread.ts";
import type { Delivery, FromExporter, Remotes, ToExporter } from "./messages.ts";

/** The thread ends when there was nothing to do for so long, ms. */
const IDLE_TIME = 30_000;
/** How long to wait for the thread to end, ms. */
const STOP_TIME = 4_000;
/** A thread that ended by a fault is started anew after so long, ms. */
const FAULT_PAUSE = 10_000;
/** The longest time that a timer can have, ms. */
const LONGEST = 2 ** 31 - 1;

/** What the thread needs. */
export interface ExportContext {
  readonly storePath: string;
  /** Asks the writer for something. */
  readonly call: <M extends keyof WriterCalls>(
    method: M,
    ...parameters: Parameters<WriterCalls[M]>
  ) => Promise<ReturnType<WriterCalls[M]>>;
  /** The store could not be read. */
  readonly onUnreadable: (error: Error) => void;
  /** The thread ended by a fault. */
  readonly onFault: (error: Error) => void;
}

/** What was asked for last. */
interface Configuration {
  readonly remotes: Remotes;
  readonly batchSize: number;
}

/** Delivers. */
export class ExportThread {
  readonly #context: ExportContext;
  #thread: Thread<ToExporter, FromExporter> | undefined;
  #configuration: Configuration | undefined;
  #isLive = false;
  #nextId = 1;
  readonly #deliveries = new Map<
    number,
    { resolve: (delivery: Delivery) => void; reject: (error: Error) => void }
  >();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped: (() => void) | undefined;
  #isStopping = false;

  constructor(context: ExportContext) {
    this.#context = context;
  }

  /**
   * These are the remotes now.
   *
   * @param isLive deliver by itself to those that are configured so
   */
  configure(remotes: Remotes, batchSize: number, isLive: boolean): void {
    this.#configuration = { remotes, batchSize };
    this.#isLive = isLive;
    if (this.#thread !== undefined || this.#delivers()) this.#start(true);
  }

  /** Something was committed. */
  wake(): void {
    if (!this.#delivers()) return;
    if (this.#thread === undefined) this.#start(false);
    else {
      clearTimeout(this.#timer);
      this.#thread.send({ kind: "wake" });
    }
  }

  /** Delivers what there is to one remote; `again` also what it has had. @throws {Error} if there is no such remote */
  deliver(name: string, again: boolean): Promise<Delivery> {
    const thread = this.#thread ?? this.#start(false);
    clearTimeout(this.#timer);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#deliveries.set(id, { resolve, reject });
      thread.send({ kind: "deliver", id, name, again });
    });
  }

  /** The store was replaced: what the thread knows is of the old one. */
  async restart(): Promise<void> {
    await this.#end();
    if (this.#delivers()) this.#start(false);
  }

  /** Ends it for good. What is under way is sent again next time. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#end();
  }

  /** Whether there is a remote that is delivered to by itself. */
  #delivers(): boolean {
    return this.#isLive && !this.#isStopping &&
      Object.values(this.#configuration?.remotes ?? {}).some(({ enabled, auto_sync }) =>
        enabled && auto_sync
      );
  }

  #start(isNew: boolean): Thread<ToExporter, FromExporter> {
    clearTimeout(this.#timer);
    if (this.#thread === undefined) {
      // `deno compile` embeds it by this literal name, given to it as --include.
      const worker = new Worker(new URL("./export_worker.ts", import.meta.url), {
        type: "module",
        // It reads the variables that the configuration names, and files of certificates.
        deno: {
          permissions: {
            read: true,
            write: true,
            net: true,
            env: "inherit",
            run: false,
            ffi: false,
            sys: false,
          },
        },
      });
      const thread: Thread<ToExporter, FromExporter> = new Thread(
        worker,
        (message) => this.#hear(thread, message),
        (event) =>
          this.#fail(thread, new ThreadError(`${event.message} (${event.filename}:${event.lineno})`)),
      );
      this.#thread = thread;
      thread.send({
        kind: "open",
        storePath: this.#context.storePath,
        sender: { version: VERSION, os: THIS_OS },
      });
    }
    this.#thread.send({ kind: "configure", ...this.#configuration!, isLive: this.#isLive, isNew });
    return this.#thread;
  }

  #hear(thread: Thread<ToExporter, FromExporter>, message: FromExporter): void {
    switch (message.kind) {
      case "call":
        void this.#perform(thread, message);
        break;
      case "delivered":
        this.#take(message.id)?.resolve(message.delivery);
        break;
      case "failed":
        this.#take(message.id)?.reject(new Error(message.message));
        break;
      case "resting":
        this.#rest(message.until);
        break;
      case "unreadable":
        this.#context.onUnreadable(new Error(message.message));
        break;
      case "stopped":
        this.#stopped?.();
    }
  }

  async #perform(
    thread: Thread<ToExporter, FromExporter>,
    { id, method, arguments: parameters }: Extract<FromExporter, { kind: "call" }>,
  ): Promise<void> {
    try {
      const call = this.#context.call as (...all: readonly unknown[]) => Promise<unknown>;
      thread.send({ kind: "result", id, result: await call(method, ...parameters) });
    } catch (error) {
      const trouble = error instanceof WriteError ? error.trouble : "other";
      thread.send({ kind: "error", id, trouble, message: (error as Error).message });
    }
  }

  /** Nothing is to be done for a while: the thread ends, and comes back in time. */
  #rest(until: number): void {
    clearTimeout(this.#timer);
    if (this.#deliveries.size > 0 || until - Date.now() < 2 * IDLE_TIME) return;
    this.#timer = setTimeout(async () => {
      await this.#end();
      if (until === Infinity || !this.#delivers() || this.#thread !== undefined) return;
      this.#timer = setTimeout(() => this.#start(false), Math.min(LONGEST, Math.max(0, until - Date.now())));
    }, IDLE_TIME);
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#stopped = resolve;
      timer = setTimeout(resolve, STOP_TIME);
      thread.send({ kind: "stop" });
    });
    clearTimeout(timer);
    thread.terminate();
    this.#rejectAll(new Error("the exporter was stopped"));
    collectGarbage();
  }

  #fail(thread: Thread<ToExporter, FromExporter>, error: Error): void {
    if (this.#thread !== thread) return;
    thread.terminate();
    this.#thread = undefined;
    this.#stopped?.();
    this.#rejectAll(error);
    this.#context.onFault(error);
    if (this.#delivers()) this.#timer = setTimeout(() => this.#start(false), FAULT_PAUSE);
  }

  #take(id: number) {
    const found = this.#deliveries.get(id);
    this.#deliveries.delete(id);
    return found;
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#deliveries.values()) reject(error);
    this.#deliveries.clear();
  }
}
