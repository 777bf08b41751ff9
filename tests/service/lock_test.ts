import { assert, assertEquals } from "@std/assert";
import { skipUnless } from "../skips.ts";
import {
  type CollectorInfo,
  collectorInfo,
  CollectorLock,
  isCollectorRunning,
  removeCollectorInfo,
  writeCollectorInfo,
} from "../../src/service/lock.ts";

const INFO: CollectorInfo = {
  pid: 4711,
  version: "0.1.0",
  startedAt: 1_800_000_000_000,
  startedBy: "start",
  watching: "events",
  phase: "live",
};

/** A folder for one test. */
function temporaryFolder() {
  const path = Deno.makeTempDirSync({ prefix: "devlog-lock-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test("CollectorLock.acquire() gives the lock to one at a time", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/collector.lock`;
  const first = CollectorLock.acquire(path);
  assert(first !== undefined);
  assertEquals(CollectorLock.acquire(path), undefined);
  first.release();
  using second = CollectorLock.acquire(path);
  assert(second !== undefined);
});

Deno.test("CollectorLock.acquire() writes nothing into the file", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/collector.lock`;
  using _ = CollectorLock.acquire(path);
  assertEquals(Deno.statSync(path).size, 0);
});

Deno.test({
  name: "CollectorLock.acquire() makes a file for this user alone [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/collector.lock`;
    Deno.writeTextFileSync(path, "", { mode: 0o644 });
    using _ = CollectorLock.acquire(path);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  },
});

Deno.test("isCollectorRunning() is true as long as another process holds the lock, and makes no file", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/collector.lock`;
  assertEquals(isCollectorRunning(path), false);
  assertEquals([...Deno.readDirSync(folder.path)], []);
  await using holder = hold(path);
  await holder.held;
  assertEquals(isCollectorRunning(path), true);
  assertEquals(CollectorLock.acquire(path), undefined);
  await holder.kill();
  assertEquals(isCollectorRunning(path), false);
});

Deno.test("CollectorLock.acquire() succeeds while others only look whether it is held", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/collector.lock`;
  CollectorLock.acquire(path)!.release();
  const code = `import { isCollectorRunning } from ${JSON.stringify(LOCK_MODULE)};
    for (let look = 0; look < 2000; look++) isCollectorRunning(Deno.args[0]);
    console.log("done");`;
  const looking = [1, 2].map(() => evaluate(code, path));
  try {
    for (let round = 0; round < 20; round++) {
      using lock = CollectorLock.acquire(path);
      assert(lock !== undefined, "who only looks took the lock");
    }
  } finally {
    for (const process of looking) assertEquals((await process.output()).code, 0);
  }
});

Deno.test("collectorInfo() gives back what writeCollectorInfo() wrote, whole at any time", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/collector.json`;
  assertEquals(collectorInfo(path), undefined);
  writeCollectorInfo(path, INFO);
  assertEquals(collectorInfo(path), INFO);
  writeCollectorInfo(path, { ...INFO, phase: "paused", reason: "the disk is full" });
  assertEquals(collectorInfo(path)?.reason, "the disk is full");
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["collector.json"]);
  removeCollectorInfo(path);
  removeCollectorInfo(path);
  assertEquals(collectorInfo(path), undefined);
});

for (
  const [what, text] of [
    ["is empty", ""],
    ["is cut", JSON.stringify(INFO).slice(0, 30)],
    ["is no JSON", "\0\xff"],
    ["is null", "null"],
    ["is a list", JSON.stringify([INFO])],
    ["lacks a key", JSON.stringify({ ...INFO, pid: undefined })],
    ["has a pid that is none", JSON.stringify({ ...INFO, pid: 1.5 })],
    ["has a time that is none", JSON.stringify({ ...INFO, startedAt: "today" })],
    ["names a phase that there is not", JSON.stringify({ ...INFO, phase: "asleep" })],
    ["has a reason that is none", JSON.stringify({ ...INFO, reason: 1 })],
  ] as const
) {
  Deno.test(`collectorInfo() knows nothing when the file ${what}`, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/collector.json`;
    Deno.writeTextFileSync(path, text);
    assertEquals(collectorInfo(path), undefined);
  });
}

Deno.test("collectorInfo() knows nothing when the file can't be read", () => {
  using folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/collector.json`);
  assertEquals(collectorInfo(`${folder.path}/collector.json`), undefined);
});

Deno.test({
  name: "writeCollectorInfo() makes a file for this user alone, whatever a draft left behind [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/collector.json`;
    Deno.writeTextFileSync(`${path}.new`, "half", { mode: 0o644 });
    writeCollectorInfo(path, INFO);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  },
});

const LOCK_MODULE = new URL("../../src/service/lock.ts", import.meta.url).href;

function evaluate(code: string, path: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-check", `Deno.args[0] = ${JSON.stringify(path)};${code}`],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Holds a lock in a process of its own until that is killed. */
function hold(path: string) {
  const process = evaluate(
    `const { CollectorLock } = await import(${JSON.stringify(LOCK_MODULE)});
     CollectorLock.acquire(${JSON.stringify(path)});
     console.log("held");
     setInterval(() => {}, 1000);`,
    path,
  );
  const reader = process.stdout.getReader();
  const held = reader.read();
  const kill = async () => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await process.status;
    await reader.cancel();
  };
  return { held, kill, [Symbol.asyncDispose]: kill };
}
