/**
 * Kills the program at many points of a sync, and looks each time whether anything was lost or doubled.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { MAX_ATTEMPTS } from "../../src/store/source_table.ts";
import { Random } from "../../scripts/bench/home/random.ts";
import { spawn } from "../e2e/program.ts";
import { assertSameState, checkStore, readState, type StoreState } from "./store_state.ts";
import { SYNC, sync, undisturbed } from "./syncing.ts";
import { type Call, runTraced, storePath } from "./traced.ts";
import { walFrames } from "./wal.ts";

/** How many of the kills by call come before a call of each kind. */
const SHARES = { pwrite64: 0.7, fsync: 0.3 } as const;

/** How many times in a row the program is killed at the most; at the third one, sources are set aside by design. */
const MAX_KILLS = MAX_ATTEMPTS - 1;

/** A moment at which the program is killed: before the `at`-th call of a kind on the store's files, or after `at` ms. */
interface Point {
  readonly kind: Call | "time";
  readonly at: number;
}

/** How often each kind of call comes in an undisturbed run, and how long that takes, ms. */
type Extent = Readonly<Record<Point["kind"], number>>;

/** One line of the table. */
export interface KillCount {
  readonly kind: string;
  readonly points: number;
  /** The program was still running then. */
  readonly killed: number;
  /** The log held a part of a transaction whose end was missing. */
  readonly insideTransaction: number;
  readonly failures: readonly string[];
}

/** What to do. */
export interface KillPlan {
  readonly home: string;
  /** An empty folder for stores. */
  readonly folder: string;
  readonly seed: number;
  /** How many points are drawn over calls, and as many over time. */
  readonly points: number;
}

/** Kills the program at points drawn over calls and over time. A failure is told, not thrown, so that all are seen. */
export async function killAll({ home, folder, seed, points }: KillPlan): Promise<readonly KillCount[]> {
  const random = new Random(seed, 0, 0xdead);
  const { state, calls } = await undisturbed(home, join(folder, "undisturbed"));
  // By time, it is killed without strace, which slows it down.
  const start = performance.now();
  await sync(home, join(folder, "timed"));
  const extent: Extent = { ...calls, time: performance.now() - start };
  assertSameState(readState(storePath(join(folder, "timed"))), state);
  const kinds: readonly (readonly [Point["kind"], number])[] = [
    ["pwrite64", Math.round(points * SHARES.pwrite64)],
    ["fsync", Math.round(points * SHARES.fsync)],
    ["time", points],
  ];
  const table: KillCount[] = [];
  for (const [kind, count] of kinds) {
    let killed = 0, insideTransaction = 0;
    const failures: string[] = [];
    for (let index = 0; index < count; index++) {
      // Spread evenly, and drawn within each part.
      const at = Math.max(1, Math.ceil((index + random.fraction()) / count * extent[kind]));
      const further = Array.from({ length: random.integer(0, MAX_KILLS - 1) }, (): Point => {
        const next = random.pick(["pwrite64", "fsync", "time"] as const);
        return { kind: next, at: Math.ceil(random.fraction() * extent[next]) };
      });
      const devlogHome = join(folder, `${kind}-${index}`);
      try {
        const found = await killAt(home, devlogHome, [{ kind, at }, ...further], state);
        killed += found.killed;
        insideTransaction += found.insideTransaction;
      } catch (error) {
        failures.push(`${[{ kind, at }, ...further].map((point) => `${point.kind} ${point.at}`)}: ${error}`);
      }
      await Deno.remove(devlogHome, { recursive: true }).catch(() => {});
    }
    table.push({ kind, points: count, killed, insideTransaction, failures });
  }
  return table;
}

/** The table as text. */
export function renderTable(table: readonly KillCount[], seed: number): string {
  const row = (cells: readonly unknown[]) => cells.map((cell) => String(cell).padStart(12)).join("");
  return [
    `seed ${seed}`,
    row(["kill", "points", "killed", "inside tx", "failures"]),
    ...table.map(({ kind, points, killed, insideTransaction, failures }) =>
      row([kind, points, killed, insideTransaction, failures.length])
    ),
  ].join("\n");
}

/** Kills the program at each point, one after the other, then lets it finish. Counts what the first kill met. */
async function killAt(home: string, devlogHome: string, points: readonly Point[], wanted: StoreState) {
  const found = { killed: 0, insideTransaction: 0 };
  for (const [index, point] of points.entries()) {
    const wasKilled = await runAndKill(home, devlogHome, point);
    const isOpen = isInsideTransaction(storePath(devlogHome));
    if (index === 0) {
      if (wasKilled) found.killed++;
      if (wasKilled && isOpen) found.insideTransaction++;
    }
    checkCopy(devlogHome);
  }
  await sync(home, devlogHome);
  checkStore(storePath(devlogHome));
  assertSameState(readState(storePath(devlogHome)), wanted);
  return found;
}

/** Runs a sync and kills it; `false` if it had ended by then. */
async function runAndKill(home: string, devlogHome: string, { kind, at }: Point): Promise<boolean> {
  if (kind !== "time") {
    const strace = ["-e", `trace=${kind}`, "-e", `inject=${kind}:signal=KILL:when=${at}`];
    const { code, signal, stderr } = await runTraced({ home, devlogHome, strace, args: SYNC });
    if (signal !== "SIGKILL") assertEquals(code, 0, stderr);
    return signal === "SIGKILL";
  }
  await using running = spawn(SYNC, { home, env: { DEVLOG_HOME: devlogHome } });
  await new Promise((resolve) => setTimeout(resolve, at));
  const { code } = await running.kill();
  if (code !== 137) assertEquals(code, 0, running.output.stderr);
  return code === 137;
}

/** Whether the files hold a transaction that was begun and not committed. */
function isInsideTransaction(store: string): boolean {
  return walFrames(readFile(`${store}-wal`)).openBytes > 0 || readFile(`${store}-journal`).length > 0;
}

/** Checks a copy of the store: opening it must not put right what the program is to put right. */
function checkCopy(devlogHome: string): void {
  const store = storePath(devlogHome);
  const copy = join(devlogHome, "copy.db");
  if (readFile(store).length === 0) return;
  for (const suffix of ["", "-wal", "-journal"]) {
    const bytes = readFile(store + suffix);
    if (bytes.length > 0) Deno.writeFileSync(copy + suffix, bytes);
  }
  checkStore(copy);
  for (const suffix of ["", "-wal", "-shm", "-journal"]) {
    try {
      Deno.removeSync(copy + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function readFile(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array(0);
    throw error;
  }
}
