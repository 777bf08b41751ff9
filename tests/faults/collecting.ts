/**
 * A collector in this process, for tests that change files between one sync and the next.
 *
 * @module
 */

import { DEFAULTS } from "../../src/config/config.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { type KnownSource, listSources } from "../../src/store/source_list.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { readSummary, type StoreSummary } from "../../src/store/summary.ts";
import { Collector } from "../../src/sync/collector.ts";
import { PROJECT, temporaryFolder } from "./home.ts";
import { append, promptLine, storedPrompts } from "./prompts.ts";

/** Runs a collector on a home, whose store is `<home>/store/devlog.db`. */
export function makeCollector(home: string, once: boolean, notes: string[] = []): Collector {
  const environment: Environment = {
    os: Deno.build.os === "windows" ? "windows" : "linux",
    home,
    get: () => undefined,
  };
  return new Collector({
    environment,
    config: { ...DEFAULTS, storage: { ...DEFAULTS.storage, path: `${home}/store` } },
    storePath: `${home}/store/devlog.db`,
    infoPath: `${home}/store/collector.json`,
    version: "0.0.0",
    startedBy: once ? "sync" : "start",
    collectFrom: 0,
    once,
    reloadConfig: () => Promise.resolve(undefined),
    diskTrouble: () => Promise.resolve(undefined),
    report: { progress: () => {}, upToDate: () => {}, note: (message) => notes.push(message) },
  });
}

/** A home with one project of Claude Code, and a store for it. */
export class Project implements Disposable {
  readonly #folder = temporaryFolder();
  readonly home: string = this.#folder.path;
  readonly store: string = `${this.home}/store/devlog.db`;
  readonly folder: string = `${this.home}/${PROJECT}`;

  constructor() {
    Deno.mkdirSync(this.folder, { recursive: true });
    Deno.mkdirSync(`${this.home}/store`);
  }

  /** The path of a transcript. */
  path(name: string): string {
    return `${this.folder}/${name}.jsonl`;
  }

  /** Makes a transcript of lines with these prompts. */
  write(name: string, ...texts: readonly string[]): void {
    Deno.writeTextFileSync(this.path(name), linesOf(texts));
  }

  /** Adds lines with these prompts to a transcript. */
  append(name: string, ...texts: readonly string[]): void {
    append(this.path(name), linesOf(texts));
  }

  /** Brings the store up to date; what the collector noted comes back. */
  async sync(): Promise<readonly string[]> {
    const notes: string[] = [];
    await makeCollector(this.home, true, notes).run();
    return notes;
  }

  /** The prompts in the store. */
  prompts(): readonly string[] {
    return storedPrompts(this.store);
  }

  /** A transcript as the store knows it. */
  source(name: string): KnownSource {
    using reader = StoreReader.open(this.store);
    const source = listSources(reader).find(({ path }) => path === this.path(name));
    if (source === undefined) throw new Error(`the store has no source ${name}`);
    return source;
  }

  /** What `status` would say of the store. */
  summary(): StoreSummary {
    using reader = StoreReader.open(this.store);
    return readSummary(reader);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** Lines with these prompts, all of one session. */
export function linesOf(texts: readonly string[]): string {
  return texts.map((text) => promptLine(text)).join("");
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean, patience = 10_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
