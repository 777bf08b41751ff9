/**
 * Watches folders. What it reports are hints that something below a root may have changed; the sweep is the truth.
 *
 * @module
 */

import type { FoundRoot } from "../sources/discover.ts";

/**
 * No more folders are watched than this, together: a quarter of the 8,192 watches that a user has where Linux gives the
 * fewest (before 5.11; the real number stands in `/proc`, which Deno reads only with all permissions). The editor needs
 * its watches too.
 */
export const MAX_WATCHES = 2048;

/** How long hints are collected, ms. */
const COLLECT_TIME = 3;

/** How the watching goes. */
export interface WatchState {
  /** Real paths of the roots that are watched. */
  readonly watched: readonly string[];
  /** Why some are not. */
  readonly problems: readonly { readonly root: string; readonly reason: string }[];
}

/** Receives hints. `path` is a real path below `root.realRoot`, or that itself when anything below may have changed. */
export type Hint = (root: FoundRoot, path: string) => void;

/** How folders are watched; `Deno.watchFs`, or what a test puts in its place. */
export type WatchFolder = (path: string) => AsyncIterable<Deno.FsEvent> & { close(): void };

/** Watches the roots of all agents, each by a watcher of its own. */
export class RootWatcher {
  readonly #hint: Hint;
  readonly #watchFolder: WatchFolder;
  readonly #watchers = new Map<string, ReturnType<WatchFolder>>();
  readonly #problems = new Map<string, string>();
  /** Hints that wait a moment: one change is reported several times. */
  readonly #waiting = new Map<string, FoundRoot>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param watchFolder watches a folder and all below it */
  constructor(hint: Hint, watchFolder: WatchFolder = (path) => Deno.watchFs(path)) {
    this.#hint = hint;
    this.#watchFolder = watchFolder;
  }

  /** Whether a root is watched now. */
  isWatching(root: FoundRoot): boolean {
    return this.#watchers.has(root.realRoot!);
  }

  /** How the watching goes. */
  state(): WatchState {
    return {
      watched: [...this.#watchers.keys()],
      problems: [...this.#problems].map(([root, reason]) => ({ root, reason })),
    };
  }

  /**
   * Watches the roots that exist and are not watched yet, and no other any more.
   *
   * @param roots all that are wanted
   * @param foldersOf how many folders lie below a root; each costs one of the user's watches on Linux
   */
  watch(roots: readonly FoundRoot[], foldersOf: (root: FoundRoot) => number, limit = MAX_WATCHES): void {
    this.#forgetAllBut(new Set(roots.map(({ realRoot }) => realRoot)));
    let used = 0;
    for (const root of roots) {
      if (root.realRoot === undefined) continue;
      used += foldersOf(root);
      if (this.#watchers.has(root.realRoot)) continue;
      if (used > limit) {
        used -= foldersOf(root);
        this.#problems.set(
          root.realRoot,
          `it has ${foldersOf(root)} folders, and no more than ${limit} are watched in all`,
        );
        continue;
      }
      this.#start(root);
    }
  }

  /** Ends all watching and forgets what went wrong. */
  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#problems.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  /** Roots that are not wanted any more, or gone: no watch and no trouble. */
  #forgetAllBut(wanted: ReadonlySet<string | undefined>): void {
    for (const [path, watcher] of this.#watchers) {
      if (wanted.has(path)) continue;
      this.#watchers.delete(path);
      watcher.close();
    }
    for (const path of this.#problems.keys()) {
      if (!wanted.has(path)) this.#problems.delete(path);
    }
  }

  #start(root: FoundRoot): void {
    const path = root.realRoot!;
    try {
      const watcher = this.#watchFolder(path);
      this.#watchers.set(path, watcher);
      this.#problems.delete(path);
      void this.#follow(root, watcher);
    } catch (error) {
      // A root that was removed just now is no problem: the sweep finds it when it is back.
      if (error instanceof Deno.errors.NotFound) return;
      this.#problems.set(path, reasonOf(error));
    }
  }

  async #follow(root: FoundRoot, watcher: ReturnType<WatchFolder>): Promise<void> {
    const path = root.realRoot!;
    let reason = "the system stopped telling of changes";
    try {
      for await (const event of watcher) {
        if (this.#watchers.get(path) !== watcher) return;
        // That a file was closed says nothing new: its writes were reported.
        if (event.kind === "access") continue;
        if (event.flag === "rescan") this.#collect(root, path);
        for (const changed of event.paths) {
          this.#collect(root, changed);
          // A watch of a folder that is gone stays silent also when the folder is back.
          if (changed === path && event.kind === "remove") watcher.close();
        }
      }
    } catch (error) {
      reason = reasonOf(error);
      watcher.close();
    }
    // Closed on purpose, or replaced by a later one?
    if (this.#watchers.get(path) !== watcher) return;
    this.#watchers.delete(path);
    this.#problems.set(path, reason);
    this.#collect(root, path);
  }

  #collect(root: FoundRoot, path: string): void {
    this.#waiting.set(path, root);
    this.#timer ??= setTimeout(() => {
      const hints = [...this.#waiting];
      this.#waiting.clear();
      this.#timer = undefined;
      for (const [path, root] of hints) this.#hint(root, path);
    }, COLLECT_TIME);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
