/**
 * Finds sources and brings the catalog up to date with them: new ones, moved ones, changed ones, ones that are gone.
 *
 * @module
 */

import { findAgent } from "../agents/agents.ts";
import {
  discover,
  discoverFolder,
  type DiscoveryProblem,
  type FoundRoot,
  type FoundSource,
} from "../sources/discover.ts";
import type { SearchRoot } from "../sources/discover.ts";
import { type FileStamp, sameFile, stampOf } from "../sources/stamp.ts";
import type { SourceEntry } from "../store/source_table.ts";
import { type Catalog, type CatalogSource, newSource } from "./catalog.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { isOvertaken } from "./pipeline.ts";
import { decide } from "./plan.ts";

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/** A file that changed no longer ago can change once more without new times, ms (`isUnchanged()`). */
const GRAIN = 2_000;

/** A place below a root that a sweep visits. */
export interface Place {
  readonly root: SearchRoot;
  /** With `/` between its parts; empty for the root itself. */
  readonly relativePath: string;
}

/** Finds sources. */
export class Scanner {
  readonly #catalog: Catalog;
  readonly #dispatcher: Dispatcher;
  /** By the path of the root as configured. */
  #roots = new Map<string, FoundRoot>();
  #folders = new Map<string, number>();
  #problems: readonly DiscoveryProblem[] = [];
  #collectFrom: number;
  #queue: Promise<void> = Promise.resolve();

  /** @param collectFrom events from this time on are wanted, ms since the epoch; 0 for all */
  constructor(catalog: Catalog, dispatcher: Dispatcher, collectFrom: number) {
    this.#catalog = catalog;
    this.#dispatcher = dispatcher;
    this.#collectFrom = collectFrom;
  }

  /** The roots as they were last found. */
  get roots(): readonly FoundRoot[] {
    return [...this.#roots.values()];
  }

  /** What could not be searched when all was searched last. */
  get problems(): readonly DiscoveryProblem[] {
    return this.#problems;
  }

  /** How many folders were entered below a root. */
  foldersOf(root: FoundRoot): number {
    return this.#folders.get(root.root) ?? 0;
  }

  /** Wants older events from now on, too; the next search finds what was left out. Returns whether that is news. */
  wantFrom(collectFrom: number): boolean {
    const isEarlier = collectFrom < this.#collectFrom;
    if (isEarlier) this.#collectFrom = collectFrom;
    return isEarlier;
  }

  /** The root of a source with links resolved, `undefined` if it is not there. */
  realRootOf(source: CatalogSource): string | undefined {
    return this.#realRoot(source.root);
  }

  #realRoot(root: string): string | undefined {
    return this.#roots.get(root)?.realRoot;
  }

  /** Searches all roots; what is there is read when its turn comes. */
  scanAll(roots: readonly SearchRoot[]): Promise<void> {
    return this.#inTurn(async () => {
      const { sources, folders, roots: found, problems } = discover(roots);
      this.#problems = problems;
      this.#roots = new Map(found.map((root) => [root.root, root]));
      this.#folders = new Map(found.map((root) => {
        const below = folders.filter((folder) => folder.startsWith(root.realRoot ?? "\0"));
        return [root.root, below.length];
      }));
      await this.#take(sources, false);
      const paths = new Set(sources.map(({ path }) => path));
      const unseen = [...this.#catalog.values()].filter(({ gone, path }) => !gone && !paths.has(path));
      await this.#miss(unseen.filter(({ path }) => isMissing(path)));
    });
  }

  /**
   * Searches one place below a root.
   *
   * @param isLive what has changed there has changed just now
   */
  scanPlace({ root, relativePath }: Place, isLive: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const { sources, folders, roots } = discoverFolder(root, relativePath);
      for (const found of roots) this.#roots.set(found.root, found);
      if (relativePath === "") this.#folders.set(root.root, folders.length);
      await this.#take(sources, isLive);
    });
  }

  /**
   * The turn of a source has come in a sweep. One that was read and looks the same is read once more when its times are
   * old enough to show every later change; until then there is no use in it.
   *
   * @param now ms since the epoch
   */
  lookAgain(source: CatalogSource, now: number): void {
    const isFresh = source.status === "synced" &&
      now <= Math.max(source.stamp.mtime, source.stamp.ctime ?? 0) + GRAIN;
    if (!isFresh || !this.#looksTheSame(source)) this.look(source);
  }

  /** A source was reported as changed. */
  look(source: CatalogSource): void {
    const stamp = stampAt(source.path);
    if (stamp === undefined) {
      if (!source.gone && isMissing(source.path)) inBackground(this.#miss([source]));
      return;
    }
    inBackground(this.#follow(source, stamp, true).then((again) => this.#readAgain(again)));
  }

  /** A source changed, or was not committed whole, while it was being read. */
  recheck(source: CatalogSource, isLive: boolean): void {
    const stamp = stampAt(source.path);
    if (stamp === undefined) return;
    // A change that left no trace in size and times yet is seen by the sweep, once they are old enough.
    if (source.status === "synced" && this.#looksTheSame(source)) return;
    if (isLive) this.#dispatcher.readNow(source, stamp.size);
    else this.#dispatcher.readLater(source);
  }

  /** Whether the file of a source has the stamp that it had when it was read. */
  #looksTheSame({ path, stamp: { device, inode, size, mtime, ctime } }: CatalogSource): boolean {
    const now = stampAt(path);
    return now !== undefined && now.device === device && now.inode === inode && now.size === size &&
      now.mtime === mtime && now.ctime === ctime;
  }

  /** Something below a root was reported as changed: `path` is its real path. */
  hint(root: FoundRoot, path: string): void {
    const { realRoot } = root;
    if (realRoot === undefined || !path.startsWith(realRoot)) return;
    const below = path.slice(realRoot.length).split(SEPARATOR).filter((part) => part !== "");
    if (below.length === 0) {
      inBackground(this.scanPlace({ root, relativePath: "" }, true));
      return;
    }
    const source = this.#catalog.at([root.root, ...below].join(SEPARATOR));
    if (source !== undefined) {
      this.look(source);
      return;
    }
    const relativePath = below.join("/");
    const isOfInterest = root.agent.classify(relativePath) !== undefined || root.agent.enters(relativePath);
    if (isOfInterest) inBackground(this.scanPlace({ root, relativePath }, true));
  }

  /** Those of the roots that were not there when they were last looked for. */
  missing(roots: readonly SearchRoot[]): readonly SearchRoot[] {
    return roots.filter(({ root }) => this.#realRoot(root) === undefined);
  }

  /** All places to visit in a round: what stands directly below each root, and roots that are not there yet. */
  places(roots: readonly SearchRoot[]): Place[] {
    return roots.flatMap((root) => {
      const realRoot = this.#roots.get(root.root)?.realRoot;
      const names = realRoot === undefined ? [] : namesIn(realRoot);
      const known = realRoot === undefined ? [""] : names;
      return known.map((relativePath) => ({ root, relativePath }));
    });
  }

  /** One search at a time: two that find the same new file must not store it twice. */
  #inTurn(search: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(search);
    // The next search goes on whatever became of this one, which its own caller hears of.
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #take(found: readonly FoundSource[], isLive: boolean): Promise<void> {
    const fresh: { entry: SourceEntry; found: FoundSource }[] = [];
    const again: CatalogSource[] = [];
    for (const source of found) {
      const known = this.#catalog.find(source);
      if (known === undefined) {
        const other = this.#catalog.findFile(source);
        const standing = other === undefined ? undefined : stampAt(other.path);
        // A second name of a file that is known?
        if (standing !== undefined && sameFile(standing, source.stamp)) continue;
        // A file that was moved, unless another one stands in its place: that one goes on as the source.
        const movedFrom = other !== undefined && isMissing(other.path) ? other.id : undefined;
        fresh.push({ entry: this.#entryOf(source, movedFrom), found: source });
      } else if (known.path !== source.path) {
        const isBetter = source.kind.rank < known.rank || isMissing(known.path);
        if (isBetter) fresh.push({ entry: this.#entryOf(source, known.id), found: source });
      } else {
        again.push(...await this.#follow(known, source.stamp, isLive));
      }
    }
    await this.#readAgain(again);
    if (fresh.length === 0) return;
    const ids = await this.#dispatcher.call("register", fresh.map(({ entry }) => entry));
    for (const [index, { entry, found }] of fresh.entries()) {
      const id = ids[index]!;
      const known = this.#catalog.get(id);
      const source = known === undefined ? newSource(id, entry) : {
        ...known,
        root: entry.root,
        twin: entry.twin,
        path: entry.path,
        relativePath: entry.relativePath,
        format: entry.format,
        rank: entry.rank,
        status: "pending" as const,
        gone: false,
      };
      this.#catalog.put(source);
      await this.#readAgain(await this.#follow(source, found.stamp, isLive));
    }
  }

  #entryOf(
    { agent, root, relativePath, path, kind, stamp }: FoundSource,
    movedFrom: number | undefined,
  ): SourceEntry {
    return {
      agent: agent.id,
      root,
      twin: kind.twin,
      path,
      relativePath,
      format: kind.format,
      rank: kind.rank,
      stamp,
      adapterVersion: agent.adapterVersion,
      collectedFrom: this.#collectFrom,
      movedFrom,
    };
  }

  /**
   * Has a source read if its file says that there is something new.
   *
   * @returns the source if it is to be read again from its start
   */
  async #follow(source: CatalogSource, stamp: FileStamp, isLive: boolean): Promise<CatalogSource[]> {
    const agent = findAgent(source.agent)!;
    switch (decide(source, agent, stamp, this.#collectFrom, Date.now())) {
      case "read":
        if (isLive) this.#dispatcher.readNow(source, stamp.size);
        else {
          this.#catalog.setStamp(source, stamp);
          source.status = "pending";
          this.#dispatcher.readLater(source);
        }
        break;
      case "read-again":
        return this.#dispatcher.isUnderWay(source) ? [] : [source];
      case "set-aside":
        if (source.status !== "error") await this.#dispatcher.setAside(source);
    }
    return [];
  }

  /** Has sources read from their start, though their events are stored. */
  async #readAgain(sources: readonly CatalogSource[]): Promise<void> {
    if (sources.length === 0) return;
    const wishes = sources.map((source) => ({
      source: source.id,
      collectedFrom: Math.min(this.#collectFrom, source.collectedFrom),
      adapterVersion: findAgent(source.agent)!.adapterVersion,
    }));
    await this.#dispatcher.call("readAgain", wishes);
    sources.forEach((source, index) => {
      source.cursor = { offset: 0, headLength: 0, headHash: 0, tailHash: 0 };
      source.collectedFrom = wishes[index]!.collectedFrom;
      source.adapterVersion = wishes[index]!.adapterVersion;
      source.leftOut = 0;
      source.attempts = 0;
      source.status = "pending";
      this.#dispatcher.readLater(source);
    });
  }

  /** The files of these sources are gone. */
  async #miss(sources: readonly CatalogSource[]): Promise<void> {
    if (sources.length === 0) return;
    for (const source of sources) source.gone = true;
    await this.#dispatcher.call("fail", sources.map(({ id }) => ({ source: id, kind: "gone", message: "" })));
  }
}

/** The stamp of a regular file; `undefined` for anything else. */
function stampAt(path: string): FileStamp | undefined {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile ? stampOf(info) : undefined;
  } catch {
    // Whether it is gone or can't be looked at is asked by whoever needs to know.
    return undefined;
  }
}

function isMissing(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [""];
    throw error;
  }
}

/** Lets work go on that nobody waits for. */
function inBackground(work: Promise<void>): void {
  work.catch((error) => {
    if (!isOvertaken(error)) throw error;
  });
}
