/**
 * The collector: finds all sources, has their history read, and keeps the store current from then on.
 *
 * @module
 */

import { AGENTS } from "../agents/agents.ts";
import type { Config } from "../config/config.ts";
import { isTooLittle } from "../platform/disk.ts";
import type { Environment } from "../platform/environment.ts";
import { type CollectorInfo, writeCollectorInfo } from "../service/lock.ts";
import { classifyTrouble } from "../store/errors.ts";
import type { DiscoveryProblem } from "../sources/discover.ts";
import { StoreReader } from "../store/reader.ts";
import { newRequests } from "../store/requests.ts";
import { listSources, parserState } from "../store/source_list.ts";
import { readSummary } from "../store/summary.ts";
import type { Problem } from "../store/writer.ts";
import { Catalog } from "./catalog.ts";
import { Dispatcher } from "./dispatcher.ts";
import { isOvertaken } from "./pipeline.ts";
import { CALM_ROUND, RECENT_EVERY, recentlyChanged, ROUND, Round } from "./sweep.ts";
import { searchRoots } from "./roots.ts";
import { type Place, Scanner } from "./scanner.ts";
import { RootWatcher, type WatchFolder } from "./watcher.ts";

/** How often the collector looks for requests, and at the places whose turn it is, ms. */
const TICK = 1_000;
/** How often progress is told, ms. */
const PROGRESS_EVERY = 100;
/** How often the free space of the disk is asked for, ms. */
const DISK_EVERY = 10_000;
/** Answered requests are forgotten after this time, ms. */
const REQUEST_AGE = 3_600_000;
/** Wall clock and monotonic clock apart by more than this: the machine was asleep, ms. */
const SLEEP = 30_000;
/** How often old events are looked for, ms, and how many are removed in one transaction. */
const PRUNE_EVERY = 3_600_000;
const PRUNE_ROWS = 2_000;
const DAY = 86_400_000;
/** So many places that can't be searched are named in `status`; the others are counted. */
const NAMED_PROBLEMS = 3;

/** What a collector is started with. */
export interface CollectorOptions {
  readonly environment: Environment;
  readonly config: Config;
  /** Path of the store. */
  readonly storePath: string;
  /** Path of `collector.json`. */
  readonly infoPath: string;
  readonly version: string;
  readonly startedBy: CollectorInfo["startedBy"];
  /** Events from this time on are wanted, ms since the epoch; 0 for all. */
  readonly collectFrom: number;
  /** End when everything is up to date. */
  readonly once: boolean;
  /** Read the configuration again; called when its file may have changed. Throws if it has a mistake. */
  readonly reloadConfig: () => Promise<Config | undefined>;
  /**
   * Why too little of the disk is free, `undefined` if there is enough.
   *
   * @default the writer is asked
   */
  readonly diskTrouble?: () => Promise<string | undefined>;
  /**
   * How often that is asked, ms.
   *
   * @default {10_000}
   */
  readonly diskEvery?: number;
  readonly watchFolder?: WatchFolder;
  /**
   * The process exits as soon as the collector has ended, and its watches with it. To close a watch can take for ever:
   * Deno's thread for them opens what was changed, and of a named pipe that nobody writes to it does not come back (2.9).
   *
   * @default {false} watches are closed
   */
  readonly exitsAfter?: boolean;
  readonly report: CollectorReport;
}

/** What a collector tells its command. */
export interface CollectorReport {
  /** Something was committed. */
  progress(progress: SyncProgress): void;
  /** Everything that there was is in the store. */
  upToDate(progress: SyncProgress): void;
  /** Something a person should know. */
  note(message: string): void;
}

/** How far the sources in scope are committed, in bytes. */
export interface SyncProgress {
  readonly committedBytes: number;
  readonly totalBytes: number;
  readonly sources: number;
  /** Sources that were left out because all of them is older than asked for. */
  readonly leftOutSources: number;
  readonly leftOutBytes: number;
  /** Events of other sources that were left out for the same reason. */
  readonly leftOutEvents: number;
}

/** Collects. Only the holder of the collector's lock may make one. */
export class Collector {
  readonly #options: CollectorOptions;
  #config: Config;
  #reader!: StoreReader;
  #catalog!: Catalog;
  readonly #dispatcher: Dispatcher;
  #scanner!: Scanner;
  readonly #watcher: RootWatcher;
  readonly #round: Round<Place>;
  readonly #problems = new Map<string, string>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #startedAt = Date.now();
  #phase: CollectorInfo["phase"] = "history";
  #isScanned = false;
  #isEnding = false;
  #isTicking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dataVersion = -1;
  #syncRequests: number[] = [];
  #isWantingMore = false;
  #stopRequests: number[] = [];
  #nextProgress = 0;
  #nextRecent = 0;
  #nextDisk = 0;
  /** `Dispatcher.writes` when the free space was last asked for. */
  #writesAtDisk = -1;
  #nextPrune = 0;
  #clocks = 0;
  #info = "";

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#watcher = new RootWatcher((root, path) => {
      if (!this.#isEnding) this.#scanner.hint(root, path);
    }, options.watchFolder);
    this.#round = new Round(() => this.#scanner.places(this.#searchRoots()));
    this.#dispatcher = new Dispatcher({
      storePath: options.storePath,
      catalog: () => this.#catalog,
      realRootOf: (source) => this.#scanner.realRootOf(source),
      parserStateOf: (source) => parserState(this.#reader, source.id),
      deletesAfterDaysOf: ({ agent }) => AGENTS.find(({ id }) => id === agent)?.deletesAfterDays,
      recheck: (source, isLive) => this.#scanner.recheck(source, isLive),
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
    this.#writeInfo();
    await this.#dispatcher.open();
    try {
      // It can be ended also while the disk is full and the beginning waits.
      await Promise.race([this.#begin(), this.#ended.promise]);
      await this.#ended.promise;
    } finally {
      this.#isEnding = true;
      clearTimeout(this.#timer);
      if (this.#options.exitsAfter !== true) this.#watcher.close();
    }
    await this.#answerAll();
    const inTime = await this.#dispatcher.stop();
    this.#reader.close();
    return inTime;
  }

  async #begin(): Promise<void> {
    try {
      // A store that was replaced as soon as it was opened has been loaded.
      if (this.#reader === undefined) this.#load();
      await this.#clearProblems();
      await this.#clearRequests();
      await this.#checkDisk(Date.now());
      await this.#scan();
    } catch (error) {
      if (!isOvertaken(error)) await this.#mendIfDamaged(error);
    }
    this.#tickLater();
  }

  /** If that is why it could not be read, the store is replaced, and everything begins anew in `#onRecovered()`. */
  async #mendIfDamaged(error: unknown): Promise<void> {
    if (classifyTrouble(error) !== "corrupt") throw error;
    await this.#dispatcher.call("recover", (error as Error).message).catch(unlessOvertaken);
  }

  /** Ends it: what has been read is committed. */
  stop(): void {
    this.#ended.resolve();
  }

  /** How far it is. */
  progress(): SyncProgress {
    let committedBytes = 0,
      totalBytes = 0,
      sources = 0,
      leftOutSources = 0,
      leftOutBytes = 0,
      leftOutEvents = 0;
    for (const source of this.#catalog.values()) {
      if (source.gone) continue;
      const { size, mtime } = source.stamp;
      if (source.readAt === 0 && mtime < source.collectedFrom) {
        leftOutSources++;
        leftOutBytes += size;
        continue;
      }
      sources++;
      totalBytes += size;
      leftOutEvents += source.leftOut;
      if (source.status === "synced") committedBytes += size;
      else if (source.format === "jsonl") committedBytes += Math.min(size, source.cursor.offset);
    }
    return { committedBytes, totalBytes, sources, leftOutSources, leftOutBytes, leftOutEvents };
  }

  #load(): void {
    this.#reader?.close();
    this.#reader = StoreReader.open(this.#options.storePath);
    this.#catalog = new Catalog(listSources(this.#reader));
    this.#scanner = new Scanner(this.#catalog, this.#dispatcher, this.#options.collectFrom);
  }

  #searchRoots() {
    return searchRoots(this.#config, this.#options.environment);
  }

  /** Searches everything, and watches what is there. */
  async #scan(): Promise<void> {
    this.#isScanned = false;
    await this.#scanner.scanAll(this.#searchRoots());
    if (this.#isEnding) return;
    this.#showUnsearched(this.#scanner.problems);
    if (this.#config.sync.background_sync) this.#watch();
    this.#isScanned = true;
    this.#onProgress();
  }

  /** Shows what could not be searched: what lies there is missing. */
  #showUnsearched(problems: readonly DiscoveryProblem[]): void {
    const named = problems.slice(0, NAMED_PROBLEMS).map(({ path, reason }) => `${path}: ${reason}`).join(
      "; ",
    );
    const more = problems.length > NAMED_PROBLEMS ? `; and ${problems.length - NAMED_PROBLEMS} more` : "";
    this.#setProblem(
      "folders",
      problems.length === 0 ? undefined : {
        message: `Some places can't be searched: ${named}${more}.`,
        hint: "Let this user read them, and run `devlog-collector sync`.",
      },
    );
  }

  #watch(): void {
    if (this.#options.once) return;
    this.#watcher.watch(this.#scanner.roots, (root) => this.#scanner.foldersOf(root));
    const { problems } = this.#watcher.state();
    this.#setProblem(
      "watch",
      problems.length === 0 ? undefined : {
        message: `Changes are found by looking every few seconds, not at once: ` +
          `${problems.map(({ root, reason }) => `${root}: ${reason}`).join("; ")}.`,
        hint:
          "Nothing is lost. Where a watch limit of the system is reached, raise it (fs.inotify.max_user_watches).",
      },
    );
  }

  #onProgress(): void {
    if (this.#isEnding || !this.#isScanned) return;
    if (!this.#dispatcher.isDone) {
      // To sum up ten thousand sources at each commit would take as long as to read them.
      const now = performance.now();
      if (now < this.#nextProgress) return;
      this.#nextProgress = now + PROGRESS_EVERY;
      this.#options.report.progress(this.progress());
      return;
    }
    const progress = this.progress();
    if (this.#isWantingMore) {
      this.#isWantingMore = false;
      // What was under way when more was asked for has been read as it was asked for before.
      void this.#scan();
      return;
    }
    if (this.#syncRequests.length > 0) {
      for (const request of this.#syncRequests) void this.#answer(request, "done", progress);
      this.#syncRequests = [];
    }
    if (this.#phase !== "history") return;
    this.#phase = "live";
    this.#options.report.upToDate(progress);
    if (this.#options.once) this.stop();
    else this.#watch();
    this.#writeInfo();
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
      await this.#takeRequests(now);
      if (this.#wasAsleep(now)) await this.#wakeUp();
      if (!this.#options.once) {
        this.#round.duration = this.#isTold() ? CALM_ROUND : ROUND;
        for (const place of this.#round.due(now)) await this.#scanner.scanPlace(place, true);
        if (now >= this.#nextRecent) {
          this.#nextRecent = now + RECENT_EVERY;
          for (const source of recentlyChanged(this.#catalog.values(), now)) {
            this.#scanner.lookAgain(source, now);
          }
          // An agent that is used for the first time should not have to wait for its turn in the round.
          for (const root of this.#scanner.missing(this.#searchRoots())) {
            await this.#scanner.scanPlace({ root, relativePath: "" }, true);
          }
          await this.#reloadConfig();
          if (this.#phase === "live" || this.#config.sync.background_sync) this.#watch();
        }
      }
      // Where nothing was written nothing has become less, and the threads should end.
      const isOfInterest = this.#dispatcher.writes !== this.#writesAtDisk ||
        this.#dispatcher.heldBy !== undefined;
      if (now >= this.#nextDisk && isOfInterest) await this.#checkDisk(now);
      if (now >= this.#nextPrune && this.#phase === "live") await this.#prune(now);
      this.#writeInfo();
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

  async #takeRequests(now: number): Promise<void> {
    const version = this.#reader.dataVersion();
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    for (const request of newRequests(this.#reader)) {
      await this.#dispatcher.call("answer", request.id, "working", "{}");
      switch (request.kind) {
        case "stop":
          this.#stopRequests.push(request.id);
          this.stop();
          break;
        case "sync":
          this.#syncRequests.push(request.id);
          this.#isWantingMore ||= this.#scanner.wantFrom(Number(request.arguments.collectFrom ?? Infinity));
          await this.#scan();
          break;
        case "reload":
          await this.#reloadConfig();
          await this.#dispatcher.call("answer", request.id, "done", "{}");
      }
      await this.#dispatcher.call("forgetRequests", now - REQUEST_AGE);
    }
  }

  async #answer(request: number, state: "done" | "failed", answer: unknown): Promise<void> {
    await this.#dispatcher.call("answer", request, state, JSON.stringify(answer));
  }

  /** Before the end: whoever waits hears of it. */
  async #answerAll(): Promise<void> {
    if (this.#dispatcher.isPaused) return;
    for (const request of this.#stopRequests) await this.#answer(request, "done", {});
    for (const request of this.#syncRequests) {
      await this.#answer(request, "failed", { message: "the collector was stopped" });
    }
  }

  /** Whether the machine was asleep since this was last asked. */
  #wasAsleep(now: number): boolean {
    const clocks = now - performance.now();
    const drift = this.#clocks === 0 ? 0 : Math.abs(clocks - this.#clocks);
    this.#clocks = clocks;
    return drift > SLEEP;
  }

  /** Watches may be dead, and anything may have changed. */
  async #wakeUp(): Promise<void> {
    this.#watcher.close();
    await this.#scan();
  }

  async #reloadConfig(): Promise<void> {
    try {
      const config = await this.#options.reloadConfig();
      if (config === undefined) return;
      this.#config = config;
      this.#setProblem("config", undefined);
      this.#options.report.note("the configuration was read again");
      await this.#scan();
    } catch (error) {
      this.#setProblem("config", {
        message: error instanceof Error ? error.message : String(error),
        hint: "The configuration from before stays in force until this is mended.",
      });
    }
  }

  async #checkDisk(now: number): Promise<void> {
    this.#nextDisk = now + (this.#options.diskEvery ?? DISK_EVERY);
    this.#writesAtDisk = this.#dispatcher.writes;
    const trouble = await (this.#options.diskTrouble ?? (() => this.#diskTrouble()))();
    this.#dispatcher.hold(trouble);
    this.#setProblem(
      "disk",
      trouble === undefined ? undefined : {
        message: trouble,
        hint: "Nothing is read until there is more; it goes on by itself then.",
      },
    );
  }

  async #diskTrouble(): Promise<string | undefined> {
    const space = await this.#dispatcher.call("diskSpace");
    return isTooLittle(space)
      ? `Only ${Math.floor(space.free / 1e6)} MB are free on the disk of the store.`
      : undefined;
  }

  async #prune(now: number): Promise<void> {
    this.#nextPrune = now + PRUNE_EVERY;
    const days = this.#config.storage.retention_days;
    if (days === 0) return;
    while (await this.#dispatcher.call("prune", now - days * DAY, PRUNE_ROWS) > 0) {
      if (this.#isEnding) return;
    }
  }

  #onPause(reason: string | undefined): void {
    if (reason !== undefined) this.#options.report.note(`the store can't be written: ${reason}`);
    this.#writeInfo(reason);
  }

  #onRecovered(message: string): void {
    this.#options.report.note(`the store was damaged (${message}) and has been replaced; see 'status'`);
    this.#problems.clear();
    this.#load();
    this.#phase = "history";
    this.#scan().catch(unlessOvertaken).catch((error) => this.#ended.reject(error));
  }

  /** Shows a problem in `status`, or no longer, if that is news. */
  #setProblem(key: string, problem: Omit<Problem, "key"> | undefined): void {
    if (this.#problems.get(key) === problem?.message || this.#isEnding) return;
    if (problem === undefined) this.#problems.delete(key);
    else {
      this.#problems.set(key, problem.message);
      this.#options.report.note(`${problem.message} ${problem.hint}`);
    }
    const told = problem === undefined
      ? this.#dispatcher.call("solve", key)
      : this.#dispatcher.call("raise", { key, ...problem });
    // When it can't be stored now, it is tried at the next look.
    told.catch(() => this.#problems.delete(key));
  }

  /** Problems of the last collector are none of this one until it meets them. */
  async #clearProblems(): Promise<void> {
    for (const { key } of readSummary(this.#reader).problems) await this.#dispatcher.call("solve", key);
  }

  /** What was asked of an earlier collector is not for this one: a `stop` must not end it. */
  async #clearRequests(): Promise<void> {
    for (const { id, createdAt } of newRequests(this.#reader)) {
      if (createdAt < this.#startedAt) {
        await this.#answer(id, "failed", { message: "that collector has ended" });
      }
    }
  }

  /** Whether the system tells of changes below all roots. */
  #isTold(): boolean {
    const { watched, problems } = this.#watcher.state();
    return problems.length === 0 && (watched.length > 0 || this.#phase !== "history");
  }

  #writeInfo(reason?: string): void {
    const isPaused = this.#dispatcher.isPaused || this.#dispatcher.heldBy !== undefined;
    const watching = this.#options.once ? "none" : this.#isTold() ? "events" : "sweep";
    const info: CollectorInfo = {
      pid: Deno.pid,
      version: this.#options.version,
      startedAt: this.#startedAt,
      startedBy: this.#options.startedBy,
      watching,
      phase: isPaused ? "paused" : this.#phase,
      reason: reason ?? this.#dispatcher.heldBy,
    };
    const text = JSON.stringify(info);
    if (text === this.#info) return;
    try {
      writeCollectorInfo(this.#options.infoPath, info);
      this.#info = text;
    } catch {
      // It only tells others who runs, and the disk may be full: it is tried again at the next tick.
    }
  }
}

/** Rethrows what is not {@link isOvertaken}. */
function unlessOvertaken(error: unknown): void {
  if (!isOvertaken(error)) throw error;
}
