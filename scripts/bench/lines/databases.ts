/**
 * Databases of other programs: a first sync of one, and what it costs when one message of a large one changes.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { Bench, Measurement } from "../bench.ts";
import type { Figure } from "../figure.ts";
import { bubbleOf, type DatabaseName, DATABASES } from "../home/databases.ts";
import { pause, readCpuSeconds, readMemory, readRead } from "../proc.ts";
import { formatSize } from "../size.ts";
import { median, percentile } from "../statistics.ts";
import { compareCounts, connect, waitUntilQuiet } from "../store.ts";
import { measureFirstSync, MEMORY_BAR } from "./first_sync.ts";

/** A large database is so many times as large as one of usual size. */
const LARGE = 5;
/** A change may cost reading so much, bytes: the conversations on the pages that changed, and what else goes on. */
const CHANGE_BAR = 4e6;
const CHANGES = 20;
const SETTLING = 3_000;

/** `databases`: first syncs, and changes of a message. */
export const databases: Measurement = {
  name: "databases",
  async *measure(bench) {
    for (const name of Object.keys(DATABASES) as DatabaseName[]) yield* measureSync(bench, name);
    yield* measureChanges(bench);
  },
};

async function* measureSync(bench: Bench, name: DatabaseName): AsyncGenerator<Figure> {
  const { bytes, runs } = bench.options;
  const home = bench.database(name, bytes);
  const sync = await measureFirstSync(bench, home, runs);
  const events = Object.values(sync.found).reduce((sum, count) => sum + count, 0);
  const differences = compareCounts(sync.found, home.events);
  yield {
    what: `first sync, ${formatSize(home.bytes)} of ${name}`,
    value: home.bytes / 1e6 / sync.seconds,
    unit: "MB/s",
    note: `${sync.seconds.toFixed(2)} s, ${Math.round(events / sync.seconds)} events/s`,
  };
  yield { what: "  peak memory", value: sync.peak, unit: "MB", bar: { atMost: MEMORY_BAR } };
  yield {
    what: "  store / bytes read",
    value: sync.store / home.bytes,
    unit: "",
    note: formatSize(sync.store),
  };
  yield {
    what: "  types of events whose number is not the generated one",
    value: differences === "" ? 0 : differences.split(",").length,
    unit: "",
    bar: { atMost: 0 },
    note: differences,
  };
  await bench.discardHome(home);
}

/** One message after the other changes in a large database of Cursor, while a collector watches. */
async function* measureChanges(bench: Bench): AsyncGenerator<Figure> {
  const home = bench.database("cursor", LARGE * bench.options.bytes);
  await pause(SETTLING);
  const program = await bench.program(home);
  {
    await using collector = program.start("--initial-sync-days", "0");
    using reader = await connect(program.store, collector);
    await waitUntilQuiet(reader, collector);
    yield {
      what: `first sync, ${formatSize(home.bytes)} of cursor: peak memory of \`start\``,
      value: readMemory(collector.pid).peak / 1e6,
      unit: "MB",
      bar: { atMost: MEMORY_BAR },
    };
    const database = new DatabaseSync(`${home.folder}/${DATABASES.cursor}`);
    const read = database.prepare("select value from cursorDiskKV where key = ?");
    const write = database.prepare("update cursorDiskKV set value = ? where key = ?");
    const costs: number[] = [];
    const waits: number[] = [];
    let cpu = 0;
    for (let change = 0; change < CHANGES; change++) {
      const conversation = String(change * 37 % home.files);
      const key = `bubbleId:00000000-0000-4000-8000-${conversation.padStart(12, "0")}:${
        bubbleOf(conversation, 0)
      }`;
      const bubble = JSON.parse(String(read.get(key)!.value));
      const before = {
        seq: reader.lastSeq(),
        read: readRead(collector.pid),
        cpu: readCpuSeconds(collector.pid),
      };
      const started = performance.now();
      write.run(JSON.stringify({ ...bubble, text: `changed ${change}` }), key);
      while (reader.lastSeq() === before.seq) await pause(2);
      waits.push(performance.now() - started);
      await pause(1_000);
      // The first change makes a log, of which nothing is known yet.
      if (change > 0) costs.push(readRead(collector.pid) - before.read);
      cpu += readCpuSeconds(collector.pid) - before.cpu;
    }
    database.close();
    yield {
      what: `one message of ${formatSize(home.bytes)} of cursor changes: bytes read`,
      value: median(costs) / 1e6,
      unit: "MB",
      bar: { atMost: CHANGE_BAR / 1e6 },
      note: `median of ${costs.length}; the most ${(Math.max(...costs) / 1e6).toFixed(1)}`,
    };
    yield {
      what: "  changed to stored: p50",
      value: median(waits),
      unit: "ms",
      note: `CPU ${(1000 * cpu / CHANGES).toFixed(0)} ms a change`,
    };
    yield {
      what: "  changed to stored: p99",
      value: percentile(waits, 0.99),
      unit: "ms",
      bar: { atMost: 500 },
    };
  }
  await bench.discard(program);
  await bench.discardHome(home);
}
