/**
 * Takes the requests of other commands, and answers them.
 *
 * @module
 */

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

  async #perform({ id, kind, arguments: { collectFrom } }: NewRequest): Promise<void> {
    switch (kind) {
      case "stop":
        this.#stops.push(id);
        this.#listener.stop();
        break;
      case "sync":
        this.#syncs.push(id);
        await this.#listener.sync(typeof collectFrom === "number" ? collectFrom : undefined);
        break;
      case "reload":
        await this.#listener.reload();
        await this.#listener.answer(id, "done", "{}");
    }
  }

  #fail(id: number, message: string): Promise<void> {
    return this.#listener.answer(id, "failed", JSON.stringify({ message }));
  }
}
