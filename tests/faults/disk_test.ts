import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { skipUnless } from "../skips.ts";
import { fillHome, temporaryFolder } from "./home.ts";
import { assertSameState, checkStore, readState } from "./store_state.ts";
import { SYNC, sync, undisturbed } from "./syncing.ts";
import { runTraced, storePath } from "./traced.ts";

/** How many calls fail one after the other. */
const FAILURES = 2;

Deno.test({
  name: "sync waits while the disk is full or fails, says so, and loses nothing [needs strace]",
  ...skipUnless("strace"),
  fn: async (t) => {
    using home = temporaryFolder();
    using folder = temporaryFolder();
    fillHome(home.path, 300_000, 4, 5);
    const { state, calls } = await undisturbed(home.path, join(folder.path, "undisturbed"));
    const faults = [
      { call: "pwrite64", error: "ENOSPC", at: 0.5, said: "database or disk is full" },
      { call: "pwrite64", error: "ENOSPC", at: 0.9, said: "database or disk is full" },
      { call: "pwrite64", error: "EIO", at: 0.7, said: "disk I/O error" },
      { call: "fsync", error: "EIO", at: 0.7, said: "disk I/O error" },
      { call: "fsync", error: "EIO", at: 1, said: "disk I/O error" },
    ] as const;
    for (const { call, error, at, said } of faults) {
      await t.step(`${error} of ${call} at ${at}`, async () => {
        // A run may come out with a call less than the one that was counted.
        for (let first = Math.max(1, Math.ceil(at * calls[call])); first > 0; first--) {
          const devlogHome = join(folder.path, `${error}-${call}-${first}`);
          const last = call === "fsync" ? first : first + FAILURES - 1;
          const { code, stderr, trace } = await runTraced({
            home: home.path,
            devlogHome,
            args: SYNC,
            strace: [
              ...["-e", `trace=write,${call}`, "-e", `inject=${call}:error=${error}:when=${first}..${last}`],
              // Where the disk is full, it can't be written to collector.json either that it is.
              ...[
                "-P",
                join(devlogHome, "data/collector.json.new"),
                "-e",
                `inject=write:error=${error}:when=2..4`,
              ],
            ],
          });
          assertEquals(code, 0, stderr);
          assertStringIncludes(stderr, "up to date");
          checkStore(storePath(devlogHome));
          assertSameState(readState(storePath(devlogHome)), state);
          if (!failed(trace, call)) continue;
          assertStringIncludes(stderr, said);
          return;
        }
        throw new Error(`no ${call} could be made to fail`);
      });
    }
  },
});

Deno.test({
  name:
    "sync ends with an error when the disk is full before there is a store, and the next one is as ever [needs strace]",
  ...skipUnless("strace"),
  fn: async () => {
    using home = temporaryFolder();
    using folder = temporaryFolder();
    fillHome(home.path, 100_000, 2, 5);
    const { state } = await undisturbed(home.path, join(folder.path, "undisturbed"));
    const devlogHome = join(folder.path, "full");
    const strace = ["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=5+"];
    const { code, stderr } = await runTraced({ home: home.path, devlogHome, args: SYNC, strace });
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "database or disk is full");
    await sync(home.path, devlogHome);
    assertSameState(readState(storePath(devlogHome)), state);
  },
});

/**
 * Whether a call of that kind was made to fail that belongs to a commit: one on the log. What fails while the log is
 * folded into the file is no trouble, and SQLite says nothing of it.
 */
function failed(trace: string, call: string): boolean {
  const begun = new Map<string, string>();
  return trace.split("\n").some((line) => {
    const thread = line.split(" ")[0]!;
    if (line.includes(`${call}(`)) begun.set(thread, line);
    return line.includes(call) && line.includes("(INJECTED)") && begun.get(thread)?.includes("-wal>");
  });
}
