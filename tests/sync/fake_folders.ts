/**
 * Stands in for `Deno.watchFs`: reports what a test says.
 *
 * @module
 */

import type { WatchFolder } from "../../src/sync/watcher.ts";

/** Folders that are watched, by path. */
export class FakeFolders {
  /** What watching throws from now on. */
  failure: Error | undefined;
  /** The path of each watch that was started, in order. */
  readonly started: string[] = [];
  readonly #watches = new Map<string, FakeWatch>();

  /** Takes the place of `Deno.watchFs`. */
  readonly watch: WatchFolder = (path) => {
    if (this.failure !== undefined) throw this.failure;
    this.started.push(path);
    const watch = new FakeWatch();
    this.#watches.set(path, watch);
    return watch;
  };

  /** The paths that are watched now. */
  get open(): readonly string[] {
    return [...this.#watches].filter(([, watch]) => !watch.isClosed).map(([path]) => path);
  }

  /** The watch of a folder that was started last. */
  latest(folder: string): FakeWatch {
    return this.#watches.get(folder)!;
  }

  /** Reports a change. */
  report(folder: string, kind: Deno.FsEvent["kind"], ...paths: readonly string[]): void {
    this.#watches.get(folder)!.push({ kind, paths: [...paths] });
  }

  /** Reports that changes were missed. */
  rescan(folder: string): void {
    this.#watches.get(folder)!.push({ kind: "other", paths: [], flag: "rescan" });
  }

  /** Ends a watch: by itself, or with an error. */
  end(folder: string, error?: Error): void {
    this.#watches.get(folder)!.end(error);
  }
}

/** One watch. */
class FakeWatch {
  readonly #events: Deno.FsEvent[] = [];
  #error: Error | undefined;
  #wake = Promise.withResolvers<void>();
  isClosed = false;

  push(event: Deno.FsEvent): void {
    this.#events.push(event);
    this.#wake.resolve();
  }

  end(error?: Error): void {
    this.#error = error;
    this.close();
  }

  close(): void {
    this.isClosed = true;
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Deno.FsEvent> {
    for (;;) {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) yield event;
      if (this.#error !== undefined) throw this.#error;
      if (this.isClosed) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}
