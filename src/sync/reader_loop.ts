/**
 * The reader thread: takes jobs, reads their sources and hands over batches. A source that changed just now goes ahead
 * of history, also in the middle of a large file.
 *
 * @module
 */

import { loadReading, type ReadableAgent } from "../agents/agent.ts";
import { findAgent } from "../agents/agents.ts";
import { collectGarbage } from "../platform/garbage.ts";
import { NeighbourReader } from "../sources/neighbours.ts";
import { stampOfSource } from "../sources/stamp.ts";
import { BatchBuilder } from "../store/batch_builder.ts";
import { NameNumbers } from "../store/name_numbers.ts";
import { failureOf } from "./failure.ts";
import { JobRun } from "./read_job.ts";
import type { BatchMessage, ReadJob, ReturnedBatch } from "./messages.ts";
import { nextTurn } from "./next_turn.ts";
import { WorkspaceMatchers } from "./workspace_matchers.ts";

/** A batch is handed over when its payload has this many bytes, … */
const BATCH_BYTES = 512 << 10;
/** … this many rows, … */
const BATCH_ROWS = 2048;
/** … this many segments, … */
const BATCH_SEGMENTS = 256;
/** … or this many bytes of records that could not be read. */
const UNREAD_BYTES = 4 << 20;
/** Garbage is collected when so much was handed over since the last time, … */
const GARBAGE_BYTES = 24 << 20;
/** … or when a batch holds a very long line. */
const HUGE_BATCH = 4 << 20;
/** How many batches may be under way to the writer. */
const UNDER_WAY = 2;
/** How many of those with what changed just now. */
const LIVE_UNDER_WAY = 8;

/** Reads sources. */
export class ReaderLoop {
  readonly #port: MessagePort;
  readonly #builder: BatchBuilder;
  readonly #liveBuilder: BatchBuilder;
  readonly #live: ReadJob[] = [];
  readonly #history: ReadJob[] = [];
  readonly #matchers = new WorkspaceMatchers();
  readonly #neighbours = new NeighbourReader();
  readonly #agents = new Map<string, ReadableAgent>();
  #returned: ReturnedBatch[] = [];
  #underWay = 0;
  #liveUnderWay = 0;
  #handedOver = 0;
  #isRunning = false;
  #isStopping = false;
  #wake: () => void = () => {};

  /** @param port to the writer */
  constructor(port: MessagePort) {
    this.#port = port;
    const names = new NameNumbers();
    this.#builder = new BatchBuilder(names);
    this.#liveBuilder = new BatchBuilder(names, 64, 1 << 16);
    port.onmessage = ({ data }: MessageEvent<ReturnedBatch>) => {
      if (data.isLive) this.#liveUnderWay--;
      else {
        this.#underWay--;
        this.#returned.push(data);
      }
      this.#wake();
    };
  }

  /** Adds jobs; those of one source must not be under way at the same time. */
  add(jobs: readonly ReadJob[]): void {
    for (const job of jobs) (job.isLive ? this.#live : this.#history).push(job);
    this.#wake();
    if (!this.#isRunning) void this.#run();
  }

  /** Reads a source next, if it waits: it changed just now. */
  hurry(source: number): void {
    const index = this.#history.findIndex((job) => job.source === source);
    if (index > 0) this.#history.unshift(...this.#history.splice(index, 1));
  }

  /** Gives up all jobs after handing over what is read, and ends. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#live.length = this.#history.length = 0;
    while (this.#isRunning) await nextTurn();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      if (this.#live.length > 0) {
        await this.#readLive();
      } else if (this.#history.length > 0) {
        await this.#read(this.#history.shift()!);
      } else if (!this.#builder.isEmpty) {
        await this.#handOver();
      } else {
        break;
      }
    }
    this.#isRunning = false;
  }

  /** Reads all that changed just now, each in a batch of its own, without waiting for the writer as a rule. */
  async #readLive(): Promise<void> {
    for (let job = this.#live.shift(); job !== undefined; job = this.#live.shift()) {
      await this.#runJob(job, this.#liveBuilder, async () => {
        this.#post(this.#liveBuilder, true);
        // What changed can be much, after all.
        while (this.#liveUnderWay >= LIVE_UNDER_WAY) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
      });
      this.#post(this.#liveBuilder, true);
    }
  }

  /** Reads one source of history into the current batch. */
  async #read(job: ReadJob): Promise<void> {
    await this.#runJob(job, this.#builder, async () => {
      await this.#handOver();
      if (this.#live.length > 0) await this.#readLive();
    });
    if (isFull(this.#builder)) await this.#handOver();
  }

  async #runJob(
    job: ReadJob,
    builder: BatchBuilder,
    handOver: () => Promise<void>,
    isCareful = false,
  ): Promise<void> {
    let run: JobRun;
    let rest: ReadJob | undefined;
    const stamp = stampOfSource(job.path, job.format);
    try {
      const wants = await this.#matchers.of(job.workspaces);
      const agent = await this.#agentOf(job);
      run = new JobRun(agent, job, builder, wants, Date.now(), isCareful, this.#neighbours);
    } catch (error) {
      builder.addFailure(failureOf(job.source, error, stamp));
      return;
    }
    try {
      for (;;) {
        const step = run.step();
        const more = typeof step === "boolean" ? step : await step;
        if (!more) break;
        if (!isFull(builder) && run.unreadBytes < UNREAD_BYTES) continue;
        run.cut();
        await handOver();
        if (this.#isStopping) return;
      }
      while (run.emitMore()) {
        if (!isFull(builder)) continue;
        run.cut();
        await handOver();
        if (this.#isStopping) return;
      }
      run.finish();
    } catch (error) {
      // What a record left behind can't be made a text: the stack is too small for how deeply it is nested.
      if (error instanceof RangeError && !isCareful) rest = run.rest();
      else builder.addFailure(failureOf(job.source, error, stamp));
    } finally {
      run.close();
    }
    if (rest !== undefined) await this.#runJob(rest, builder, handOver, true);
  }

  /** The agent of a job; what reads its sources is loaded with the first of them. */
  async #agentOf({ agent, own }: ReadJob): Promise<ReadableAgent> {
    if (own !== undefined) {
      const { ownAgent } = await import("../agents/own.ts");
      return await loadReading(ownAgent(agent, own));
    }
    let known = this.#agents.get(agent);
    if (known === undefined) this.#agents.set(agent, known = await loadReading(findAgent(agent)!));
    return known;
  }

  /** Hands over the batch of history, waiting for the writer if it is behind. */
  async #handOver(): Promise<void> {
    // A row takes more than its payload: the record it was made of, its text, and their copies.
    this.#handedOver += 2 * this.#builder.payloadBytes + 768 * this.#builder.rows;
    const isHuge = this.#builder.payloadBytes >= HUGE_BATCH;
    this.#post(this.#builder, false);
    if (isHuge || this.#handedOver >= GARBAGE_BYTES) {
      this.#handedOver = 0;
      collectGarbage();
    }
    // Messages come in between turns only: new jobs, returned batches, the word to stop.
    await nextTurn();
    // Two batches of huge lines at once would be too much.
    const most = isHuge ? 1 : UNDER_WAY;
    while (this.#underWay >= most) {
      if (this.#live.length > 0) await this.#readLive();
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #post(builder: BatchBuilder, isLive: boolean): void {
    if (builder.isEmpty) return;
    const batch = builder.take(isLive ? undefined : this.#returned.pop()?.batch);
    const message: BatchMessage = { batch, isLive };
    this.#port.postMessage(message, [batch.columns.buffer, batch.ids.buffer, batch.payload.buffer]);
    if (isLive) this.#liveUnderWay++;
    else this.#underWay++;
  }
}

function isFull(builder: BatchBuilder): boolean {
  return builder.payloadBytes >= BATCH_BYTES || builder.rows >= BATCH_ROWS ||
    builder.segments >= BATCH_SEGMENTS;
}
