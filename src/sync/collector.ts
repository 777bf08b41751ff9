/**
 * The collector: finds all sources, has their history read, and keeps the store current from then on.
 *
 * @module
 */

import { AGENTS } from "../agents/agents.ts";
import type { Config, WorkspaceFilter } from "../config/config.ts";
import { ExportThread } from "../export/export_thread.ts";
import { covers, filterText } from "../platform/workspace_filter.ts";
import type { CollectorInfo } from "../service/lock.ts";
import { classifyTrouble } from "../store/errors.ts";
import { StoreReader } from "../store/reader.ts";
import { keptRecords, listSources, parserState } from "../store/source_list.ts";
import { decidedUpTo } from "../store/remotes.ts";
import { readSummary } from "../store/summary.ts";
import { Announcement } from "./announcement.ts";
import { Catalog, type CatalogSource } from "./catalog.ts";
import type { CollectorOptions } from "./collector_options.ts";
import { DiskGuard, diskTrouble } from "./disk_guard.ts";
import { Dispatcher } from "./dispatcher.ts";
import { configuredFloor, Floor, floorText } from "./floor.ts";
import { LaterSources } from "./later_sources.ts";
import { unlessOvertaken } from "./overtaken.ts";
import type { RecalledRecords } from "./messages.ts";
import { isOvertaken } from "./pipeline.ts";
import { isOfOtherAdapter } from "./plan.ts";
import { ProblemBoard } from "./problem_board.ts";
import { configProblem, crashProblem, diskProblem, foldersProblem, watchProblem } from "./problem_texts.ts";
import { Pruning } from "./pruning.ts";
import { RequestDesk } from "./request_desk.ts";
import { agentOf, ownConfig, searchRoots } from "./roots.ts";
import { type Place, Scanner } from "./scanner.ts";
import { SleepDetector } from "./sleep.ts";
import { SourceTracker } from "./source_tracker.ts";
import { CALM_ROUND, RECENT_EVERY, recentlyChanged, ROUND, Round } from "./sweep.ts";
import { sumProgress, type SyncProgress } from "./sync_progress.ts";
import { RootWatcher } from "./watcher.ts";

export type { CollectorOptions, CollectorReport } from "./collector_options.ts";
export type { SyncProgress } from "./sync_progress.ts";

/** How often the collector looks for requests, and at the places whose turn it is, ms. */
const TICK = 1_000;
/** How often progress is told, ms. */
const PROGRESS_EVERY = 100;

/** Collects. Only the holder of the collector's lock may make one. */
export class Collector {
  readonly #options: CollectorOptions;
  #config: Config;
  readonly #floor: Floor;
  #reader!: StoreReader;
  #catalog!: Catalog;
  #tracker!: SourceTracker;
  #scanner!: Scanner;
  readonly #dispatcher: Dispatcher;
  readonly #exporter: ExportThread;
  readonly #watcher: RootWatcher;
  readonly #round: Round<Place>;
  readonly #board: ProblemBoard;
  readonly #desk: RequestDesk;
  readonly #announcement: Announcement;
  readonly #disk: DiskGuard;
  readonly #pruning = new Pruning();
  readonly #sleep = new SleepDetector();
  readonly #ended = Promise.withResolvers<void>();
  readonly #startedAt = Date.now();
  #phase: CollectorInfo["phase"] = "history";
  #isScanned = false;
  #isEnding = false;
  #isTicking = false;
  /** Older events were asked for while others were under way. */
  #isWantingMore = false;
  readonly #later: LaterSources;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextProgress = 0;
  /** Of how many commits the exporter has heard. */
  #exportedWrites = 0;
  #nextRecent = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#floor = new Floor(options.collectFrom);
    this.#watcher = new RootWatcher((root, path) => {
      if (!this.#isEnding) this.#scanner.hint(root, path);
    }, options.watchFolder);
    this.#round = new Round(() => this.#scanner.places(this.#searchRoots()));
    this.#later = new LaterSources({
      environment: options.environment,
      agentOf: (id) => agentOf(this.#config, id),
      isLive: () => this.#isFollowing,
      roots: () => this.#searchRoots(),
    });
    const dispatcher = this.#dispatcher = this.#makeDispatcher();
    // Whatever goes wrong in delivery, collecting goes on.
    const failed = (what: string) => (error: Error) =>
      options.report.note(`delivery ${what}: ${error.message}`);
    this.#exporter = new ExportThread({
      storePath: options.storePath,
      call: (method, ...parameters) => dispatcher.call(method, ...parameters),
      onUnreadable: (error) => void this.#mendIfDamaged(error).catch(failed("failed")),
      onFault: failed("ended by a fault and is started anew"),
    });
    this.#board = new ProblemBoard({
      raise: (problem) => dispatcher.call("raise", problem),
      solve: (key) => dispatcher.call("solve", key),
      note: (message) => options.report.note(message),
    });
    this.#desk = new RequestDesk({
      answer: (...answer) => dispatcher.call("answer", ...answer),
      forgetRequests: (before) => dispatcher.call("forgetRequests", before),
      stop: () => this.stop(),
      sync: async (collectFrom = Infinity) => {
        this.#isWantingMore = this.#floor.ask(collectFrom) || this.#isWantingMore;
        await this.#scan();
        if (this.#isFollowing && this.#hasLater) await this.#scanLater();
      },
      reload: () => this.#reloadConfig(),
      deliver: (name, again) => this.#exporter.deliver(name, again),
      call: async (method, ...parameters) => {
        const result = await dispatcher.call(method, ...parameters);
        // A dead letter may be sent again.
        this.#exporter.wake();
        return result;
      },
    });
    this.#announcement = new Announcement(options.infoPath, {
      pid: Deno.pid,
      version: options.version,
      startedAt: this.#startedAt,
      startedBy: options.startedBy,
      ...options.crashes !== undefined && { crashes: options.crashes.count },
    });
    this.#disk = new DiskGuard({
      ask: options.diskTrouble ?? (async () => diskTrouble(await dispatcher.call("diskSpace"))),
      every: options.diskEvery,
    });
  }

  #makeDispatcher(): Dispatcher {
    return new Dispatcher({
      storePath: this.#options.storePath,
      home: this.#options.environment.home,
      catalog: () => this.#catalog,
      realRootOf: (source) => this.#scanner.realRootOf(source),
      workspaces: () => this.#workspaces,
      ownConfig: (id) => ownConfig(this.#config, id),
      isSilent: (source) => this.#later.standIns.isSilent(source),
      neighboursOf: (source) => this.#scanner.neighboursOf(source, agentOf(this.#config, source.agent)),
      recalled: (source) => this.#recalled(source),
      parserStateOf: (source) => parserState(this.#reader, source.id),
      deletesAfterDaysOf: ({ agent }) => AGENTS.find(({ id }) => id === agent)?.deletesAfterDays,
      recheck: (source, isLive) => this.#tracker.recheck(source, isLive),
      onProgress: () => this.#onProgress(),
      onPause: (reason) => this.#onPause(reason),
      onUnreadable: (error) => void this.#mendIfDamaged(error).catch((error) => this.#ended.reject(error)),
      onRecovered: (message) => this.#onRecovered(message),
      onFatal: (error) => this.#ended.reject(error),
    });
  }

  /**
   * Collects until `stop()` is called or, if asked for once, until everything is up to date.
   *
   * @returns `false` if a thread did not end in time and the process must be ended by `Deno.exit()`
   * @throws {StoreRefusedError} if the store can't be opened
   */
  async run(): Promise<boolean> {
    this.#announce();
    await this.#dispatcher.open();
    try {
      // It can be ended also while the disk is full and the beginning waits.
      await Promise.race([this.#begin(), this.#ended.promise]);
      await this.#ended.promise;
    } finally {
      this.#isEnding = true;
      this.#board.close();
      clearTimeout(this.#timer);
      if (this.#options.exitsAfter !== true) this.#watcher.close();
    }
    await this.#exporter.stop();
    if (!this.#dispatcher.isPaused) await this.#desk.answerAll();
    const inTime = await this.#dispatcher.stop();
    this.#reader.close();
    return inTime;
  }

  /** Ends it: what has been read is committed. */
  stop(): void {
    this.#ended.resolve();
  }

  /** How far it is. */
  progress(): SyncProgress {
    return sumProgress(this.#catalog.values());
  }

  async #begin(): Promise<void> {
    try {
      // A store that was replaced as soon as it was opened has been loaded.
      if (this.#reader === undefined) this.#load();
      await this.#board.takeDown(readSummary(this.#reader).problems.map(({ key }) => key));
      await this.#desk.refuseOlder(this.#reader, this.#startedAt);
      await this.#checkDisk(Date.now());
      await this.#later.recall(this.#catalog, Date.now());
      await this.#scan();
    } catch (error) {
      if (!isOvertaken(error)) await this.#mendIfDamaged(error);
    }
    this.#tickLater();
  }

  #load(): void {
    this.#reader?.close();
    this.#reader = StoreReader.open(this.#options.storePath);
    this.#catalog = new Catalog(listSources(this.#reader));
    const filter = () => filterText(this.#workspaces);
    this.#tracker = new SourceTracker(
      this.#catalog,
      this.#dispatcher,
      this.#floor,
      filter,
      (id) => agentOf(this.#config, id),
      this.#later.standIns,
    );
    this.#scanner = new Scanner(this.#catalog, this.#tracker);
    this.#later.forget();
  }

  /** If that is why it could not be read, the store is replaced, and everything begins anew in `#onRecovered()`. */
  async #mendIfDamaged(error: unknown): Promise<void> {
    if (classifyTrouble(error) !== "corrupt") throw error;
    await this.#dispatcher.call("recover", (error as Error).message).catch(unlessOvertaken);
  }

  #onRecovered(message: string): void {
    this.#options.report.note(`the store was damaged (${message}) and has been replaced; see 'status'`);
    this.#board.forget();
    this.#desk.forget();
    this.#load();
    this.#phase = "history";
    this.#export();
    void this.#exporter.restart();
    this.#scan().catch(unlessOvertaken).catch((error) => this.#ended.reject(error));
  }

  #onPause(reason: string | undefined): void {
    if (reason !== undefined) this.#options.report.note(`the store can't be written: ${reason}`);
    this.#announce(reason);
  }

  /** Which workspaces are wanted now. */
  get #workspaces(): WorkspaceFilter {
    return this.#options.workspaces ?? this.#config.sync.workspaces;
  }

  #searchRoots() {
    const roots = searchRoots(this.#config, this.#options.environment);
    return [...roots, ...this.#later.rootsBeside(roots, this.#config)];
  }

  /** Whether history is in, and what comes is read as it comes. */
  get #isFollowing(): boolean {
    return this.#phase === "live" && this.#options.once !== true;
  }

  get #hasLater(): boolean {
    // A start that finds nothing new should not wait for a look at them.
    const isFirstDue = this.#options.once === true || this.#phase === "live";
    return this.#later.mayBeThere(this.#dispatcher.writes, isFirstDue);
  }

  async #scanLater(): Promise<void> {
    this.#isScanned = false;
    const { writes } = this.#dispatcher;
    await this.#later.find(this.#reader, this.#catalog, this.#scanner, this.#tracker, writes);
    this.#isScanned = true;
    this.#onProgress();
  }

  /**
   * What was kept of a source whose file is gone, if an adapter has come since that may be able to read it. A conversation
   * in a database needs all of its records.
   */
  #recalled(source: CatalogSource): RecalledRecords | undefined {
    const agent = agentOf(this.#config, source.agent);
    if (!source.gone || source.format === "database" || agent === undefined) return undefined;
    if (!isOfOtherAdapter(source, agent)) return undefined;
    const records = keptRecords(this.#reader, source.id);
    if (records.length > 0) return { stamp: source.stamp, adapterVersion: agent.adapterVersion, records };
    source.adapterVersion = agent.adapterVersion;
    return undefined;
  }

  /** Searches everything, and watches what is there. */
  async #scan(): Promise<void> {
    this.#isScanned = false;
    await this.#scanner.scanAll(this.#searchRoots());
    if (this.#isEnding) return;
    this.#board.show("folders", foldersProblem(this.#scanner.problems));
    if (this.#config.sync.background_sync) this.#watch();
    for (const source of this.#catalog.values()) {
      if (this.#recalled(source)) this.#dispatcher.readLater(source);
    }
    this.#isScanned = true;
    this.#onProgress();
  }

  #watch(): void {
    if (this.#options.once) return;
    this.#watcher.watch(this.#scanner.roots, (root) => this.#scanner.foldersOf(root));
    this.#board.show("watch", watchProblem(this.#watcher.failures));
  }

  /** Delivers to remotes once history is in; what comes from then on as it comes. */
  #export(): void {
    const { sync, export: { remotes } } = this.#config;
    this.#exporter.configure(remotes, sync.sync_batch_size, this.#isFollowing);
  }

  #onProgress(): void {
    if (this.#phase === "live" && this.#dispatcher.writes !== this.#exportedWrites) {
      this.#exportedWrites = this.#dispatcher.writes;
      this.#exporter.wake();
    }
    if (this.#isEnding || !this.#isScanned) return;
    if (!this.#dispatcher.isDone) {
      // A line that is read as it comes is no progress to show.
      if (this.#phase !== "history") return;
      // To sum up ten thousand sources at each commit would take as long as to read them.
      const now = performance.now();
      if (now < this.#nextProgress) return;
      this.#nextProgress = now + PROGRESS_EVERY;
      this.#options.report.progress(this.progress());
      return;
    }
    if (this.#isWantingMore) {
      this.#isWantingMore = false;
      // What was under way when more was asked for has been read as it was asked for before.
      this.#scan().catch(unlessOvertaken).catch((error) => this.#ended.reject(error));
      return;
    }
    if (this.#phase === "history" && this.#hasLater) {
      this.#scanLater().catch(unlessOvertaken).catch((error) => this.#ended.reject(error));
      return;
    }
    const progress = this.progress();
    this.#desk.answerSyncs(progress);
    if (this.#phase !== "history") return;
    this.#phase = "live";
    this.#export();
    this.#options.report.upToDate(progress);
    if (this.#options.once) this.stop();
    else this.#watch();
    this.#announce();
  }

  #tickLater(): void {
    if (this.#isEnding) return;
    this.#timer = setTimeout(() => void this.#tick(), TICK);
  }

  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    try {
      const now = Date.now();
      await this.#desk.take(this.#reader, now);
      if (this.#sleep.wasAsleep(now, performance.now())) await this.#wakeUp();
      if (!this.#options.once) await this.#sweep(now);
      const { writes, heldBy } = this.#dispatcher;
      if (this.#disk.isDue(now, writes, heldBy !== undefined)) await this.#checkDisk(now);
      if (this.#phase === "live" && this.#pruning.isDue(now)) await this.#prune(now);
      this.#announce();
    } catch (error) {
      // The store may be busy or full for a while; anything else is a fault that must be seen.
      if (!this.#dispatcher.isPaused && !isOvertaken(error)) {
        await this.#mendIfDamaged(error).catch((error) => this.#ended.reject(error));
      }
    } finally {
      this.#isTicking = false;
      this.#tickLater();
    }
  }

  /** Looks at what no hint may have told of. */
  async #sweep(now: number): Promise<void> {
    this.#round.duration = this.#isTold() ? CALM_ROUND : ROUND;
    for (const place of this.#round.due(now)) await this.#scanner.scanPlace(place, true);
    this.#board.show("folders", foldersProblem(this.#scanner.problems));
    if (now < this.#nextRecent) return;
    this.#nextRecent = now + RECENT_EVERY;
    for (const source of recentlyChanged(this.#catalog.values(), now)) this.#tracker.lookAgain(source, now);
    // An agent that is used for the first time should not have to wait for its turn in the round.
    for (const root of this.#scanner.missing(this.#searchRoots())) {
      await this.#scanner.scanPlace({ root, relativePath: "" }, true);
    }
    if (this.#isFollowing && this.#later.isDue(now) && this.#hasLater) {
      await this.#scanLater();
    }
    await this.#reloadConfig();
    if (this.#phase === "live" || this.#config.sync.background_sync) this.#watch();
  }

  /** Watches may be dead, and anything may have changed. */
  async #wakeUp(): Promise<void> {
    this.#watcher.renew();
    await this.#scan();
  }

  async #reloadConfig(): Promise<void> {
    let config: Config | undefined;
    try {
      config = await this.#options.reloadConfig();
    } catch (error) {
      this.#board.show("config", configProblem(error));
      return;
    }
    if (config === undefined) return;
    const collectFrom = configuredFloor(config.sync, Date.now());
    if (floorText(config.sync) !== floorText(this.#config.sync)) {
      this.#isWantingMore = this.#floor.set(collectFrom) || this.#isWantingMore;
    }
    const before = filterText(this.#workspaces);
    this.#config = config;
    if (!covers(before, filterText(this.#workspaces))) this.#isWantingMore = true;
    this.#board.show("config", undefined);
    this.#export();
    this.#options.onConfig?.(config);
    this.#options.report.note("the configuration was read again", "well");
    await this.#scan();
  }

  async #checkDisk(now: number): Promise<void> {
    const trouble = await this.#disk.check(now, this.#dispatcher.writes);
    this.#board.show("disk", diskProblem(trouble));
    const { count, until } = this.#options.crashes ?? { count: 0, until: 0 };
    const waits = now < until ? crashProblem(count, until) : undefined;
    this.#board.show("crashes", waits);
    this.#dispatcher.hold(trouble ?? waits?.message);
  }

  async #prune(now: number): Promise<void> {
    const remotes = Object.entries(this.#config.export.remotes);
    const wanted = remotes.filter(([, { enabled }]) => enabled).map(([name]) => name);
    await this.#pruning.run(
      now,
      this.#config.storage.retention_days,
      (horizon, limit) => this.#dispatcher.call("prune", horizon, limit, decidedUpTo(this.#reader, wanted)),
      () => this.#isEnding,
    );
  }

  /** Whether the system tells of changes below all roots. */
  #isTold(): boolean {
    const { watched, problems } = this.#watcher.state();
    return problems.length === 0 && (watched.length > 0 || this.#phase !== "history");
  }

  #announce(reason = this.#dispatcher.heldBy): void {
    const isPaused = this.#dispatcher.isPaused || this.#dispatcher.heldBy !== undefined;
    this.#announcement.tell({
      watching: this.#options.once ? "none" : this.#isTold() ? "events" : "sweep",
      phase: isPaused ? "paused" : this.#phase,
      reason,
    });
  }
}
