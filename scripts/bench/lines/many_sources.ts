/**
 * What the number of sources costs when there is nothing new in them: at the start, and at rest.
 *
 * @module
 */

import type { Bench, Measurement } from "../bench.ts";
import type { Home } from "../../generate_home.ts";
import { countOpenFiles, pause, readCpuSeconds, readMemory } from "../proc.ts";
import { median } from "../statistics.ts";
import { connect, waitUntilQuiet } from "../store.ts";
import { canTrace } from "../trace.ts";

/** A source counts as unchanged once it was read more than 2 s after it was written. */
const SETTLING = 3_000;

const NOTHING_NEW_RUNS = 5;
const IDLE_SECONDS = 60;

/** A collector is at rest when its threads have ended, and that is so long after its last event, in ms. */
const COMING_TO_REST = 45_000;

/** Sources of the home that open files are compared with. */
const FEW_SOURCES = 100;

/** `many-sources`: start with nothing new, opened files, idle CPU. */
export const manySources: Measurement = {
  name: "many-sources",
  async *measure(bench) {
    const { sources } = bench.options;
    const home = bench.manySources(sources);
    await pause(SETTLING);
    const program = await bench.program(home);
    await program.run("sync", "--initial-sync-days", "0");
    const seconds: number[] = [];
    for (let run = 0; run < NOTHING_NEW_RUNS; run++) {
      seconds.push((await program.run("sync", "--initial-sync-days", "0")).seconds);
    }
    yield {
      what: `\`sync\` with nothing new, ${sources} sources`,
      value: median(seconds) * 1_000,
      unit: "ms",
      bar: { atMost: 500 },
      note: `median of ${NOTHING_NEW_RUNS}, from start to exit`,
    };
    if (canTrace()) {
      const lines = await program.trace("open,openat,openat2", "sync", "--initial-sync-days", "0");
      const opened = lines.filter((line) => line.includes(`${home.folder}/`) && line.includes(".jsonl"));
      yield { what: "  sources it opens", value: opened.length, unit: "", bar: { atMost: 0 } };
    }
    await bench.discard(program);

    const many = await measureRest(bench, home);
    const few = await measureRest(bench, bench.manySources(FEW_SOURCES));
    yield {
      what: `CPU when idle, ${sources} sources`,
      value: many.cpu,
      unit: "% of a core",
      bar: { atMost: 0.5 },
      note: `over ${IDLE_SECONDS} s`,
    };
    yield {
      what: `open files, ${sources} sources beside ${FEW_SOURCES}`,
      value: many.files - few.files,
      unit: "more",
      bar: { atMost: 0 },
      note: `${many.files}, ${few.files}`,
    };
    yield { what: `memory when idle, ${sources} sources`, value: many.memory, unit: "MB" };
  },
};

/** A collector that has nothing to do: percent of a core, open files, MB. */
async function measureRest(
  bench: Bench,
  home: Home,
): Promise<{ readonly cpu: number; readonly files: number; readonly memory: number }> {
  const program = await bench.program(home);
  let rest;
  {
    await using collector = program.start("--initial-sync-days", "0");
    using reader = await connect(program.store, collector);
    await waitUntilQuiet(reader, collector, COMING_TO_REST);
    const before = readCpuSeconds(collector.pid);
    await pause(IDLE_SECONDS * 1_000);
    rest = {
      cpu: 100 * (readCpuSeconds(collector.pid) - before) / IDLE_SECONDS,
      files: countOpenFiles(collector.pid),
      memory: readMemory(collector.pid).resident / 1e6,
    };
  }
  await bench.discard(program);
  return rest;
}
