import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { linesOf, makeCollector, Project, until } from "./collecting.ts";
import { promptLine, supersededPrompts } from "./prompts.ts";
import { skipUnless } from "../skips.ts";

/** Long enough ago for a stat to tell whether a file has changed since. */
const PAST = new Date(Date.now() - 3_600_000);

Deno.test("sync takes what was appended, and nothing twice", async () => {
  using project = new Project();
  project.write("a", "one", "two");
  await project.sync();
  project.append("a", "three");
  await project.sync();
  await project.sync();
  assertEquals(project.prompts(), ["one", "three", "two"]);
});

Deno.test("sync keeps the events of what was cut off", async () => {
  using project = new Project();
  project.write("a", "one", "two", "three");
  await project.sync();
  Deno.truncateSync(project.path("a"), promptLine("one").length);
  await project.sync();
  assertEquals(project.prompts(), ["one", "three", "two"]);
  project.append("a", "four");
  await project.sync();
  assertEquals(project.prompts(), ["four", "one", "three", "two"]);
});

Deno.test("sync takes a file that was emptied and written anew", async (t) => {
  // All first lines are longer than the head by which a file is known.
  const head = `head ${"h".repeat(5_000)}`;
  const cases = [
    { name: "to the same size", before: ["aaa", "bbb"], after: ["ccc", "ddd"] },
    { name: "and grew longer", before: ["aaa", "bbb"], after: ["ccc", "ddd", "eee"] },
    { name: "and became shorter", before: ["aaa", "bbb"], after: ["ccc"] },
    { name: "with the same first 4 KiB", before: [head, "aaa", "bbb"], after: [head, "ccc", "ddd", "eee"] },
    { name: "with the same first 4 KiB and size", before: [head, "aaa", "bbb"], after: [head, "aaa", "ccc"] },
  ];
  for (const { name, before, after } of cases) {
    await t.step(name, async () => {
      using project = new Project();
      project.write("a", ...before);
      await project.sync();
      Deno.truncateSync(project.path("a"));
      project.append("a", ...after);
      await project.sync();
      const all = [...new Set([...project.prompts(), ...supersededPrompts(project.store)])];
      assertEquals(all.sort(), [...new Set([...before, ...after])].sort());
      for (const text of after) assertEquals(project.prompts().filter((prompt) => prompt === text).length, 1);
    });
  }
});

Deno.test("sync takes a file that another one replaced by rename, and supersedes what is no longer in it", async () => {
  using project = new Project();
  project.write("a", "one", "two");
  await project.sync();
  Deno.writeTextFileSync(`${project.folder}/new`, linesOf(["one", "three", "four"]));
  Deno.renameSync(`${project.folder}/new`, project.path("a"));
  await project.sync();
  assertEquals(project.prompts(), ["four", "one", "three"]);
  assertEquals(supersededPrompts(project.store), ["two"]);
});

Deno.test("sync tells a new file from an old one that had its inode", async () => {
  using project = new Project();
  project.write("a", "one", "two");
  const inode = Deno.statSync(project.path("a")).ino;
  await project.sync();
  Deno.removeSync(project.path("a"));
  // Where the file system hands the number out again, one of the next files gets it.
  let name = "b";
  for (let tries = 0; tries < 50; tries++) {
    project.write(name, "three", "four");
    if (Deno.statSync(project.path(name)).ino === inode) break;
    name = `${name}b`;
  }
  await project.sync();
  assertEquals(project.prompts(), ["four", "one", "three", "two"]);
});

Deno.test("sync reads on behind the hole that a stale writer leaves after copytruncate", async () => {
  using project = new Project();
  project.write("a", "one", "two");
  const { size } = Deno.statSync(project.path("a"));
  await project.sync();
  using writer = Deno.openSync(project.path("a"), { write: true });
  Deno.truncateSync(project.path("a"));
  writer.seekSync(size, Deno.SeekMode.Start);
  writer.writeSync(new TextEncoder().encode(promptLine("three")));
  await project.sync();
  writer.writeSync(new TextEncoder().encode(promptLine("four")));
  await project.sync();
  assertEquals(project.prompts(), ["four", "one", "three", "two"]);
  assertEquals(project.summary().unreadKinds, [{
    agent: "claude-code",
    agentVersion: "2.1.42",
    kind: "damaged:nul_run",
    records: 1,
  }]);
});

Deno.test("sync sees a rewrite in place that keeps the size", async (t) => {
  const filler = `filler ${"x".repeat(6_000)}`;
  const cases = [
    { name: "by its head", before: ["aaa", filler, "bbb"], after: ["ccc", filler, "bbb"] },
    { name: "by its last bytes", before: ["aaa", filler, "bbb"], after: ["aaa", filler, "ccc"] },
  ];
  for (const { name, before, after } of cases) {
    await t.step(name, async () => {
      using project = new Project();
      project.write("a", ...before);
      Deno.utimeSync(project.path("a"), PAST, PAST);
      await project.sync();
      const { size, ino } = Deno.statSync(project.path("a"));
      Deno.writeTextFileSync(project.path("a"), linesOf(after));
      // Even its time is set back; ctime tells.
      Deno.utimeSync(project.path("a"), PAST, PAST);
      assertEquals([Deno.statSync(project.path("a")).size, Deno.statSync(project.path("a")).ino], [
        size,
        ino,
      ]);
      await project.sync();
      assertEquals(project.prompts(), after.toSorted());
      assertEquals(supersededPrompts(project.store), before.filter((text) => !after.includes(text)));
    });
  }
});

Deno.test("sync tells two files apart whose first 64 KiB are the same", async () => {
  using project = new Project();
  const shared = [`shared ${"s".repeat(70_000)}`];
  project.write("a", ...shared, "one");
  project.write("b", ...shared, "two");
  await project.sync();
  project.append("a", "three");
  project.append("b", "four");
  await project.sync();
  assertEquals(project.prompts(), ["four", "one", ...shared, "three", "two"]);
  assertEquals([project.source("a").cursor.offset, project.source("b").cursor.offset], [
    Deno.statSync(project.path("a")).size,
    Deno.statSync(project.path("b")).size,
  ]);
});

Deno.test({
  name: "sync reads a file once, whatever links lead to it [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using project = new Project();
    project.write("a", "one");
    Deno.linkSync(project.path("a"), project.path("hard"));
    Deno.symlinkSync(project.path("a"), project.path("soft"));
    Deno.writeTextFileSync(`${project.home}/outside.jsonl`, promptLine("outside"));
    Deno.symlinkSync(`${project.home}/outside.jsonl`, project.path("out"));
    await project.sync();
    project.append("hard", "two");
    await project.sync();
    assertEquals(project.prompts(), ["one", "two"]);
    assertEquals(project.summary().sources.synced, 1);
  },
});

Deno.test("sync keeps the events of a file that was deleted, and says that it is gone", async () => {
  using project = new Project();
  project.write("a", "one");
  project.write("b", "two");
  await project.sync();
  Deno.removeSync(project.path("a"));
  project.append("b", "three");
  await project.sync();
  assertEquals(project.prompts(), ["one", "three", "two"]);
  assertEquals([project.source("a").gone, project.source("b").gone], [true, false]);
  // It comes back: what it held is known, the rest is new.
  project.write("a", "one", "four");
  await project.sync();
  assertEquals(project.prompts(), ["four", "one", "three", "two"]);
  assertEquals(project.source("a").gone, false);
});

Deno.test("start keeps the events of a file that is deleted while it runs, and follows the others", async () => {
  using project = new Project();
  project.write("a", "one");
  project.write("b", "two");
  const collector = makeCollector(project.home, false);
  const ended = collector.run();
  try {
    await until("the first sync", () => hasPrompts(project, ["one", "two"]));
    Deno.removeSync(project.path("a"));
    project.append("b", "three");
    project.write("c", "four");
    await until("what was written", () => hasPrompts(project, ["four", "one", "three", "two"]));
    await until("that it is gone", () => project.source("a").gone);
  } finally {
    collector.stop();
    await ended;
  }
});

Deno.test({
  name: "sync names a file that it may not read, and reads it once it may [needs not-root]",
  ...skipUnless("not-root"),
  fn: async () => {
    using project = new Project();
    project.write("a", "one");
    project.write("b", "two");
    Deno.chmodSync(project.path("a"), 0);
    await project.sync();
    assertEquals(project.prompts(), ["two"]);
    assertEquals(project.source("a").status, "error");
    assertMatch(project.source("a").error!, /may not be read by this user/);
    Deno.chmodSync(project.path("a"), 0o600);
    await project.sync();
    assertEquals(project.prompts(), ["one", "two"]);
    assertEquals([project.source("a").status, project.source("a").error], ["synced", undefined]);
  },
});

Deno.test("sync moves the cursor with a file that was renamed", async () => {
  using project = new Project();
  project.write("a", "one", "two");
  await project.sync();
  const { id, cursor } = project.source("a");
  Deno.renameSync(project.path("a"), project.path("b"));
  project.append("b", "three");
  await project.sync();
  assertEquals(project.prompts(), ["one", "three", "two"]);
  assertEquals(project.source("b").id, id);
  assertNotEquals(project.source("b").cursor.offset, cursor.offset);
});

Deno.test("sync reads in one go what was added before a file was rotated, and the new file", async (t) => {
  // A search comes by the new name before the old one, or after it.
  for (const name of ["a", "z"]) {
    await t.step(`to a name that ${name === "a" ? "precedes" : "follows"} its own`, async () => {
      using project = new Project();
      project.write("m", "one");
      await project.sync();
      project.append("m", "two");
      Deno.renameSync(project.path("m"), project.path(name));
      project.write("m", "three");
      await project.sync();
      assertEquals(project.prompts(), ["one", "three", "two"]);
    });
  }
});

function hasPrompts(project: Project, wanted: readonly string[]): boolean {
  try {
    Deno.statSync(project.store);
    return project.prompts().join() === wanted.join();
  } catch {
    return false;
  }
}
