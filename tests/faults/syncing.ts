/**
 * Syncs a home by the program, undisturbed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { run } from "../e2e/program.ts";
import { checkStore, readState, type StoreState } from "./store_state.ts";
import { type Call, CALLS, runTraced, storePath } from "./traced.ts";

/** Arguments of a sync that takes all there is. */
export const SYNC: readonly string[] = ["sync", "--initial-sync-days", "0"];

/** Runs a sync, which must succeed. */
export async function sync(home: string, devlogHome: string): Promise<void> {
  const { code, stderr } = await run(SYNC, { home, env: { DEVLOG_HOME: devlogHome } });
  assertEquals(code, 0, stderr);
}

/** What a first sync comes to that nobody disturbs, and how often it makes each kind of call on the store's files. */
export async function undisturbed(
  home: string,
  devlogHome: string,
): Promise<{ readonly state: StoreState; readonly calls: Readonly<Record<Call, number>> }> {
  const strace = ["-e", `trace=${CALLS.join()}`];
  const { code, stderr, trace } = await runTraced({ home, devlogHome, strace, args: SYNC });
  assertEquals(code, 0, stderr);
  checkStore(storePath(devlogHome));
  const count = (call: Call) => trace.split("\n").filter((line) => line.includes(` ${call}(`)).length;
  return {
    state: readState(storePath(devlogHome)),
    calls: { pwrite64: count("pwrite64"), fsync: count("fsync") },
  };
}
