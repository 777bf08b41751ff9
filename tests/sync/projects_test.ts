import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { type Environment, THIS_OS } from "../../src/platform/environment.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { readSessionWorkspaces } from "../../src/store/session_workspaces.ts";
import { Projects } from "../../src/sync/projects.ts";
import { skipUnless } from "../skips.ts";
import { draft, entry, StoreFiller } from "../store/filled_store.ts";
import { TempFolder } from "../store/temp_store.ts";

const LOCAL = { type: 0xef53 };
const NFS = { type: 0x6969 };
const FILE = ".aider.chat.history.md";

Deno.test("readSessionWorkspaces() looks at each session once, also at those of no workspace", () => {
  using folder = new TempFolder();
  using filler = new StoreFiller(folder.store);
  const add = (name: string, workspace?: string) => {
    const given = { key: name, sessionId: name, ...workspace !== undefined && { workspace } };
    filler.commit(filler.source(entry(name)), "claude-code", [draft(given)]);
  };
  add("one", "/one");
  add("two");
  using reader = StoreReader.open(folder.store);
  const { workspaces, upTo } = readSessionWorkspaces(reader, 0);
  assertEquals(workspaces.map(({ workspace }) => workspace), ["/one"]);
  assertEquals(readSessionWorkspaces(reader, upTo), { workspaces: [], upTo });
  add("three", "/three");
  assertEquals(readSessionWorkspaces(reader, upTo).workspaces.map(({ workspace }) => workspace), ["/three"]);
});

/** Projects with Aider's file in each, and a store with a session in each. */
class Fixture implements Disposable {
  readonly #folder = new TempFolder();
  readonly #filler = new StoreFiller(this.#folder.store);
  readonly reader: StoreReader;
  readonly environment: Environment;

  constructor() {
    this.reader = StoreReader.open(this.#folder.store);
    this.environment = { os: THIS_OS, home: this.#folder.path, get: () => undefined };
  }

  /** A project, and a session in it. */
  project(name: string, workspace = join(this.#folder.path, name)): string {
    const path = join(this.#folder.path, name);
    Deno.mkdirSync(path, { recursive: true });
    Deno.writeTextFileSync(join(path, FILE), "");
    const source = this.#filler.source(entry(name));
    this.#filler.commit(source, "claude-code", [draft({ key: name, sessionId: name, workspace })]);
    return path;
  }

  [Symbol.dispose](): void {
    this.reader.close();
    this.#filler[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("Projects.refresh() finds what is in the workspaces of sessions, each once, and those that come later", async () => {
  using fixture = new Fixture();
  const [one, two] = [fixture.project("one"), fixture.project("two")];
  const projects = new Projects();
  const find = async () =>
    (await projects.refresh(fixture.reader, fixture.environment, Date.now())).map(({ root }) => root)
      .toSorted();
  assertEquals(await find(), [one, two]);
  assertEquals(await find(), []);
  const three = fixture.project("three");
  // What is no path of this system, or does not lead straight there, is none.
  fixture.project("four", "relative/four");
  fixture.project("five", `${one}/../five`);
  fixture.project("six", "vscode-remote://ssh/six");
  assertEquals(await find(), [three]);
});

Deno.test({
  name: "Projects leaves folders on other machines alone [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn: async () => {
    using fixture = new Fixture();
    const [near] = [fixture.project("near"), fixture.project("far")];
    const projects = new Projects((folder) => Promise.resolve(folder.endsWith("far") ? NFS : LOCAL));
    const found = await projects.refresh(fixture.reader, fixture.environment, Date.now());
    assertEquals(found.map(({ root }) => root), [near!]);
    await projects.recall(
      [{ agent: "aider", root: near! }, { agent: "aider", root: `${near}-far` }],
      Date.now(),
    );
    const config = { agents: {} } as unknown as Parameters<typeof projects.roots>[0];
    assertEquals(projects.roots(config, []).map(({ root }) => root), [near!]);
  },
});

Deno.test("Projects waits a second for a disk, and asks it again ten minutes later", async () => {
  using fixture = new Fixture();
  const slow = fixture.project("slow");
  const asked: number[] = [];
  let answers = false;
  let now = Date.now();
  const timers = new Map<() => void, number>();
  const askDisk = () => {
    asked.push(now);
    return answers ? Promise.resolve(LOCAL) : new Promise<typeof LOCAL>(() => {});
  };
  const projects = new Projects(askDisk, (run, ms) => {
    timers.set(run, ms);
    return () => timers.delete(run);
  });
  let isOver = false;
  const found = projects.refresh(fixture.reader, fixture.environment, now).finally(() => isOver = true);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([isOver, [...timers.values()]], [false, [1_000]]);
  for (const run of timers.keys()) run();
  assertEquals(await found, []);
  answers = true;
  now += 599_000;
  assertEquals(await projects.refresh(fixture.reader, fixture.environment, now), []);
  assertEquals(asked.length, 1);
  now += 2_000;
  assertEquals((await projects.refresh(fixture.reader, fixture.environment, now)).map(({ root }) => root), [
    slow,
  ]);
  assertEquals(timers.size, 0);
});
