import { assertEquals, assertMatch } from "@std/assert";
import type { Agent, SourceKind } from "../../src/agents/agent.ts";
import { discover, discoverFolder, type Discovery } from "../../src/sources/discover.ts";
import { skipUnless } from "../skips.ts";
import { Folder } from "./reading.ts";

/**
 * An agent whose sources are `*.jsonl` and `*.jsonl.zst`, twins of each other also between `old/` and elsewhere, and that
 * enters no folder named `skip`.
 */
function makeAgent(id = "agent"): Agent {
  return {
    id,
    name: id,
    proof: "read",
    files: "a session each",
    adapterVersion: 1,
    roots: () => [],
    classify: (path): SourceKind | undefined => {
      const match = /^(old\/)?(.*)\.jsonl(\.zst)?$/s.exec(path);
      if (match === null) return undefined;
      const format = match[3] === undefined ? "jsonl" : "jsonl.zst";
      return { format, twin: match[2]!, rank: (match[1] ? 2 : 0) + (match[3] ? 1 : 0) };
    },
    enters: (path) => !path.endsWith("skip"),
    reading: () => {
      throw new Error("not needed");
    },
  };
}

const AGENT = makeAgent();

function pathsOf(discovery: Discovery): string[] {
  return discovery.sources.map((source) => source.relativePath);
}

Deno.test("discover() finds the sources of all folders that are worth it, in order", () => {
  using folder = new Folder();
  for (const name of ["b/2.jsonl", "b/1.jsonl", "a.jsonl", "b/c/d/3.jsonl", "notes.txt", "skip/4.jsonl"]) {
    folder.write(name, name);
  }
  const discovery = discover([{ agent: AGENT, root: folder.path }]);
  assertEquals(pathsOf(discovery), ["a.jsonl", "b/1.jsonl", "b/2.jsonl", "b/c/d/3.jsonl"]);
  assertEquals(discovery.folders, ["", "/b", "/b/c", "/b/c/d"].map((path) => folder.path + path));
  assertEquals(discovery.problems, []);
  const { agent, root, realRoot, path, kind, stamp } = discovery.sources[1]!;
  assertEquals([agent, root, realRoot, path], [AGENT, folder.path, folder.path, folder.path + "/b/1.jsonl"]);
  assertEquals([kind.twin, stamp.size, stamp.inode], ["b/1", 9, Deno.statSync(path).ino!]);
});

Deno.test("discover() says which roots are missing and goes on", () => {
  using folder = new Folder();
  folder.write("a.jsonl", "");
  folder.write("file", "");
  const roots = ["/none", "/file/below", ""].map((path) => ({ agent: AGENT, root: folder.path + path }));
  const discovery = discover(roots);
  assertEquals(discovery.roots.map(({ missing, realRoot }) => [missing, realRoot]), [
    [true, undefined],
    [true, undefined],
    [false, folder.path],
  ]);
  assertEquals([pathsOf(discovery), discovery.problems], [["a.jsonl"], []]);
});

Deno.test("discover() follows a linked root but no link below it", () => {
  using folder = new Folder();
  folder.write("real/a.jsonl", "");
  folder.write("outside/secret.jsonl", "");
  Deno.symlinkSync(folder.path + "/real", folder.path + "/linked");
  Deno.symlinkSync(folder.path + "/outside", folder.path + "/real/out");
  Deno.symlinkSync(folder.path + "/outside/secret.jsonl", folder.path + "/real/out.jsonl");
  Deno.symlinkSync(folder.path + "/real", folder.path + "/real/loop");
  const discovery = discover([{ agent: AGENT, root: folder.path + "/linked" }]);
  assertEquals(discovery.sources.map(({ path, realRoot }) => [path, realRoot]), [
    [folder.path + "/linked/a.jsonl", folder.path + "/real"],
  ]);
  assertEquals(discovery.folders, [folder.path + "/real"]);
});

Deno.test({
  name: "discover() leaves out what is no regular file [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using folder = new Folder();
    new Deno.Command("mkfifo", { args: [folder.path + "/pipe.jsonl"] }).outputSync();
    using _listener = Deno.listen({ transport: "unix", path: folder.path + "/socket.jsonl" });
    Deno.mkdirSync(folder.path + "/folder.jsonl");
    assertEquals(pathsOf(discover([{ agent: AGENT, root: folder.path }])), []);
  },
});

Deno.test("discover() finds a file once when several names lead to it", () => {
  using folder = new Folder();
  folder.write("a/1.jsonl", "");
  folder.write("a/b/2.jsonl", "");
  Deno.linkSync(folder.path + "/a/1.jsonl", folder.path + "/a/hard.jsonl");
  Deno.symlinkSync(folder.path + "/a", folder.path + "/same");
  const roots = ["/a", "/same", "/a/b"].map((path) => ({ agent: AGENT, root: folder.path + path }));
  const discovery = discover([...roots, { agent: makeAgent("other"), root: folder.path }]);
  assertEquals(discovery.sources.map((source) => source.path), [
    folder.path + "/a/1.jsonl",
    folder.path + "/a/b/2.jsonl",
  ]);
  assertEquals(
    discovery.roots.map((root) => root.realRoot),
    ["/a", "/a", "/a/b", ""].map((p) => folder.path + p),
  );
  assertEquals(discovery.folders, ["/a", "/a/b", ""].map((path) => folder.path + path));
});

Deno.test("discover() keeps of twins the one of the lowest rank, in each root and for each agent", () => {
  using folder = new Folder();
  for (const name of ["old/x.jsonl", "x.jsonl.zst", "x.jsonl", "old/y.jsonl.zst", "old/y.jsonl"]) {
    folder.write("one/" + name, name);
    folder.write("two/" + name, name);
  }
  const roots = ["/one", "/two"].map((path) => ({ agent: AGENT, root: folder.path + path }));
  const found = ["old/y.jsonl", "x.jsonl"];
  assertEquals(pathsOf(discover(roots)), [...found, ...found]);
});

Deno.test("discover() keeps the other one of twins where the better one has lost its beginning", () => {
  using folder = new Folder();
  const write = (name: string, better: string) => {
    folder.write(`${name}.jsonl`, better);
    folder.write(`old/${name}.jsonl`, "whole");
  };
  write("cut", "is lost");
  write("empty", "");
  write("whole", "begins and goes on");
  folder.write("alone.jsonl", "is lost");
  const agent: Agent = {
    ...AGENT,
    classify(path) {
      const kind = AGENT.classify(path);
      return kind?.rank === 0 ? { ...kind, beginning: /^begins/ } : kind;
    },
  };
  assertEquals(pathsOf(discover([{ agent, root: folder.path }])), [
    "alone.jsonl",
    "old/cut.jsonl",
    "old/empty.jsonl",
    "whole.jsonl",
  ]);
});

Deno.test({
  name: "discover() survives odd names [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn: () => {
    using folder = new Folder();
    const names = [
      "new\nline.jsonl",
      "..a.jsonl",
      " .jsonl",
      "x".repeat(249) + ".jsonl",
      "\\.jsonl",
      "\x1b[1m.jsonl",
    ];
    for (const name of names) folder.write(name, "");
    // Deno makes no names that are not UTF-8: the shell does.
    new Deno.Command("sh", { args: ["-c", String.raw`touch "$(printf 'bad\377.jsonl')"`], cwd: folder.path })
      .outputSync();
    const discovery = discover([{ agent: AGENT, root: folder.path }]);
    assertEquals(pathsOf(discovery), names.toSorted());
    // Deno 2.6 does not list it at all.
    for (const { reason } of discovery.problems) assertMatch(reason, /not valid UTF-8/);
  },
});

Deno.test({
  name: "discover() notes what it may not read and goes on [needs unix] [needs not-root]",
  ...skipUnless("unix", "not-root"),
  fn: () => {
    using folder = new Folder();
    folder.write("closed/a.jsonl", "");
    folder.write("open/b.jsonl", "");
    Deno.chmodSync(folder.path + "/closed", 0);
    const discovery = discover([{ agent: AGENT, root: folder.path }]);
    Deno.chmodSync(folder.path + "/closed", 0o700);
    assertEquals(pathsOf(discovery), ["open/b.jsonl"]);
    assertEquals(discovery.problems.map((problem) => problem.path), [folder.path + "/closed"]);
  },
});

Deno.test("discover() goes on when a folder vanishes while it searches", () => {
  using folder = new Folder();
  folder.write("a/1.jsonl", "");
  folder.write("b/2.jsonl", "");
  const agent: Agent = {
    ...AGENT,
    enters: (path) => {
      if (path === "a") Deno.removeSync(folder.path + "/a", { recursive: true });
      return true;
    },
    classify: (path) => {
      if (path === "b/2.jsonl") Deno.removeSync(folder.path + "/b/2.jsonl");
      return AGENT.classify(path);
    },
  };
  const discovery = discover([{ agent, root: folder.path }]);
  assertEquals([pathsOf(discovery), discovery.problems], [[], []]);
});

Deno.test("discoverFolder() finds what is at one place below a root", () => {
  using folder = new Folder();
  for (const name of ["a/b/1.jsonl", "a/b/c/2.jsonl", "a/3.jsonl", "skip/d/4.jsonl"]) folder.write(name, "");
  Deno.symlinkSync(folder.path + "/a", folder.path + "/link");
  const root = { agent: AGENT, root: folder.path };
  const expected: Record<string, string[]> = {
    "": ["a/3.jsonl", "a/b/1.jsonl", "a/b/c/2.jsonl"],
    "a/b": ["a/b/1.jsonl", "a/b/c/2.jsonl"],
    "a/b/": ["a/b/1.jsonl", "a/b/c/2.jsonl"],
    "a/b/1.jsonl": ["a/b/1.jsonl"],
    "none": [],
    "a/none/x": [],
    "a/3.jsonl/x": [],
    "skip": [],
    "skip/d": [],
    "link": [],
    "link/3.jsonl": [],
    "..": [],
    "a/../a/b": [],
  };
  for (const [place, paths] of Object.entries(expected)) {
    const discovery = discoverFolder(root, place);
    assertEquals([pathsOf(discovery), discovery.problems], [paths, []], place);
  }
  assertEquals(discoverFolder(root, "a/b").folders, [folder.path + "/a/b", folder.path + "/a/b/c"]);
  assertEquals(discoverFolder({ agent: AGENT, root: folder.path + "/none" }, "a").roots[0]?.missing, true);
});

Deno.test("discover() searches 10,000 files in a fraction of a second", () => {
  using folder = new Folder();
  for (let n = 0; n < 100; n++) {
    const path = `${folder.path}/${n}`;
    Deno.mkdirSync(path);
    for (let m = 0; m < 100; m++) Deno.createSync(`${path}/${m}.jsonl`).close();
  }
  const started = performance.now();
  const count = discover([{ agent: AGENT, root: folder.path }]).sources.length;
  const duration = performance.now() - started;
  assertEquals(count, 10_000);
  // Some 60 ms on two idle cores; the bound leaves room for what else a test machine does.
  assertEquals(duration < 1000, true, `${duration} ms`);
});
