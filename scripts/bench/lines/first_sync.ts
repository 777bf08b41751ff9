/**
 * The first sync of a whole history: how fast, how much memory, how big the store, and whether it found everything.
 *
 * @module
 */

import type { Bench, Measurement } from "../bench.ts";
import type { Figure } from "../figure.ts";
import { measureFloor } from "../floor.ts";
import type { ShapeName } from "../home/shape.ts";
import type { Home } from "../../generate_home.ts";
import { median } from "../statistics.ts";
import { formatSize } from "../size.ts";
import { compareCounts, measureStore, StoreReader } from "../store.ts";
import type { EventCounts } from "../home/transcript.ts";

/** The most memory that a sync may hold, in MB. */
export const MEMORY_BAR = 200;

/** How much of the bytes that were read the store may take. */
const STORE_BAR = 0.8;

/** Bytes of the history with lines of up to 16 MiB. */
const LONG_LINES_BYTES = 200e6;

/** What a first sync came to. */
export interface FirstSync {
  /** Median of all runs, from start to exit. */
  readonly seconds: number;
  /** The most of all runs, in MB. */
  readonly peak: number;
  /** Bytes of the store. */
  readonly store: number;
  readonly found: EventCounts;
}

/** Syncs a home into a new store, several times. */
export async function measureFirstSync(bench: Bench, home: Home, runs: number): Promise<FirstSync> {
  const seconds: number[] = [];
  const peaks: number[] = [];
  let last = { store: 0, found: {} as EventCounts };
  for (let run = 0; run < runs; run++) {
    const program = await bench.program(home);
    const result = await program.run("sync", "--initial-sync-days", "0");
    seconds.push(result.seconds);
    peaks.push(result.peak / 1e6);
    last = { store: measureStore(program.store), found: countEvents(program.store) };
    await bench.discard(program);
  }
  return { seconds: median(seconds), peak: Math.max(...peaks), ...last };
}

function countEvents(store: string): EventCounts {
  using reader = new StoreReader(store);
  return reader.countByType();
}

/** `first-sync`: large lines by bytes, small lines by events. */
export const firstSync: Measurement = {
  name: "first-sync",
  async *measure(bench) {
    yield* measureShape(bench, "large");
    yield* measureShape(bench, "small");
  },
};

async function* measureShape(bench: Bench, shape: ShapeName): AsyncGenerator<Figure> {
  const { bytes, runs } = bench.options;
  const home = bench.home(shape, bytes);
  const floor = await measureFloor(home.folder);
  const sync = await measureFirstSync(bench, home, runs);
  const events = Object.values(sync.found).reduce((sum, count) => sum + count, 0);
  const perSecond = home.bytes / 1e6 / sync.seconds;
  const what = `first sync, ${formatSize(home.bytes)} of ${shape} lines`;
  const floorRate = home.bytes / 1e6 / floor.seconds;
  const speed = `${sync.seconds.toFixed(2)} s; floor ${floor.seconds.toFixed(2)} s, ${
    floorRate.toFixed(0)
  } MB/s`;
  const differences = compareCounts(sync.found, home.events);
  if (shape === "small") {
    yield { what, value: events / sync.seconds, unit: "events/s", bar: { atLeast: 150_000 }, note: speed };
    yield { what, value: perSecond, unit: "MB/s" };
  } else {
    yield { what, value: perSecond, unit: "MB/s", bar: { atLeast: 120 }, note: speed };
  }
  yield { what: "  peak memory", value: sync.peak, unit: "MB", bar: { atMost: MEMORY_BAR } };
  yield {
    what: "  store / bytes read",
    value: sync.store / home.bytes,
    unit: "",
    bar: { atMost: STORE_BAR },
    note: `${formatSize(sync.store)}, ${events} events`,
  };
  yield {
    what: "  types of events whose number is not the generated one",
    value: differences === "" ? 0 : differences.split(",").length,
    unit: "",
    bar: { atMost: 0 },
    note: differences,
  };
}

/** `long-lines`: memory when lines come up to the 16 MiB from which on they are not decoded. */
export const longLines: Measurement = {
  name: "long-lines",
  async *measure(bench) {
    const home = bench.home("long", Math.min(LONG_LINES_BYTES, bench.options.bytes));
    const { peak } = await measureFirstSync(bench, home, 1);
    yield {
      what: `first sync, ${formatSize(home.bytes)} with lines of 14 MB: peak memory`,
      value: peak,
      unit: "MB",
      bar: { atMost: MEMORY_BAR },
    };
    await bench.discardHome(home);
  },
};
