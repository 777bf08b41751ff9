/**
 * The sources that can't be known of before others were read: what lies in the projects that sessions name, and what stands in
 * for sessions that no other source holds.
 *
 * @module
 */

import type { Agent } from "../agents/agent.ts";
import type { Config } from "../config/config.ts";
import type { Environment } from "../platform/environment.ts";
import type { SearchRoot } from "../sources/discover.ts";
import type { StoreReader } from "../store/reader.ts";
import type { Catalog } from "./catalog.ts";
import { Projects } from "./projects.ts";
import type { Scanner } from "./scanner.ts";
import type { SourceTracker } from "./source_tracker.ts";
import { StandIns } from "./stand_ins.ts";

/** What they hang on. */
export interface LaterContext {
  readonly environment: Environment;
  agentOf(id: string): Agent | undefined;
  /** Whether history is in, and sources are followed as they come. */
  isLive(): boolean;
  /** All roots that are to be searched, with those of projects. */
  roots(): readonly SearchRoot[];
}

/** Finds them. */
export class LaterSources {
  readonly #context: LaterContext;
  readonly standIns: StandIns;
  #projects = new Projects();

  constructor(context: LaterContext) {
    this.#context = context;
    this.standIns = new StandIns((id) => context.agentOf(id), () => context.isLive());
  }

  /** Begins with what was found in an earlier run. */
  async recall(catalog: Catalog, now: number): Promise<void> {
    await this.#projects.recall(catalog.values(), now);
  }

  /** The store was replaced: all of it is looked for anew. */
  forget(): void {
    this.#projects = new Projects();
  }

  /** The roots of projects, but for those that are searched anyway. */
  rootsBeside(roots: readonly SearchRoot[], config: Config): readonly SearchRoot[] {
    return this.#projects.roots(config, roots);
  }

  /**
   * Whether there may be some.
   *
   * @param writes how many commits there were in this run
   * @param isFirstDue whether they must be looked for once even if nothing was committed
   */
  mayBeThere(writes: number, isFirstDue: boolean): boolean {
    return this.standIns.isWaiting || this.#projects.hasNews(writes, isFirstDue);
  }

  /** Whether it is time for another look in the course of things. */
  isDue(now: number): boolean {
    return this.#projects.isDue(now);
  }

  /** Looks for them, and has them read. */
  async find(
    reader: StoreReader,
    catalog: Catalog,
    scanner: Scanner,
    tracker: SourceTracker,
    writes: number,
  ): Promise<void> {
    const added = await this.#projects.refresh(reader, this.#context.environment, Date.now(), writes);
    const wanted = this.#context.roots();
    for (const root of added.filter((root) => wanted.includes(root))) {
      await scanner.scanPlace({ root, relativePath: "" }, this.#context.isLive());
    }
    await tracker.lookAtAll(this.standIns.refresh(reader, catalog.values(), Date.now()));
  }
}
