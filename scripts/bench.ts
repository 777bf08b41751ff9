/**
 * Measures every bar of the program on generated homes and prints a table of them.
 *
 *     deno task bench [--size 40MB|400MB|4GB] [--only NAME]... [--runs N] [--idle-minutes N] [--appends N]
 *                     [--sources N] [--json FILE]
 *
 * It runs on Linux, and the real program: `DEVLOG_BIN`, else `main.ts`. A bar that is missed is marked and does not
 * fail the run; a measurement that can't be taken does. How each line is measured: `docs/performance.md`.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Bench, type BenchOptions, type Measurement } from "./bench/bench.ts";
import { type Figure, formatFigure, judge } from "./bench/figure.ts";
import { append } from "./bench/lines/append.ts";
import { commands } from "./bench/lines/commands.ts";
import { databases } from "./bench/lines/databases.ts";
import { exporting } from "./bench/lines/export.ts";
import { firstSync, longLines } from "./bench/lines/first_sync.ts";
import { growth } from "./bench/lines/growth.ts";
import { manySources } from "./bench/lines/many_sources.ts";
import { describeMachine } from "./bench/machine.ts";
import { parseSize } from "./bench/size.ts";

const MEASUREMENTS: readonly Measurement[] = [
  firstSync,
  longLines,
  growth,
  append,
  manySources,
  databases,
  exporting,
  commands,
];

/** A measurement that could not be taken. */
interface Failure {
  readonly name: string;
  readonly message: string;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs(args, {
    string: ["size", "only", "runs", "idle-minutes", "appends", "sources", "json"],
    collect: ["only"],
  });
  const number = (name: string, fallback: number) => Number(options[name] ?? fallback);
  const wanted: BenchOptions = {
    bytes: parseSize(String(options.size ?? "400MB")) ?? NaN,
    runs: number("runs", 3),
    idleMinutes: number("idle-minutes", 1),
    appends: number("appends", 200),
    sources: number("sources", 10_000),
  };
  const only = options.only as readonly string[];
  const unknown = only.find((name) => !MEASUREMENTS.some((measurement) => measurement.name === name));
  if (unknown !== undefined || Object.values(wanted).some((value) => !(value > 0))) {
    print(
      `usage: deno task bench [--size 400MB] [--only ${MEASUREMENTS.map(({ name }) => name).join("|")}]...`,
    );
    return 2;
  }
  const machine = describeMachine();
  print(machine);
  const chosen = MEASUREMENTS.filter(({ name }) => only.length === 0 || only.includes(name));
  const { figures, failures } = await measureAll(chosen, wanted);
  const misses = figures.filter((figure) => judge(figure) === "MISS").length;
  const bars = figures.filter(({ bar }) => bar !== undefined).length;
  print(`${bars - misses} of ${bars} bars reached, ${failures.length} measurements failed`);
  if (typeof options.json === "string") {
    const judged = figures.map((figure) => ({ ...figure, verdict: judge(figure) }));
    await Deno.writeTextFile(
      options.json,
      JSON.stringify({ machine, options: wanted, figures: judged, failures }, null, 2) + "\n",
    );
  }
  return failures.length === 0 ? 0 : 1;
}

async function measureAll(
  measurements: readonly Measurement[],
  options: BenchOptions,
): Promise<{ readonly figures: readonly Figure[]; readonly failures: readonly Failure[] }> {
  using bench = new Bench(options);
  Deno.addSignalListener("SIGINT", () => {
    bench[Symbol.dispose]();
    Deno.exit(130);
  });
  const figures: Figure[] = [];
  const failures: Failure[] = [];
  for (const { name, measure } of measurements) {
    try {
      for await (const figure of measure(bench)) {
        figures.push(figure);
        print(formatFigure(figure));
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failures.push({ name, message });
      print(`${name} failed: ${message}`);
    }
  }
  return { figures, failures };
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
