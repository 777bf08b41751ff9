/**
 * Runs a collector in the process of the test, on real files, so that a test can put its own parts in.
 *
 * @module
 */

import { join } from "node:path";
import type { SyncConfig } from "../../src/config/config.ts";
import { defaultConfig } from "../../src/config/load.ts";
import { storagePaths } from "../../src/config/paths.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { type CollectorInfo, collectorInfo } from "../../src/service/lock.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { type KnownSource, listSources } from "../../src/store/source_list.ts";
import { readSummary, type StoreSummary } from "../../src/store/summary.ts";
import { Collector, type CollectorOptions } from "../../src/sync/collector.ts";
import { eventually } from "../e2e/eventually.ts";
import { temporaryHome } from "../e2e/program.ts";

/** A collector that runs in a home of its own. */
export class CollectorInProcess implements AsyncDisposable {
  readonly home = temporaryHome();
  /** What it said to its command, in order. */
  readonly notes: string[] = [];
  /** How often it told of progress. */
  progressTold = 0;
  readonly #overrides: Partial<CollectorOptions>;
  readonly #sync: Partial<SyncConfig>;
  #upToDate = 0;
  #collector: Collector | undefined;
  #end: Promise<boolean> | undefined;

  /**
   * @param overrides what the test puts in
   * @param sync what it configures
   */
  constructor(overrides: Partial<CollectorOptions> = {}, sync: Partial<SyncConfig> = {}) {
    this.#overrides = overrides;
    this.#sync = sync;
  }

  /** How often it said that everything is up to date. */
  get upToDate(): number {
    return this.#upToDate;
  }

  /** Where its store is. */
  get storePath(): string {
    return join(this.home.path, ".devlog", "data", "devlog.db");
  }

  /** What it says of itself. */
  get info(): CollectorInfo | undefined {
    return collectorInfo(join(this.home.path, ".devlog", "data", "collector.json"));
  }

  /** Starts it. */
  start(): void {
    const environment: Environment = {
      os: Deno.build.os === "windows" ? "windows" : "linux",
      home: this.home.path,
      get: () => undefined,
    };
    const defaults = defaultConfig(environment);
    const config = { ...defaults, sync: { ...defaults.sync, ...this.#sync } };
    const paths = storagePaths(config, environment);
    Deno.mkdirSync(paths.folder, { recursive: true });
    this.#collector = new Collector({
      environment,
      config,
      storePath: paths.database,
      infoPath: paths.collector,
      version: "0.0.0",
      startedBy: "start",
      collectFrom: 0,
      once: false,
      reloadConfig: () => Promise.resolve(undefined),
      diskTrouble: () => Promise.resolve(undefined),
      report: {
        progress: () => this.progressTold++,
        upToDate: () => this.#upToDate++,
        note: (message) => this.notes.push(message),
      },
      ...this.#overrides,
    });
    this.#end = this.#collector.run();
  }

  /** Starts it and waits until it has read what there is. */
  async startUpToDate(): Promise<void> {
    this.start();
    await eventually("up to date", () => this.#upToDate > 0);
  }

  /** Ends it. Returns whether its threads ended in time. */
  async stop(): Promise<boolean> {
    this.#collector?.stop();
    return await this.#end ?? true;
  }

  /** What `status` shows of the store. */
  summary(): StoreSummary {
    using reader = StoreReader.open(this.storePath);
    return readSummary(reader);
  }

  /** Its sources, as the store has them. */
  sources(): readonly KnownSource[] {
    using reader = StoreReader.open(this.storePath);
    return listSources(reader);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop();
    } finally {
      this.home[Symbol.dispose]();
    }
  }
}
