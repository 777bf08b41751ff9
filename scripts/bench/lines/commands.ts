/**
 * How long the commands take that people wait for.
 *
 * @module
 */

import type { Measurement } from "../bench.ts";
import { median } from "../statistics.ts";

const RUNS = 20;

/** `commands`: `--help` and `status`, beside a program that does nothing. */
export const commands: Measurement = {
  name: "commands",
  async *measure(bench) {
    const program = await bench.program(bench.home("large", bench.options.bytes));
    await program.run("sync", "--initial-sync-days", "0");
    const time = async (...args: readonly string[]) => {
      const seconds: number[] = [];
      // The first run fills caches.
      for (let run = 0; run <= RUNS; run++) seconds.push((await program.run(...args)).seconds);
      return median(seconds.slice(1)) * 1_000;
    };
    const empty = await timeEmptyProgram();
    const note = `median of ${RUNS}; an empty program under \`deno run\` takes ${empty.toFixed(0)} ms`;
    yield { what: "`--help`", value: await time("--help"), unit: "ms", bar: { atMost: 60 }, note };
    yield { what: "`status`", value: await time("status"), unit: "ms", bar: { atMost: 100 }, note };
    await bench.discard(program);
  },
};

async function timeEmptyProgram(): Promise<number> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const milliseconds: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const started = performance.now();
    await new Deno.Command(Deno.execPath(), { args: ["run", "--no-config", file] }).output();
    milliseconds.push(performance.now() - started);
  }
  await Deno.remove(file);
  return median(milliseconds.slice(1));
}
