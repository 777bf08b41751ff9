/**
 * The exporter's thread: one runner for each remote, none of which waits for another.
 *
 * @module
 */

import type { RemoteConfig } from "../config/config.ts";
import { classifyTrouble } from "../store/errors.ts";
import { StoreReader } from "../store/reader.ts";
import { storeIdentity } from "../store/identity.ts";
import { type RemoteState, remoteState } from "../store/remotes.ts";
import type { RemoteKey } from "../store/remote_table.ts";
import { Timers } from "../sync/timers.ts";
import { contentText, isWider } from "./content.ts";
import type { Delivery, Remotes } from "./messages.ts";
import { Outgoing } from "./outgoing.ts";
import { routingOf } from "./routing.ts";
import type { RemoteKind, Sender } from "./remote.ts";
import { RemoteRunner, type RunnerOptions } from "./remote_runner.ts";
import { kindOf } from "./remotes.ts";
import { expandRemote } from "./secrets.ts";

/** What the exporter needs. */
export interface ExporterOptions {
  readonly storePath: string;
  readonly sender: Omit<Sender, "machineId">;
  readonly call: RunnerOptions["call"];
  /** Nothing is to be done before then, ms since the epoch, unless something is committed. */
  readonly onRest: (until: number) => void;
  /** The store could not be read. */
  readonly onUnreadable: (error: unknown) => void;
  /** How long a remote rests after a fault of the program, ms. @default {60_000} */
  readonly faultPause?: number;
}

/** How long a remote rests after a fault of the program, ms. */
const FAULT_PAUSE = 60_000;

/** One remote: what is done with it is done one after the other. */
class Slot {
  /** What it is delivered to with, by itself. */
  wanted: RemoteConfig | undefined;
  /** The runner, what it was made of, and its end. */
  running:
    | { readonly text: string; readonly runner: RemoteRunner; readonly ended: Promise<unknown> }
    | undefined;
  #last: Promise<unknown> = Promise.resolve();

  enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** Delivers to all remotes. */
export class Exporter {
  readonly #options: ExporterOptions;
  readonly #reader: StoreReader;
  readonly #secret: string;
  readonly #sender: Sender;
  readonly #slots = new Map<string, Slot>();
  #remotes: Remotes = {};
  #batchSize = 100;
  readonly #timers = new Timers();
  #isStopping = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#reader = StoreReader.open(options.storePath);
    const { machineId, secret } = storeIdentity(this.#reader);
    this.#secret = secret;
    this.#sender = { ...options.sender, machineId };
  }

  /**
   * Delivers to these remotes from now on, by themselves to those that say so.
   *
   * @param isLive `false`: to none by themselves
   * @param isNew the configuration may have mended what kept a remote from being reached
   */
  configure(remotes: Remotes, batchSize: number, isLive: boolean, isNew: boolean): void {
    this.#remotes = remotes;
    this.#batchSize = batchSize;
    for (const name of new Set([...this.#slots.keys(), ...Object.keys(remotes)])) {
      const slot = this.#slotOf(name);
      const config = remotes[name];
      slot.wanted = isLive && config?.enabled && config.auto_sync ? config : undefined;
      slot.enqueue(() => this.#follow(name, slot, isNew)).catch((error) => this.#options.onUnreadable(error));
    }
  }

  /** Something was committed. */
  wake(): void {
    for (const { running } of this.#slots.values()) running?.runner.wake();
  }

  /** Delivers what there is to one remote, `again` also what it has had, until it has all or can't be reached. */
  async deliver(name: string, again: boolean): Promise<Delivery> {
    const config = this.#remotes[name];
    if (config === undefined) throw new Error(`there is no remote ${name}`);
    const slot = this.#slotOf(name);
    return await slot.enqueue(async () => {
      await this.#end(slot);
      const { call } = this.#options;
      const id = await call("openRemote", await this.#keyOf(name, config));
      await call("retryNow", id);
      if (again) await call("sendAgain", id);
      const before = this.#state(id);
      const runner = await this.#makeRunner(name, config);
      const run = runner.run(true);
      slot.running = { text: "", runner, ended: run.catch(() => {}) };
      if (this.#isStopping) runner.stop();
      const isComplete = await run;
      await this.#follow(name, slot, false);
      const after = this.#state(id);
      return {
        isComplete,
        delivered: after.delivered - before.delivered,
        deferred: after.deferred,
        deadLetters: after.deadLetters,
        ...(!isComplete && { message: after.lastError ?? "the exporter was stopped" }),
      };
    });
  }

  /** Ends it. What is under way is given up, and sent again next time. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timers.clear();
    const slots = [...this.#slots.values()];
    for (const { running } of slots) running?.runner.stop();
    await Promise.all(slots.map((slot) => slot.enqueue(() => this.#end(slot))));
    this.#reader.close();
  }

  #slotOf(name: string): Slot {
    let slot = this.#slots.get(name);
    if (slot === undefined) this.#slots.set(name, slot = new Slot());
    return slot;
  }

  /** Has the right runner run, or none. */
  async #follow(name: string, slot: Slot, isNew: boolean): Promise<void> {
    const config = slot.wanted;
    const text = config && JSON.stringify([config, this.#batchSize]);
    if (slot.running?.text === text) return;
    await this.#end(slot);
    if (config === undefined || this.#isStopping) return this.#rest();
    if (isNew) {
      const id = await this.#options.call("openRemote", await this.#keyOf(name, config));
      await this.#options.call("retryNow", id);
    }
    const runner = await this.#makeRunner(name, config);
    const ended = runner.run().catch((error) => this.#fault(name, config, slot, runner, error));
    slot.running = { text: text!, runner, ended };
  }

  /** A runner ended by a fault: of the store, or of the program. It costs this remote a while, and nothing else. */
  async #fault(
    name: string,
    config: RemoteConfig,
    slot: Slot,
    runner: RemoteRunner,
    error: unknown,
  ): Promise<void> {
    if (slot.running?.runner === runner) slot.running = undefined;
    if (this.#isStopping) return;
    if (classifyTrouble(error) === "corrupt") return this.#options.onUnreadable(error);
    const { call, faultPause = FAULT_PAUSE } = this.#options;
    this.#timers.after(faultPause, () => void slot.enqueue(() => this.#follow(name, slot, false)));
    try {
      const remote = await call("openRemote", await this.#keyOf(name, config));
      const now = Date.now();
      const message = `the program failed: ${error instanceof Error ? error.message : error}`;
      const failure = { message, failures: 1, nextTry: now + faultPause, state: "down" } as const;
      await call("exportStep", { remote, now, failure });
    } catch {
      // Where that can't be noted either, the next try says so.
    }
  }

  async #end(slot: Slot): Promise<void> {
    const { running } = slot;
    slot.running = undefined;
    running?.runner.stop();
    await running?.ended;
  }

  async #makeRunner(name: string, config: RemoteConfig): Promise<RemoteRunner> {
    const kind = await kindOf(config);
    const outgoing = new Outgoing(config, this.#secret);
    const reader = () => this.#reader;
    return new RemoteRunner({
      key: keyOf(name, config, kind),
      reader,
      call: this.#options.call,
      routing: routingOf(config, reader),
      batchSize: this.#batchSize,
      interval: config.sync_interval,
      content: contentText(config),
      isWider: (before) => isWider(contentText(config), before),
      prepare: (event) => outgoing.prepare(event),
      encode: (events) => kind.encode(events, config, this.#sender),
      connect: () => kind.connect(expandRemote(config)),
      now: Date.now,
      random: Math.random,
      onRest: () => this.#rest(),
    });
  }

  async #keyOf(name: string, config: RemoteConfig): Promise<RemoteKey> {
    return keyOf(name, config, await kindOf(config));
  }

  #state(id: number): RemoteState {
    return remoteState(this.#reader, id);
  }

  /** Tells until when there is nothing to do, if that is so. */
  #rest(): void {
    const running = [...this.#slots.values()].flatMap(({ running }) =>
      running === undefined ? [] : [running]
    );
    const until = Math.min(Infinity, ...running.map(({ runner }) => runner.restsUntil));
    if (until > Date.now()) this.#options.onRest(until);
  }
}

/** What makes a remote the one that it is. */
function keyOf(name: string, config: RemoteConfig, kind: RemoteKind): RemoteKey {
  return { name, type: config.type, target: kind.target(config) };
}
