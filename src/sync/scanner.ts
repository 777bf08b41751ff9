/**
 * Searches the folders of all agents, or a place in one of them, and hands on what it finds.
 *
 * @module
 */

import type { Agent } from "../agents/agent.ts";
import { THIS_OS } from "../platform/environment.ts";
import { folderOf, joinPath, partsBelow, separatorOf } from "../platform/paths.ts";
import { discover, discoverFolder, type DiscoveryProblem, type FoundRoot } from "../sources/discover.ts";
import type { SearchRoot } from "../sources/discover.ts";
import type { NeighbourFolder } from "../sources/neighbours.ts";
import type { Catalog, CatalogSource } from "./catalog.ts";
import { inBackground } from "./overtaken.ts";
import type { SourceTracker } from "./source_tracker.ts";
import { isMissing, namesIn } from "./standing_file.ts";
import { Unsearched } from "./unsearched.ts";

const SEPARATOR = separatorOf(THIS_OS);

/** What stands beside a database and changes with it. */
const BESIDE_DATABASE = /-(?:wal|journal)$/;

/** A place below a root that a sweep visits. */
export interface Place {
  readonly root: SearchRoot;
  /** With `/` between its parts; empty for the root itself. */
  readonly relativePath: string;
}

/** Finds sources. */
export class Scanner {
  readonly #catalog: Catalog;
  readonly #tracker: SourceTracker;
  /** By the path of the root as configured. */
  #roots = new Map<string, FoundRoot>();
  #folders = new Map<string, number>();
  readonly #unsearched = new Unsearched();
  #queue: Promise<void> = Promise.resolve();

  constructor(catalog: Catalog, tracker: SourceTracker) {
    this.#catalog = catalog;
    this.#tracker = tracker;
  }

  /** The roots as they were last found. */
  get roots(): readonly FoundRoot[] {
    return [...this.#roots.values()];
  }

  /** What could not be searched when it was searched last. */
  get problems(): readonly DiscoveryProblem[] {
    return this.#unsearched.problems;
  }

  /** How many folders were entered below a root. */
  foldersOf(root: FoundRoot): number {
    return this.#folders.get(root.root) ?? 0;
  }

  /** The root of a source with links resolved, `undefined` if it is not there. */
  realRootOf(source: CatalogSource): string | undefined {
    return this.#realRoot(source.root);
  }

  /** The folder of the neighbours of a source; `undefined` if it has none, or that is no root, of which nothing may be read. */
  neighboursOf({ root, relativePath }: CatalogSource, agent: Agent | undefined): NeighbourFolder | undefined {
    const neighbours = agent?.neighbours?.(relativePath);
    if (neighbours === undefined) return undefined;
    const realRoot = this.#realRoot(joinPath(THIS_OS, folderOf(root, THIS_OS), neighbours.root));
    return realRoot === undefined ? undefined : { realRoot, file: neighbours.file };
  }

  #realRoot(root: string): string | undefined {
    return this.#roots.get(root)?.realRoot;
  }

  /** Searches all roots; what is there is read when its turn comes. */
  scanAll(roots: readonly SearchRoot[]): Promise<void> {
    return this.#inTurn(async () => {
      const { sources, folders, roots: found, problems } = discover(roots);
      this.#unsearched.replaceAll(problems);
      this.#roots = new Map(found.map((root) => [root.root, root]));
      this.#folders = new Map(found.map((root) => {
        const below = folders.filter((folder) => folder.startsWith(root.realRoot ?? "\0"));
        return [root.root, below.length];
      }));
      await this.#tracker.take(sources, false);
      const paths = new Set(sources.map(({ path }) => path));
      const unseen = [...this.#catalog.values()].filter(({ gone, path }) => !gone && !paths.has(path));
      await this.#tracker.miss(unseen.filter(({ path }) => isMissing(path)));
    });
  }

  /**
   * Searches one place below a root.
   *
   * @param isLive what has changed there has changed just now
   */
  scanPlace({ root, relativePath }: Place, isLive: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const { sources, folders, roots, problems } = discoverFolder(root, relativePath);
      for (const found of roots) this.#roots.set(found.root, found);
      if (relativePath === "") this.#folders.set(root.root, folders.length);
      const searched = [root.root, ...roots.flatMap(({ realRoot }) => realRoot ?? [])];
      const below = relativePath.split("/").filter((part) => part !== "");
      this.#unsearched.replaceAt(searched.map((path) => [path, ...below].join(SEPARATOR)), problems);
      await this.#tracker.take(sources, isLive);
    });
  }

  /** Something below a root was reported as changed: `path` is its real path. */
  hint(root: FoundRoot, path: string): void {
    const { realRoot } = root;
    const below = realRoot === undefined ? undefined : partsBelow(path, realRoot, THIS_OS);
    if (below === undefined) return;
    if (below.length === 0) {
      inBackground(this.scanPlace({ root, relativePath: "" }, true));
      return;
    }
    const place = [root.root, ...below].join(SEPARATOR);
    const source = this.#catalog.at(place) ?? this.#catalog.at(place.replace(BESIDE_DATABASE, ""));
    if (source !== undefined) {
      this.#tracker.look(source);
      return;
    }
    const relativePath = below.join("/");
    const isOfInterest = root.names?.includes(relativePath) ??
      (root.agent.classify(relativePath, root.root) !== undefined || root.agent.enters(relativePath));
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
      const names = realRoot === undefined ? [] : root.names ?? namesIn(realRoot);
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
}
