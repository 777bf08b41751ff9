/**
 * From a line that an agent appends to its event in the store: when nothing else is going on, in bursts, and while the
 * history is being read. And what a collector holds in memory once that is done.
 *
 * @module
 */

import type { Measurement } from "../bench.ts";
import { HEAD_LENGTH, TAIL_LENGTH } from "../../../src/sources/cursor.ts";
import { awaitCommit, LiveSource } from "../live_source.ts";
import { pause, readMemory } from "../proc.ts";
import { median, percentile } from "../statistics.ts";
import { connect, type StoreReader, waitUntilQuiet } from "../store.ts";
import { canTrace, traceReads } from "../trace.ts";
import { MEMORY_BAR } from "./first_sync.ts";

const BURSTS = 30;
const BURST_LENGTH = 5;
const TRACED_APPENDS = 20;

/** A read looks at the head and the tail that it knows, and takes down the new tail. */
const IDENTITY_CHECK = HEAD_LENGTH + 2 * TAIL_LENGTH;

/** A source is looked at once more if it was read sooner than 2 s after it was written, ms. */
const SETTLING = 3_000;

/** So many new events at once can be those of the appended lines; more are the history's. */
const OWN_EVENTS = 20;

/** `append`: a collector from its first second, through the first sync, to rest. */
export const append: Measurement = {
  name: "append",
  async *measure(bench) {
    const { bytes, appends, idleMinutes } = bench.options;
    const home = bench.home("large", bytes);
    // Nobody starts a collector within two seconds of having written all of the history: it would look at it twice.
    await pause(SETTLING);
    const program = await bench.program(home);
    {
      await using collector = program.start("--initial-sync-days", "0");
      using reader = await connect(program.store, collector);
      using source = new LiveSource(home);
      const busy = await appendDuringSync(source, reader);
      await waitUntilQuiet(reader, collector);
      const what = "one line appended during the first sync";
      yield { what: `${what}: p50`, value: median(busy), unit: "ms", note: `${busy.length} lines` };
      yield { what: `${what}: p99`, value: percentile(busy, 0.99), unit: "ms", bar: { atMost: 500 } };
      yield {
        what: "  peak memory of `start`",
        value: readMemory(collector.pid).peak / 1e6,
        unit: "MB",
        bar: { atMost: MEMORY_BAR },
      };

      await pause(idleMinutes * 60_000);
      yield {
        what: `memory, idle for ${idleMinutes} min after a first sync`,
        value: readMemory(collector.pid).resident / 1e6,
        unit: "MB",
        bar: { atMost: 60 },
      };

      const idle = await appendOneByOne(source, reader, appends);
      yield {
        what: "one line appended when idle: p50",
        value: median(idle),
        unit: "ms",
        note: `${idle.length} lines`,
      };
      yield {
        what: "one line appended when idle: p99",
        value: percentile(idle, 0.99),
        unit: "ms",
        bar: { atMost: 50 },
      };
      const burst = await appendInBursts(source, reader);
      yield {
        what: "five lines appended 20 ms apart: p99 of each",
        value: percentile(burst, 0.99),
        unit: "ms",
        note: "a source is read at most every 100 ms",
      };

      if (canTrace()) {
        let appended = 0;
        const read = await traceReads(collector.pid, source.path, async () => {
          for (let index = 0; index < TRACED_APPENDS; index++) {
            const line = source.append();
            appended += line.bytes;
            await awaitCommit(reader, line);
            await pause(250);
          }
        });
        yield {
          what: "bytes read per appended line, beyond the line",
          value: (read - appended) / TRACED_APPENDS,
          unit: "B",
          bar: { atMost: IDENTITY_CHECK },
          note: `lines of ${Math.round(appended / TRACED_APPENDS)} B`,
        };
      }
    }
    await bench.discard(program);
    await bench.discardHome(home);
  },
};

/** Latencies of lines appended at random intervals while the history is read: until it has not grown for a second. */
async function appendDuringSync(source: LiveSource, reader: StoreReader): Promise<number[]> {
  const appended: { readonly at: number; readonly latency: Promise<number> }[] = [];
  let grown = performance.now();
  let before = reader.count();
  while (performance.now() - grown < 1_000) {
    const line = source.append();
    appended.push({ at: line.at, latency: awaitCommit(reader, line) });
    await pause(10 + Math.random() * 50);
    const count = reader.count();
    if (count - before > OWN_EVENTS) grown = performance.now();
    before = count;
  }
  const latencies = await Promise.all(appended.map(({ latency }) => latency));
  return latencies.filter((_, index) => appended[index]!.at <= grown);
}

/** Latencies of lines that find the collector at rest. */
async function appendOneByOne(source: LiveSource, reader: StoreReader, count: number): Promise<number[]> {
  const latencies: number[] = [];
  while (latencies.length < count) {
    await pause(120 + Math.random() * 380);
    latencies.push(await awaitCommit(reader, source.append()));
  }
  return latencies;
}

/** Latencies of lines that come faster than one source is read. */
async function appendInBursts(source: LiveSource, reader: StoreReader): Promise<number[]> {
  const latencies: number[] = [];
  for (let burst = 0; burst < BURSTS; burst++) {
    const commits: Promise<number>[] = [];
    for (let index = 0; index < BURST_LENGTH; index++) {
      commits.push(awaitCommit(reader, source.append()));
      await pause(20);
    }
    latencies.push(...await Promise.all(commits));
    await pause(200 + Math.random() * 200);
  }
  return latencies;
}
