import { assert, assertEquals, assertGreater, assertLessOrEqual, assertMatch } from "@std/assert";
import { ClaudeSession, CodexSession } from "../e2e/agent_homes.ts";
import { skipUnless } from "../skips.ts";
import { compress } from "../sources/zstd.ts";
import { eventually } from "../e2e/eventually.ts";
import { CollectorInProcess } from "./collecting.ts";
import { FakeFolders } from "./fake_folders.ts";

/** The collector's threads and its channel live as long as the process. */
const THREADS = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "a collector reads a file that fails each time while it grows seldom, and at once when it is whole " +
    "[needs deno-zstd]",
  ...THREADS,
  ...skipUnless("deno-zstd"),
  fn: async () => {
    await using collector = new CollectorInProcess();
    const session = new CodexSession(collector.home.path, 1).turn("whole");
    const path = `${session.path}.zst`;
    const whole = compress(Deno.readFileSync(session.path));
    Deno.removeSync(session.path);
    Deno.writeFileSync(path, whole.subarray(0, whole.length - 60));
    await collector.startUpToDate();
    const startedAt = performance.now();
    const tries = new Set<number>();
    for (let missing = 59; missing >= 0; missing--) {
      Deno.writeFileSync(path, whole.subarray(-missing - 1).subarray(0, 1), { append: true });
      await new Promise((resolve) => setTimeout(resolve, 50));
      const [source] = collector.sources();
      // Of one that is read there is none.
      if (source!.nextTry !== undefined) tries.add(source!.nextTry);
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    await eventually("the session", () => collector.sources()[0]!.status === "synced");
    assertGreater(tries.size, 1, "it was not tried again");
    assertLessOrEqual(tries.size, seconds + 2);
  },
});

Deno.test(
  "a collector whose watching fails sweeps, says so once, and still reads new lines within seconds",
  THREADS,
  async () => {
    const folders = new FakeFolders();
    folders.failure = new Error("too many watches");
    await using collector = new CollectorInProcess({ watchFolder: folders.watch });
    const session = new ClaudeSession(collector.home.path, 1).turn("history");
    await collector.startUpToDate();
    await eventually("the problem", () => collector.summary().problems.some(({ key }) => key === "watch"));
    await eventually("the sweep", () => collector.info?.watching === "sweep");
    assertMatch(collector.summary().problems[0]!.message, /projects: too many watches\.$/);
    session.turn("more");
    await eventually("the new line", () => collector.summary().events === 5, 5_000);
    assertEquals(collector.notes.length, 1);

    folders.failure = undefined;
    await eventually("the end of the problem", () => collector.summary().problems.length === 0);
    await eventually("the watch", () => collector.info?.watching === "events");
  },
);

for (const [how, error] of [["throws", new Error("the watch broke")], ["ends", undefined]] as const) {
  Deno.test(
    `a collector whose watcher ${how} later reads what it missed, and watches again`,
    THREADS,
    async () => {
      const folders = new FakeFolders();
      await using collector = new CollectorInProcess({ watchFolder: folders.watch });
      const session = new ClaudeSession(collector.home.path, 1).turn("history");
      await collector.startUpToDate();
      const [root] = folders.started as [string];
      session.turn("not told of");
      // The sweep does not look at what was changed long ago.
      Deno.utimeSync(session.path, new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000));
      folders.end(root, error);
      await eventually("the line", () => collector.summary().events === 5, 5_000);
      await eventually("the second watch", () => folders.started.length === 2);
      await eventually("no problem", () => collector.summary().problems.length === 0);
      session.turn("told of");
      folders.report(root, "modify", Deno.realPathSync(session.path));
      await eventually("the last line", () => collector.summary().events === 7);
    },
  );
}

Deno.test(
  "a collector without enough disk reads nothing, says so, and goes on by itself",
  THREADS,
  async () => {
    let trouble: string | undefined = "Only 3 MB are free.";
    await using collector = new CollectorInProcess({
      diskTrouble: () => Promise.resolve(trouble),
      diskEvery: 0,
    });
    const session = new ClaudeSession(collector.home.path, 1).turn("history");
    collector.start();
    await eventually("the problem", () => collector.summary().problems.some(({ key }) => key === "disk"));
    await eventually("the pause", () => collector.info?.phase === "paused");
    assertEquals(collector.info?.reason, trouble);
    session.turn("while it is full");
    assertEquals([collector.summary().events, collector.upToDate], [0, 0]);

    trouble = undefined;
    await eventually("the events", () => collector.summary().events === 5);
    await eventually("no problem", () => collector.summary().problems.length === 0);
    await eventually("the end of the pause", () => collector.info?.phase === "live");
    assertEquals(collector.info?.reason, undefined);

    trouble = "Only 2 MB are free.";
    await eventually("the second pause", () => collector.info?.phase === "paused");
    session.turn("while it is full again");
    trouble = undefined;
    await eventually("the last events", () => collector.summary().events === 7);
  },
);

Deno.test(
  "a collector after others that ended unexpectedly waits, says so, and goes on by itself",
  THREADS,
  async () => {
    await using collector = new CollectorInProcess({
      crashes: { count: 3, until: Date.now() + 3_000 },
      diskEvery: 0,
    });
    new ClaudeSession(collector.home.path, 1).turn("history");
    collector.start();
    await eventually("the problem", () => collector.summary().problems.some(({ key }) => key === "crashes"));
    await eventually("the pause", () => collector.info?.phase === "paused");
    assertEquals([collector.summary().events, collector.info?.crashes], [0, 3]);
    assertMatch(collector.info!.reason!, /ended unexpectedly 3 times in a row/);
    await eventually("the events", () => collector.summary().events === 3);
    await eventually("no problem", () => collector.summary().problems.length === 0);
    await eventually("the end of the pause", () => collector.info?.phase === "live");
  },
);

Deno.test("a collector that is stopped while the disk is full ends", THREADS, async () => {
  await using collector = new CollectorInProcess({
    diskTrouble: () => Promise.resolve("Only 3 MB are free."),
  });
  new ClaudeSession(collector.home.path, 1).turn("history");
  collector.start();
  await eventually("the pause", () => collector.info?.phase === "paused");
  assert(await collector.stop());
  assertEquals(collector.summary().events, 0);
});

for (const background of [true, false]) {
  const when = background ? "while its history is read" : "only after its history is read";
  Deno.test(`a collector with background_sync: ${background} watches ${when}`, THREADS, async () => {
    const folders = new FakeFolders();
    const upToDateThen: number[] = [];
    const watchFolder = (path: string) => {
      upToDateThen.push(collector.upToDate);
      return folders.watch(path);
    };
    await using collector = new CollectorInProcess({ watchFolder }, { background_sync: background });
    new ClaudeSession(collector.home.path, 1).turn("history");
    await collector.startUpToDate();
    await eventually("the watch", () => folders.started.length > 0);
    assertEquals(upToDateThen, [background ? 0 : 1]);
  });
}

Deno.test(
  "a collector tells of progress while it reads history, and of new lines no more",
  THREADS,
  async () => {
    await using collector = new CollectorInProcess();
    // Several: of one alone nothing is under way any more when it has been committed.
    const sessions = [1, 2, 3, 4, 5, 6].map((n) => new ClaudeSession(collector.home.path, n).turn("history"));
    await collector.startUpToDate();
    const told = collector.progressTold;
    assertGreater(told, 0);
    const first = collector.sources().map(({ readAt }) => readAt);
    for (const session of sessions) session.turn("live");
    // Each is read when its line comes, and once more when its times are old enough: then all at once.
    await eventually("the second look", () => {
      return collector.sources().every(({ readAt, stamp }, n) =>
        readAt > first[n]! && readAt > stamp.mtime + 2_000
      );
    });
    assertEquals(collector.progressTold, told);
  },
);
