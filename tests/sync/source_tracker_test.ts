import { assertEquals } from "@std/assert";
import { claudeCode } from "../../src/agents/claude_code.ts";
import { MAX_ATTEMPTS } from "../../src/store/source_table.ts";
import type { SourceEntry } from "../../src/store/source_table.ts";
import { discover, type FoundSource } from "../../src/sources/discover.ts";
import { Catalog } from "../../src/sync/catalog.ts";
import { Floor } from "../../src/sync/floor.ts";
import { type SourceReading, SourceTracker } from "../../src/sync/source_tracker.ts";
import { ClaudeSession } from "../e2e/agent_homes.ts";
import { temporaryHome } from "../e2e/program.ts";

const DAY = 86_400_000;

/** Sessions in a home of their own that were last written 200 days ago, followed without threads and store. */
class Tracking implements Disposable {
  readonly #home = temporaryHome();
  readonly floor = new Floor(Date.now() - 90 * DAY);
  readonly catalog = new Catalog([]);
  /** What was asked of the writer, with how many things at once; and the ids of what was to be read. */
  readonly calls: string[] = [];
  readonly read: string[] = [];
  readonly underWay = new Set<number>();
  #nextId = 1;
  readonly #dispatcher = {
    call: (method: string, list: readonly unknown[]) => {
      this.calls.push(`${method} ${list.length}`);
      const idOf = ({ movedFrom }: SourceEntry) => movedFrom ?? this.#nextId++;
      return Promise.resolve(method === "register" ? (list as SourceEntry[]).map(idOf) : undefined);
    },
    isUnderWay: ({ id }) => this.underWay.has(id),
    readLater: ({ id }) => this.read.push(`later ${id}`),
    readNow: ({ id }) => this.read.push(`now ${id}`),
    recheckIn: ({ id }, delay) => this.read.push(`${id} in ${delay <= 0 ? delay : "a moment"}`),
    setAside: ({ id }) => {
      this.read.push(`set aside ${id}`);
      return Promise.resolve();
    },
  } as SourceReading;
  readonly tracker = new SourceTracker(this.catalog, this.#dispatcher, this.floor);

  constructor(sessions: number) {
    for (let number = 1; number <= sessions; number++) {
      const { path } = new ClaudeSession(this.#home.path, number).turn("once");
      const then = new Date(Date.now() - 200 * DAY);
      Deno.utimeSync(path, then, then);
    }
  }

  find(): readonly FoundSource[] {
    return discover([{ agent: claudeCode, root: `${this.#home.path}/.claude/projects` }]).sources;
  }

  [Symbol.dispose](): void {
    this.#home[Symbol.dispose]();
  }
}

Deno.test("SourceTracker.take() reads all again that was left out in one transaction when the floor is lowered", async () => {
  using tracking = new Tracking(50);
  const { tracker, floor, calls, read } = tracking;
  await tracker.take(tracking.find(), false);
  assertEquals([calls, read], [["register 50"], []]);
  floor.ask(0);
  await tracker.take(tracking.find(), false);
  assertEquals(calls, ["register 50", "readAgain 50"]);
  assertEquals(read.length, 50);
  assertEquals(
    new Set([...tracking.catalog.values()].map(({ collectedFrom }) => collectedFrom)),
    new Set([0]),
  );
});

Deno.test("SourceTracker.take() goes on with a source whose twins another version of the program named otherwise", async () => {
  using tracking = new Tracking(1);
  const { tracker, catalog, read } = tracking;
  tracking.floor.ask(0);
  const [found] = tracking.find();
  await tracker.take([{ ...found!, kind: { ...found!.kind, twin: "old" } }], false);
  const source = catalog.get(1)!;
  await tracker.take([found!], false);
  assertEquals([...catalog.values()], [source]);
  assertEquals([source.twin, catalog.find(found!)], [found!.kind.twin, source]);
  assertEquals(read.length, 2);
});

Deno.test("SourceTracker.take() goes on with such a source also where its file was put in place anew since", async () => {
  using tracking = new Tracking(1);
  const { tracker, catalog } = tracking;
  const [found] = tracking.find();
  await tracker.take([{ ...found!, kind: { ...found!.kind, twin: "old" } }], false);
  Deno.copyFileSync(found!.path, `${found!.path}.tmp`);
  Deno.renameSync(`${found!.path}.tmp`, found!.path);
  await tracker.take(tracking.find(), false);
  assertEquals(Array.from(catalog.values(), ({ id, twin }) => [id, twin]), [[1, found!.kind.twin]]);
});

Deno.test("SourceTracker.take() sets a source aside after its last attempt, not while that is under way", async () => {
  using tracking = new Tracking(1);
  const { tracker, read, underWay } = tracking;
  tracking.floor.ask(0);
  await tracker.take(tracking.find(), false);
  assertEquals(read, ["later 1"]);
  tracking.catalog.get(1)!.attempts = MAX_ATTEMPTS;
  underWay.add(1);
  await tracker.take(tracking.find(), true);
  assertEquals(read, ["later 1"]);
  underWay.clear();
  await tracker.take(tracking.find(), true);
  assertEquals(read, ["later 1", "set aside 1"]);
});

Deno.test("SourceTracker.look() has a source that failed read once its file has changed and it has rested", async () => {
  using tracking = new Tracking(1);
  const { tracker, read } = tracking;
  tracking.floor.ask(0);
  await tracker.take(tracking.find(), false);
  const source = tracking.catalog.get(1)!;
  const look = () => {
    read.length = 0;
    tracker.look(source);
    return read;
  };
  Object.assign(source, { status: "error", nextTry: Date.now() + DAY, restsUntil: Date.now() + 2_000 });
  assertEquals(look(), []);
  Deno.utimeSync(source.path, new Date(), new Date());
  assertEquals(look(), ["1 in a moment"]);
  source.restsUntil = Date.now();
  assertEquals(look(), ["now 1"]);
});

Deno.test("SourceTracker.recheck() reads nothing that failed while it changed, before it has rested", async () => {
  using tracking = new Tracking(1);
  tracking.floor.ask(0);
  await tracking.tracker.take(tracking.find(), false);
  const source = tracking.catalog.get(1)!;
  Object.assign(source, { status: "error", nextTry: Date.now() + DAY, restsUntil: Date.now() + 2_000 });
  Deno.utimeSync(source.path, new Date(), new Date());
  tracking.read.length = 0;
  tracking.tracker.recheck(source, true);
  assertEquals(tracking.read, ["1 in a moment"]);
});

Deno.test("SourceTracker.look() notes that the file of a source is gone, once", async () => {
  using tracking = new Tracking(1);
  await tracking.tracker.take(tracking.find(), false);
  const source = tracking.catalog.get(1)!;
  Deno.removeSync(source.path);
  tracking.tracker.look(source);
  tracking.tracker.look(source);
  assertEquals([source.gone, tracking.calls], [true, ["register 1", "fail 1"]]);
});
