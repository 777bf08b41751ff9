import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Exporter } from "../../src/export/exporter.ts";
import type { ExportContext } from "../../src/export/export_thread.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { listRemotes } from "../../src/store/remotes.ts";
import { writerCalls } from "../../src/sync/writer_calls.ts";
import { eventually } from "../e2e/eventually.ts";
import { Driver } from "../store/driver.ts";
import { draft } from "../store/filled_store.ts";
import { TempFolder } from "../store/temp_store.ts";
import { fileConfig } from "./remote_config.ts";

/** A store with events, and an exporter on it whose writer fails when it is told to. */
class Exporting implements AsyncDisposable {
  readonly #folder = new TempFolder();
  readonly driver = new Driver(this.#folder.store, [{ name: "log", rank: 0, lines: [], visible: 0 }]);
  readonly exporter: Exporter;
  readonly path = join(this.#folder.path, "copy.jsonl");
  readonly other = join(this.#folder.path, "other.jsonl");
  /** The writer's next answers: an error each. */
  readonly errors: Error[] = [];

  constructor() {
    this.driver.addDrafts(0, [1, 2, 3].map((number) => draft({ key: `k${number}` })));
    this.driver.commit();
    const calls = writerCalls(this.driver.writer);
    const call: ExportContext["call"] = (method, ...parameters) => {
      const error = method === "exportStep" ? this.errors.shift() : undefined;
      if (error !== undefined) return Promise.reject(error);
      const run = (calls as Readonly<Record<string, (...all: readonly unknown[]) => unknown>>)[method]!;
      return Promise.resolve(this.driver.writer.transaction(() => run(...parameters)) as never);
    };
    this.exporter = new Exporter({
      storePath: this.#folder.store,
      sender: { version: "1", os: "linux" },
      call,
      onRest: () => {},
      onUnreadable: (error) => {
        throw error;
      },
      faultPause: 100,
    });
  }

  lines(path: string): number {
    try {
      return Deno.readTextFileSync(path).split("\n").length - 1;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }

  states() {
    using reader = StoreReader.open(this.#folder.store);
    return listRemotes(reader);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exporter.stop();
    this.driver[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("a fault of the program costs one remote a while, and the others nothing", async () => {
  await using exporting = new Exporting();
  exporting.errors.push(new Error("a fault of the program"));
  exporting.exporter.configure({ copy: fileConfig(exporting.path) }, 100, true, false);
  await eventually(
    "the fault in the state of the remote",
    () => exporting.states().some(({ lastError }) => lastError?.includes("a fault of the program")),
  );
  assertEquals(exporting.states()[0]!.state, "down");
  exporting.exporter.configure(
    { copy: fileConfig(exporting.path), other: fileConfig(exporting.other) },
    100,
    true,
    false,
  );
  await eventually("the other one", () => exporting.lines(exporting.other) === 3);
  await eventually("the one that failed", () => exporting.lines(exporting.path) === 3);
  await eventually("all well again", () => exporting.states().every(({ failures }) => failures === 0));
});

Deno.test("Exporter.configure() ends what is no longer wanted, and deliver() works without it", async () => {
  await using exporting = new Exporting();
  const { exporter, path } = exporting;
  exporter.configure({ copy: fileConfig(path, { auto_sync: false }) }, 2, true, false);
  assertEquals(await exporter.deliver("copy", false), {
    isComplete: true,
    delivered: 3,
    deferred: 0,
    deadLetters: 0,
  });
  exporter.configure({}, 2, true, true);
  try {
    await exporter.deliver("copy", false);
    throw new Error("it knew the remote");
  } catch (error) {
    assertStringIncludes(String(error), "there is no remote copy");
  }
  // Several at once for the same remote go one after the other.
  exporter.configure({ copy: fileConfig(path) }, 2, true, true);
  const all = await Promise.all([1, 2, 3].map(() => exporter.deliver("copy", true)));
  assertEquals(all.map(({ isComplete, delivered }) => [isComplete, delivered]), [[true, 3], [true, 3], [
    true,
    3,
  ]]);
});
