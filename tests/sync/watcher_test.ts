import { assertEquals } from "@std/assert";
import { claudeCode } from "../../src/agents/claude_code.ts";
import { goose } from "../../src/agents/goose.ts";
import type { FoundRoot } from "../../src/sources/discover.ts";
import { RootWatcher } from "../../src/sync/watcher.ts";
import { eventually } from "../e2e/eventually.ts";
import { FakeFolders } from "./fake_folders.ts";

const A: FoundRoot = { root: "/link/a", agent: claudeCode, realRoot: "/a", missing: false };
const B: FoundRoot = { root: "/b", agent: claudeCode, realRoot: "/b", missing: false };

/** A watcher of fake folders, and the hints that it gave. */
function makeWatcher(folders: FakeFolders) {
  const hints: string[] = [];
  const watcher = new RootWatcher((root, path) => hints.push(`${root.root} ${path}`), folders.watch);
  return { watcher, hints, [Symbol.dispose]: () => watcher.close() };
}

Deno.test("RootWatcher.watch() watches each root that is there once", () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  const missing: FoundRoot = { root: "/c", agent: claudeCode, missing: true };
  made.watcher.watch([A, B, missing], () => 1);
  made.watcher.watch([A, B, missing], () => 1);
  assertEquals(folders.started, ["/a", "/b"]);
  assertEquals(made.watcher.state(), { watched: ["/a", "/b"], problems: [] });
  assertEquals([made.watcher.isWatching(A), made.watcher.isWatching(B)], [true, true]);
});

Deno.test("RootWatcher does not watch what lies below a root whose sources all stand in it", async () => {
  const path = Deno.realPathSync(Deno.makeTempDirSync());
  Deno.mkdirSync(`${path}/below`);
  const hints: string[] = [];
  const watcher = new RootWatcher((_root, changed) => hints.push(changed));
  watcher.watch([{ root: path, agent: goose, realRoot: path, missing: false }], () => 1);
  Deno.writeTextFileSync(`${path}/below/file`, "");
  Deno.writeTextFileSync(`${path}/sessions.db`, "");
  await eventually("the hint", () => hints.includes(`${path}/sessions.db`));
  assertEquals(hints.filter((changed) => changed.includes("below")), []);
  watcher.close();
  Deno.removeSync(path, { recursive: true });
});

Deno.test("RootWatcher hints at each changed path once when it is reported several times", async () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  made.watcher.watch([A], () => 1);
  for (const kind of ["create", "modify", "modify", "access"] as const) {
    folders.report("/a", kind, "/a/x/s.jsonl");
  }
  folders.report("/a", "rename", "/a/x/old.jsonl", "/a/x/new.jsonl");
  folders.report("/a", "access", "/a/x/only read.jsonl");
  await eventually("the hints", () => made.hints.length >= 3);
  assertEquals(made.hints, [
    "/link/a /a/x/s.jsonl",
    "/link/a /a/x/old.jsonl",
    "/link/a /a/x/new.jsonl",
  ]);
});

Deno.test("RootWatcher hints at the whole root when the system says that it lost track", async () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  made.watcher.watch([A], () => 1);
  folders.rescan("/a");
  await eventually("the hint", () => made.hints.length > 0);
  assertEquals(made.hints, ["/link/a /a"]);
});

Deno.test("RootWatcher.watch() notes a problem and tries again when watching fails at first", () => {
  const folders = new FakeFolders();
  folders.failure = new Error("no space left on device");
  using made = makeWatcher(folders);
  made.watcher.watch([A], () => 1);
  assertEquals(made.watcher.state(), {
    watched: [],
    problems: [{ root: "/a", reason: "no space left on device" }],
  });
  folders.failure = undefined;
  made.watcher.watch([A], () => 1);
  assertEquals(made.watcher.state(), { watched: ["/a"], problems: [] });
});

Deno.test("RootWatcher notes no problem when the root has just been removed", () => {
  const folders = new FakeFolders();
  folders.failure = new Deno.errors.NotFound("gone");
  using made = makeWatcher(folders);
  made.watcher.watch([A], () => 1);
  assertEquals(made.watcher.state(), { watched: [], problems: [] });
});

for (const [how, end] of [["throws", new Error("inotify overflow")], ["ends", undefined]] as const) {
  Deno.test(`RootWatcher notes a problem, hints at the root and can watch it again when its watcher ${how}`, async () => {
    const folders = new FakeFolders();
    using made = makeWatcher(folders);
    made.watcher.watch([A, B], () => 1);
    folders.end("/a", end);
    await eventually("the hint", () => made.hints.length > 0);
    assertEquals(made.hints, ["/link/a /a"]);
    const reason = end?.message ?? "the system stopped telling of changes";
    assertEquals(made.watcher.state(), { watched: ["/b"], problems: [{ root: "/a", reason }] });
    made.watcher.watch([A, B], () => 1);
    assertEquals(made.watcher.state(), { watched: ["/b", "/a"], problems: [] });
    assertEquals(folders.started, ["/a", "/b", "/a"]);
  });
}

Deno.test("RootWatcher watches a root anew when it was removed and is back", async () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  made.watcher.watch([A], () => 1);
  folders.report("/a", "remove", "/a");
  await eventually("the end of the watch", () => !made.watcher.isWatching(A));
  made.watcher.watch([{ ...A, realRoot: undefined, missing: true }], () => 1);
  assertEquals(made.watcher.state(), { watched: [], problems: [] });
  made.watcher.watch([A], () => 1);
  assertEquals(folders.started, ["/a", "/a"]);
});

Deno.test("RootWatcher.watch() ends the watch of a root that is not wanted any more", () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  made.watcher.watch([A, B], () => 1);
  made.watcher.watch([B], () => 1);
  assertEquals(made.watcher.state().watched, ["/b"]);
  assertEquals(folders.open, ["/b"]);
});

Deno.test("RootWatcher.watch() leaves out a root with too many folders, not the ones after it", () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  made.watcher.watch([A, B], (root) => root === A ? 11 : 10, 10);
  const reason = "it has 11 folders, and no more than 10 are watched in all";
  assertEquals(made.watcher.state(), { watched: ["/b"], problems: [{ root: "/a", reason }] });
});

Deno.test("RootWatcher.close() ends all watches, and what they reported last is not hinted at", async () => {
  const folders = new FakeFolders();
  const { watcher, hints } = makeWatcher(folders);
  watcher.watch([A, B], () => 1);
  folders.report("/a", "modify", "/a/x");
  await Promise.resolve();
  watcher.close();
  assertEquals(folders.open, []);
  assertEquals(watcher.state(), { watched: [], problems: [] });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(hints, []);
});

Deno.test("RootWatcher.failures says what is to blame: our limit, one of the system, or neither", () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  const causeOf = (reason: string) => {
    folders.failure = new Error(reason);
    made.watcher.watch([B], () => 1);
    return made.watcher.failures[0]!.cause;
  };
  assertEquals(
    ["OS file watch limit reached.", "Too many open files (os error 24)", "Permission denied"].map(causeOf),
    ["system-limit", "system-limit", "other"],
  );
  made.watcher.watch([A], () => 11, 10);
  assertEquals(made.watcher.failures.map(({ root, cause }) => [root, cause]), [["/a", "own-limit"]]);
});

Deno.test("RootWatcher.renew() watches anew without waiting for the old watch, which is closed when it reports", async () => {
  const folders = new FakeFolders();
  using made = makeWatcher(folders);
  made.watcher.watch([A], () => 1);
  const old = folders.latest("/a");
  made.watcher.renew();
  made.watcher.watch([A], () => 1);
  assertEquals([folders.started, old.isClosed], [["/a", "/a"], false]);
  old.push({ kind: "modify", paths: ["/a/x"] });
  folders.report("/a", "modify", "/a/x");
  await eventually("the hint", () => made.hints.length > 0);
  assertEquals([made.hints, old.isClosed], [["/link/a /a/x"], true]);
  assertEquals(made.watcher.state(), { watched: ["/a"], problems: [] });
});

Deno.test("RootWatcher.close() ends also the watches that were replaced", () => {
  const folders = new FakeFolders();
  const { watcher } = makeWatcher(folders);
  watcher.watch([A], () => 1);
  const old = folders.latest("/a");
  watcher.renew();
  watcher.watch([A], () => 1);
  watcher.close();
  assertEquals([old.isClosed, folders.open], [true, []]);
});
