/**
 * Delivers to one remote: freezes a batch, sends it until the remote has it, and goes on.
 *
 * @module
 */

import type { AgentEvent } from "../events/event.ts";
import type { WriterCalls } from "../sync/messages.ts";
import { UserError } from "../platform/user_error.ts";
import type { StoreReader } from "../store/reader.ts";
import {
  type Candidate,
  candidatesOf,
  firstBatch,
  nextDue,
  remoteState,
  type StoredBatch,
} from "../store/remotes.ts";
import type { ExportStep, NewBatch, RemoteKey } from "../store/remote_table.ts";
import { backoff, isDown, REFUSED_PAUSE } from "./backoff.ts";
import { type NextStep, StepFinder } from "./next_step.ts";
import type { Connection, OutgoingEvent, Payload } from "./remote.ts";
import type { Routing } from "./routing.ts";
import { type Parked, type Verdict, verdictOf } from "./verdict.ts";

/** A frozen batch is at most so large, bytes. */
const MOST_BYTES = 4 << 20;
/** How much a higher epoch adds to the revision of an event, so that what is sent anew replaces what was sent. */
const EPOCH = 1_000_000;

/** What a runner works with. */
export interface RunnerOptions {
  readonly key: RemoteKey;
  readonly reader: () => StoreReader;
  readonly call: <M extends keyof WriterCalls>(
    method: M,
    ...parameters: Parameters<WriterCalls[M]>
  ) => Promise<ReturnType<WriterCalls[M]>>;
  readonly routing: Routing;
  /** Events in a batch. */
  readonly batchSize: number;
  /** At least so long between two batches that are not full, ms. */
  readonly interval: number;
  /** How much of each event may leave, as a text that is compared. */
  readonly content: string;
  /** Whether `content` lets more leave than that of before did. */
  readonly isWider: (before: string) => boolean;
  /** The event as it may leave; `epoch` has been added to its revision. */
  readonly prepare: (event: AgentEvent) => OutgoingEvent;
  readonly encode: (events: readonly OutgoingEvent[]) => Promise<Payload>;
  /** @throws {Error} if a secret or a file that the configuration names is not there */
  readonly connect: () => Connection;
  readonly now: () => number;
  readonly random: () => number;
  /** It has nothing to do until `restsUntil`. */
  readonly onRest?: () => void;
}

/** Delivers until it is stopped. */
export class RemoteRunner {
  readonly #options: RunnerOptions;
  readonly #steps: StepFinder;
  readonly #abort = new AbortController();
  #id = 0;
  #cursor = 0;
  #epoch = 0;
  #failures = 0;
  #nextTry = 0;
  #isCaughtUp = false;
  /** Something was decided since it last had all there was. */
  #hasMoved = true;
  #connection: Connection | undefined;
  /** What comes after the batch that is being sent, found meanwhile. */
  #next: Promise<ExportStep | undefined> | undefined;
  #sentAt = -Infinity;
  #deliveries = 0;
  /** By key of a batch of one event that the remote fails at: how many batches had been delivered by then. */
  readonly #suspects = new Map<string, number>();
  #wake: () => void = () => {};
  #restsUntil = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#steps = new StepFinder(options.routing, options.batchSize);
  }

  /**
   * Delivers until `stop()` is called or, if asked for once, until the remote has all there is or can't be reached.
   *
   * @returns whether it has all
   */
  async run(once = false): Promise<boolean> {
    await this.open();
    try {
      while (!this.#abort.signal.aborted) {
        const wait = await this.step();
        if (wait === 0) continue;
        if (once && (this.#isCaughtUp || this.#failures > 0)) return this.#isCaughtUp;
        await this.#sleep(wait);
      }
      return false;
    } finally {
      await this.#next?.catch(() => {});
      await this.#connection?.close();
    }
  }

  /** Until when there is nothing to do unless something is committed, ms since the epoch; 0 while there is something. */
  get restsUntil(): number {
    return this.#restsUntil;
  }

  /** There may be something new. */
  wake(): void {
    this.#isCaughtUp = false;
    this.#wake();
  }

  /** Ends it; what is under way is given up and sent again next time. */
  stop(): void {
    this.#abort.abort();
    this.#wake();
  }

  /** Finds out how far the remote is. Call it before `step()`. */
  async open(): Promise<void> {
    const { key, call, content, isWider, reader } = this.#options;
    this.#id = await call("openRemote", key);
    const before = remoteState(reader(), this.#id);
    if (before.content !== content) {
      await call("setRemoteContent", this.#id, content, before.content !== "" && isWider(before.content));
    }
    const { cursor, epoch, failures, nextTry } = remoteState(reader(), this.#id);
    this.#cursor = cursor;
    this.#epoch = epoch;
    this.#failures = failures;
    this.#nextTry = nextTry ?? 0;
  }

  /** Does one thing. Returns how long there is nothing to do, ms: 0 if there may be more. */
  async step(): Promise<number> {
    const { reader, now, interval } = this.#options;
    const wait = this.#nextTry - now();
    if (wait > 0) return wait;
    const batch = firstBatch(reader(), this.#id);
    if (batch !== undefined) {
      await this.#send(batch);
      return 0;
    }
    if (this.#isCaughtUp) return this.#untilDue();
    const pause = this.#sentAt + interval - now();
    if (pause > 0) return pause;
    const step = await (this.#next ??= this.#find());
    this.#next = undefined;
    if (step !== undefined) {
      await this.#commit(step);
      return 0;
    }
    this.#isCaughtUp = true;
    if (this.#hasMoved) await this.#commit({ remote: this.#id, now: now(), isCaughtUp: true });
    this.#hasMoved = false;
    return this.#untilDue();
  }

  #untilDue(): number {
    const { reader, now } = this.#options;
    const due = nextDue(reader(), this.#id);
    if (due === undefined) return Infinity;
    if (due <= now()) this.#isCaughtUp = false;
    return Math.max(0, due - now());
  }

  async #sleep(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#restsUntil = this.#options.now() + ms;
    this.#options.onRest?.();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== Infinity) timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      if (this.#abort.signal.aborted) resolve();
    });
    clearTimeout(timer);
    this.#restsUntil = 0;
  }

  /** What is to be frozen next, or otherwise decided. */
  async #find(): Promise<ExportStep | undefined> {
    const { reader, now } = this.#options;
    const found = this.#steps.find(reader(), { remote: this.#id, cursor: this.#cursor }, now());
    if (found === undefined) return undefined;
    return await this.#freeze(found);
  }

  async #freeze({ send, decided }: NextStep): Promise<ExportStep> {
    const frozen = send.length === 0 ? [] : await this.#encode(send);
    return { remote: this.#id, now: this.#options.now(), ...decided, frozen };
  }

  /** The events as batches of which none is too large. */
  async #encode(candidates: readonly Candidate[], tries = 0): Promise<NewBatch[]> {
    const { prepare, encode } = this.#options;
    const events = candidates.map(({ event }) =>
      prepare({ ...event, revision: event.revision + EPOCH * this.#epoch })
    );
    const { body, headers } = await encode(events);
    if (body.length > MOST_BYTES && candidates.length > 1) {
      const middle = candidates.length >> 1;
      return [
        ...await this.#encode(candidates.slice(0, middle), tries),
        ...await this.#encode(candidates.slice(middle), tries),
      ];
    }
    const members = new Uint8Array(16 * candidates.length);
    candidates.forEach(({ id }, index) => members.set(id, 16 * index));
    return [{ key: crypto.randomUUID(), members, headers, body, tries }];
  }

  async #send(batch: StoredBatch): Promise<void> {
    const { connect } = this.#options;
    try {
      this.#connection ??= connect();
    } catch (error) {
      await this.#fail(wordsOf(error), REFUSED_PAUSE, "paused");
      return;
    }
    const { members, key: id, headers, body, tries } = batch;
    const sending = this.#connection.send({ id, headers, body, events: members.length }, this.#abort.signal);
    // The next one is made while the remote takes this one.
    this.#next ??= this.#find();
    this.#next.catch(() => {});
    const answer = await sending;
    // What was given up because of the end says nothing of the remote.
    if (this.#abort.signal.aborted && answer.kind !== "accepted") return;
    this.#sentAt = members.length < this.#options.batchSize ? this.#options.now() : -Infinity;
    await this.#follow(verdictOf(answer, members.length, tries), batch);
  }

  async #follow(verdict: Verdict, batch: StoredBatch): Promise<void> {
    const { members, body, tries } = batch;
    switch (verdict.kind) {
      case "delivered": {
        const events = members.length - verdict.parked.length;
        await this.#finish(batch, {
          delivered: { events, bytes: body.length },
          deadLetters: deadLetters(verdict.parked, batch),
        });
        return;
      }
      case "uncertain": {
        const message =
          `${verdict.lost} of ${members.length} events were not taken, and it was not told which: ` +
          verdict.message;
        await this.#finish(batch, {
          delivered: { events: members.length - verdict.lost, bytes: body.length },
          rejected: verdict.lost,
          deadLetters: members.map((event) => ({ event, answer: message, tries: tries + 1 })),
        });
        return;
      }
      case "retry": {
        const wait = backoff(this.#failures + 1, this.#options.random(), verdict.retryAfter);
        await this.#fail(verdict.message, wait, isDown(this.#failures + 1) ? "down" : "open", batch.id);
        return;
      }
      case "pause":
        await this.#fail(verdict.message, REFUSED_PAUSE, "paused", batch.id);
        return;
      case "suspect":
        await this.#suspect(verdict, batch);
        return;
      case "halve": {
        const middle = members.length >> 1;
        const halves = [members.slice(0, middle), members.slice(middle)];
        await this.#replace(batch, halves, []);
        return;
      }
      case "without": {
        const parked = new Set(verdict.parked.map(({ index }) => index));
        await this.#replace(batch, [members.filter((_, index) => !parked.has(index))], verdict.parked);
      }
    }
  }

  /**
   * The remote answers this batch with errors of its own. What is wrong with it, if anything is, shows by halving; an
   * event is parked only if others got through meanwhile: else it is the remote that is at fault. Until that is known
   * those others go first.
   */
  async #suspect(
    { message, status }: { readonly message: string; readonly status: number },
    batch: StoredBatch,
  ): Promise<void> {
    const { members, key, headers, body, tries } = batch;
    if (members.length > 1) return await this.#follow({ kind: "halve" }, batch);
    const before = this.#suspects.get(key);
    if (before !== undefined && before < this.#deliveries) {
      this.#suspects.delete(key);
      return await this.#follow({ kind: "without", parked: [{ index: 0, message, status }] }, batch);
    }
    this.#suspects.set(key, this.#deliveries);
    const next = await this.#next;
    this.#next = undefined;
    const again = { key, members: members[0]!, headers, body, tries };
    await this.#fail(message, backoff(this.#failures + 1, this.#options.random()), "open", undefined, {
      ...next,
      finished: [batch.id],
      frozen: [...next?.frozen ?? [], again],
    });
  }

  /** A batch is done with: it goes, and what comes next is frozen in the same transaction. */
  async #finish(batch: StoredBatch, result: Partial<ExportStep>): Promise<void> {
    const next = await this.#next;
    this.#next = undefined;
    this.#failures = 0;
    this.#deliveries++;
    await this.#commit({
      ...next,
      remote: this.#id,
      now: this.#options.now(),
      finished: [batch.id],
      ...result,
    });
  }

  /** None of a batch was taken: its events are frozen anew, as they are now, in other company. */
  async #replace(
    batch: StoredBatch,
    parts: readonly (readonly Uint8Array[])[],
    parked: readonly Parked[],
  ): Promise<void> {
    const frozen: NewBatch[] = [];
    for (const ids of parts) {
      const candidates = candidatesOf(this.#options.reader(), ids);
      if (candidates.length > 0) frozen.push(...await this.#encode(candidates, batch.tries));
    }
    await this.#commit({
      remote: this.#id,
      now: this.#options.now(),
      finished: [batch.id],
      frozen,
      deadLetters: deadLetters(parked, batch),
    });
  }

  async #fail(
    message: string,
    wait: number,
    state: "open" | "down" | "paused",
    batch?: number,
    step: Partial<ExportStep> = {},
  ): Promise<void> {
    const now = this.#options.now();
    this.#failures++;
    this.#nextTry = now + wait;
    const failure = { batch, message, failures: this.#failures, nextTry: this.#nextTry, state };
    await this.#commit({ ...step, remote: this.#id, now, failure });
  }

  async #commit(step: ExportStep): Promise<void> {
    await this.#options.call("exportStep", step);
    this.#hasMoved = true;
    if (step.cursor !== undefined) this.#cursor = step.cursor;
  }
}

function deadLetters(parked: readonly Parked[], { members, tries }: StoredBatch): ExportStep["deadLetters"] {
  return parked.map(({ index, message, status }) => ({
    event: members[index]!,
    answer: message,
    status,
    tries: tries + 1,
  }));
}

/** What is wrong, and what to do about it where that is known. */
function wordsOf(error: unknown): string {
  if (error instanceof UserError && error.hint !== undefined) return `${error.message}. ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
