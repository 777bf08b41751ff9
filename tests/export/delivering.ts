/**
 * A store, a remote that does as it is told, and the runner between them, with a clock of their own.
 *
 * @module
 */

import type { EventDraft } from "../../src/events/event.ts";
import type { Answer, Connection, FrozenBatch, OutgoingEvent, Trial } from "../../src/export/remote.ts";
import { RemoteRunner, type RunnerOptions } from "../../src/export/remote_runner.ts";
import { type RouteFilter, Routing } from "../../src/export/routing.ts";
import type { AgentEvent } from "../../src/events/event.ts";
import { queryEvents } from "../../src/store/event_query.ts";
import { StoreReader } from "../../src/store/reader.ts";
import {
  type DeadLetter,
  decidedUpTo,
  listDeadLetters,
  listRemotes,
  nameText,
  type RemoteState,
} from "../../src/store/remotes.ts";
import { Driver } from "../store/driver.ts";
import { TempFolder } from "../store/temp_store.ts";
import { draft } from "../store/filled_store.ts";

export { draft };

/** What the remote does with a batch. */
export type Reaction = (events: readonly OutgoingEvent[], store: () => void) => Answer;

/** Takes the batch. */
export const TAKES: Reaction = (_events: readonly OutgoingEvent[], store: () => void): Answer => {
  store();
  return { kind: "accepted", rejected: [] };
};

/** Everything wanted. */
export const ALL: RouteFilter = { agents: [], types: [], wantsWorkspace: () => true };

/** The remote: what it was given, and the latest revision of each event. */
export class Destination implements Connection {
  readonly received: OutgoingEvent[] = [];
  readonly held = new Map<string, OutgoingEvent>();
  readonly bodies = new Map<string, string>();
  reacts: Reaction = TAKES;
  tries: () => Trial = () => ({ ok: true, message: "" });

  send(batch: FrozenBatch): Promise<Answer> {
    const text = new TextDecoder().decode(batch.body);
    const before = this.bodies.get(batch.id);
    if (before !== undefined && before !== text) throw new Error("a repeated batch has other bytes");
    this.bodies.set(batch.id, text);
    const events: OutgoingEvent[] = JSON.parse(text);
    return Promise.resolve(this.reacts(events, () => this.take(events)));
  }

  take(events: readonly OutgoingEvent[]): void {
    for (const event of events) {
      this.received.push(event);
      if (event.revision > (this.held.get(event.id)?.revision ?? 0)) this.held.set(event.id, event);
    }
  }

  try(): Promise<Trial> {
    return Promise.resolve(this.tries());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** All of it. */
export class Delivering implements Disposable {
  readonly #folder = new TempFolder();
  readonly driver: Driver;
  readonly destination = new Destination();
  #reader: StoreReader;
  now = 10_000_000_000;
  runner!: RemoteRunner;

  constructor() {
    this.driver = new Driver(this.#folder.store, [{ name: "log", rank: 0, lines: [], visible: 0 }]);
    this.#reader = StoreReader.open(this.#folder.store);
  }

  /** Stores events. */
  add(...drafts: readonly EventDraft[]): void {
    this.driver.addDrafts(0, drafts);
    this.driver.commit();
  }

  /** Makes a runner, as a process that starts does. */
  async start(given: Partial<RunnerOptions> & { readonly filter?: RouteFilter } = {}): Promise<void> {
    const reader = () => this.#reader;
    const { writer } = this.driver;
    const calls: RunnerOptions["call"] = (method, ...parameters) => {
      const remotes = writer.remotes;
      const run: () => unknown = {
        openRemote: () => remotes.open(...parameters as Parameters<typeof remotes.open>),
        exportStep: () => remotes.step(...parameters as Parameters<typeof remotes.step>),
        setRemoteContent: () => remotes.setContent(...parameters as Parameters<typeof remotes.setContent>),
      }[method as string]!;
      // As through the pipeline: what is answered is committed.
      return Promise.resolve(writer.transaction(run) as never);
    };
    this.runner = new RemoteRunner({
      key: { name: "team", type: "file", target: "/there" },
      reader,
      call: calls,
      routing: new Routing(given.filter ?? ALL, (name) => nameText(this.#reader, name)),
      batchSize: 3,
      interval: 0,
      content: "full",
      isWider: () => false,
      prepare: (event: AgentEvent) => event,
      encode: (events) =>
        Promise.resolve({ body: new TextEncoder().encode(JSON.stringify(events)), headers: {} }),
      connect: () => this.destination,
      now: () => this.now,
      random: () => 0.5,
      ...given,
    });
    await this.runner.open();
  }

  /** Lets the runner work, time flying, for so many steps or until nothing is left to do for `patience` ms. */
  async work(steps = 10_000, patience = 3_600_000): Promise<void> {
    const until = this.now + patience;
    this.runner.wake();
    for (let step = 0; step < steps; step++) {
      const wait = await this.runner.step();
      if (wait === 0) continue;
      if (this.now + wait > until) return;
      this.now += wait;
    }
  }

  /** What the store holds, by id. */
  events(): Map<string, AgentEvent> {
    return new Map(
      [...queryEvents(this.#reader, { includeSuperseded: true })].map((event) => [event.id, event]),
    );
  }

  state(): RemoteState {
    return listRemotes(this.#reader)[0]!;
  }

  decidedUpTo(names: readonly string[]): number {
    return decidedUpTo(this.#reader, names);
  }

  deadLetters(): readonly DeadLetter[] {
    return listDeadLetters(this.#reader);
  }

  [Symbol.dispose](): void {
    this.#reader.close();
    this.driver[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}
