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

/** What keeps a root from being watched: our own limit, one of the system, or anything else. */
export type WatchCause = "own-limit" | "system-limit" | "other";

/** A root that can't be watched. */
export interface WatchFailure {
  /** Its real path. */
  readonly root: string;
  readonly reason: string;
  readonly cause: WatchCause;
}

/** How the watching goes. */
export interface WatchState {
  /** Real paths of the roots that are watched. */
  readonly watched: readonly string[];
  /** Why some are not. */
  readonly problems: readonly { readonly root: string; readonly reason: string }[];
}

/** Receives hints. `path` is a real path below `root.realRoot`, or that itself when anything below may have changed. */
export type Hint = (root: FoundRoot, path: string) => void;

/** How a folder is watched, with all below it unless it is flat; `Deno.watchFs`, or what a test puts in its place. */
export type WatchFolder = (path: string, isFlat?: boolean) => AsyncIterable<Deno.FsEvent> & { close(): void };

/** Watches the roots of all agents, each by a watcher of its own. */
export class RootWatcher {
  readonly #hint: Hint;
  readonly #watchFolder: WatchFolder;
  readonly #watchers = new Map<string, ReturnType<WatchFolder>>();
  readonly #failures = new Map<string, WatchFailure>();
  /**
   * Watches that others have replaced. To close one can take for ever, if its thread is stuck (at a named pipe, Deno 2.9):
   * it is closed when it has just reported something.
   */
  readonly #replaced = new Set<ReturnType<WatchFolder>>();
  /** Hints that wait a moment: one change is reported several times. */
  readonly #waiting = new Map<string, FoundRoot>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    hint: Hint,
    watchFolder: WatchFolder = (path, isFlat) => Deno.watchFs(path, { recursive: !isFlat }),
  ) {
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
      problems: this.failures.map(({ root, reason }) => ({ root, reason })),
    };
  }

  /** The roots that can't be watched. */
  get failures(): readonly WatchFailure[] {
    return [...this.#failures.values()];
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
      const folders = isFlat(root) ? 1 : foldersOf(root);
      used += folders;
      if (this.#watchers.has(root.realRoot)) continue;
      if (used > limit) {
        used -= folders;
        const reason = `it has ${folders} folders, and no more than ${limit} are watched in all`;
        this.#fail(root.realRoot, reason, "own-limit");
        continue;
      }
      this.#start(root);
    }
  }

  /** Has all roots watched anew by the next `watch()`: the watches may be dead. */
  renew(): void {
    for (const watcher of this.#watchers.values()) this.#replaced.add(watcher);
    this.#watchers.clear();
    this.#failures.clear();
  }

  /** Ends all watching and forgets what went wrong. */
  close(): void {
    for (const watcher of [...this.#watchers.values(), ...this.#replaced]) watcher.close();
    this.#watchers.clear();
    this.#replaced.clear();
    this.#failures.clear();
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
    for (const path of this.#failures.keys()) {
      if (!wanted.has(path)) this.#failures.delete(path);
    }
  }

  #start(root: FoundRoot): void {
    const path = root.realRoot!;
    try {
      const watcher = this.#watchFolder(path, isFlat(root));
      this.#watchers.set(path, watcher);
      this.#failures.delete(path);
      void this.#follow(root, watcher);
    } catch (error) {
      // A root that was removed just now is no problem: the sweep finds it when it is back.
      if (error instanceof Deno.errors.NotFound) this.#failures.delete(path);
      else this.#fail(path, reasonOf(error));
    }
  }

  #fail(root: string, reason: string, cause?: WatchCause): void {
    this.#failures.set(root, { root, reason, cause: cause ?? causeOf(reason) });
  }

  async #follow(root: FoundRoot, watcher: ReturnType<WatchFolder>): Promise<void> {
    const path = root.realRoot!;
    let reason = "the system stopped telling of changes";
    try {
      for await (const event of watcher) {
        if (this.#watchers.get(path) !== watcher) {
          if (this.#replaced.delete(watcher)) watcher.close();
          // It ends by itself once it is closed; to leave the loop would close it twice, which Deno 2.6 refuses.
          continue;
        }
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
    this.#replaced.delete(watcher);
    // Closed on purpose, or replaced by a later one?
    if (this.#watchers.get(path) !== watcher) return;
    this.#watchers.delete(path);
    this.#fail(path, reason);
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

function isFlat({ agent, root }: FoundRoot): boolean {
  return agent.isFlat?.(root) ?? false;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The words of `inotify` and of the library that Deno watches with (notify). */
function causeOf(reason: string): WatchCause {
  return /watch limit|no space left|too many open files/i.test(reason) ? "system-limit" : "other";
}
