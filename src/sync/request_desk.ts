/**
 * Takes the requests of other commands, and answers them.
 *
 * @module
 */

import type { ExportContext } from "../export/export_thread.ts";
import { changeRemote, type RemoteChange } from "../export/changes.ts";
import type { Delivery } from "../export/messages.ts";
import type { StoreReader } from "../store/reader.ts";
import { type NewRequest, newRequests } from "../store/requests.ts";
import type { WriterCalls } from "./messages.ts";
import { inBackground } from "./overtaken.ts";

/** Answered requests are forgotten after this time, ms. */
const KEPT = 3_600_000;

/** What can be asked of the collector. */
export interface RequestListener {
  /** Stores an answer. */
  answer(...parameters: Parameters<WriterCalls["answer"]>): Promise<void>;
  forgetRequests(before: number): Promise<void>;
  /** Ends the collector. */
  stop(): void;
  /** Searches everything; events from `collectFrom` on are wanted, ms since the epoch, `undefined` if that was not said. */
  sync(collectFrom: number | undefined): Promise<void>;
  /** Reads the configuration again. */
  reload(): Promise<void>;
  /** Delivers what there is to one remote; `again` also what it has had. */
  deliver(name: string, again: boolean): Promise<Delivery>;
  /** Asks the writer for something. */
  call: ExportContext["call"];
}

/** Where requests come in. */
export class RequestDesk {
  readonly #listener: RequestListener;
  #dataVersion: number | undefined;
  #syncs: number[] = [];
  #stops: number[] = [];

  constructor(listener: RequestListener) {
    this.#listener = listener;
  }

  /** What was asked of an earlier collector is not for this one: a `stop` must not end it. `startedAt` is of this one. */
  async refuseOlder(reader: StoreReader, startedAt: number): Promise<void> {
    for (const { id, createdAt } of newRequests(reader)) {
      if (createdAt < startedAt) await this.#fail(id, "that collector has ended");
    }
  }

  /** Takes what has come since this was last called; `now` is ms since the epoch. */
  async take(reader: StoreReader, now: number): Promise<void> {
    const version = reader.dataVersion();
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    for (const request of newRequests(reader)) {
      await this.#listener.answer(request.id, "working", "{}");
      await this.#perform(request);
      await this.#listener.forgetRequests(now - KEPT);
    }
  }

  /** Everything is up to date: who asked for that hears of it. */
  answerSyncs(answer: object): void {
    for (const id of this.#syncs) inBackground(this.#listener.answer(id, "done", JSON.stringify(answer)));
    this.#syncs = [];
  }

  /** The collector ends: whoever waits hears of it. */
  async answerAll(): Promise<void> {
    for (const id of this.#stops) await this.#listener.answer(id, "done", "{}");
    for (const id of this.#syncs) await this.#fail(id, "the collector was stopped");
  }

  /** The store was replaced, and no request was taken over: who waits asks again. */
  forget(): void {
    this.#dataVersion = undefined;
    this.#syncs = [];
    this.#stops = [];
  }

  async #perform({ id, kind, arguments: args }: NewRequest): Promise<void> {
    switch (kind) {
      case "stop":
        this.#stops.push(id);
        this.#listener.stop();
        break;
      case "sync":
        this.#syncs.push(id);
        await this.#listener.sync(typeof args.collectFrom === "number" ? args.collectFrom : undefined);
        break;
      case "export":
        await this.#listener.reload();
        // It takes as long as it takes; other requests do not wait for it.
        inBackground(this.#deliver(id, String(args.remote), args.again === true));
        break;
      case "remote":
        await this.#change(id, args as unknown as RemoteChange);
        break;
      case "reload":
        await this.#listener.reload();
        await this.#listener.answer(id, "done", "{}");
    }
  }

  async #deliver(id: number, name: string, again: boolean): Promise<void> {
    try {
      await this.#listener.answer(id, "done", JSON.stringify(await this.#listener.deliver(name, again)));
    } catch (error) {
      await this.#fail(id, error instanceof Error ? error.message : String(error));
    }
  }

  async #change(id: number, change: RemoteChange): Promise<void> {
    const count = await changeRemote(change, this.#listener.call);
    await this.#listener.answer(id, "done", JSON.stringify({ count }));
  }

  #fail(id: number, message: string): Promise<void> {
    return this.#listener.answer(id, "failed", JSON.stringify({ message }));
  }
}
