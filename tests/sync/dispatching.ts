/**
 * A dispatcher with both its threads, on real files and a real store, without a collector around it.
 *
 * @module
 */

import { join } from "node:path";
import { claudeCode } from "../../src/agents/claude_code.ts";
import { discover, type FoundSource } from "../../src/sources/discover.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { type KnownSource, listSources, parserState } from "../../src/store/source_list.ts";
import { Catalog, type CatalogSource } from "../../src/sync/catalog.ts";
import { Dispatcher } from "../../src/sync/dispatcher.ts";
import { temporaryHome } from "../e2e/program.ts";

/** A dispatcher of the Claude Code sessions in a home of its own. */
export class Dispatching implements AsyncDisposable {
  readonly home = temporaryHome();
  readonly catalog = new Catalog([]);
  /** Sources that were to be looked at once more, in order. */
  readonly rechecked: { readonly id: number; readonly isLive: boolean }[] = [];
  /** How often something was committed, or ended otherwise. */
  progress = 0;
  readonly dispatcher: Dispatcher;
  readonly storePath = join(this.home.path, "devlog.db");
  readonly #root = join(this.home.path, ".claude", "projects");

  constructor() {
    this.dispatcher = new Dispatcher({
      storePath: this.storePath,
      catalog: () => this.catalog,
      workspaces: () => ({ include: [], exclude: [] }),
      realRootOf: () => this.#isThere ? this.#root : undefined,
      parserStateOf: (source) => {
        using reader = StoreReader.open(this.storePath);
        return parserState(reader, source.id);
      },
      onUnreadable: (error) => {
        throw error;
      },
      deletesAfterDaysOf: () => 30,
      recheck: ({ id }, isLive) => this.rechecked.push({ id, isLive }),
      onProgress: () => this.progress++,
      onPause: () => {},
      onRecovered: () => {},
      onFatal: (error) => {
        throw error;
      },
    });
  }

  #isThere = true;

  /** The folder of all sessions is gone. */
  loseRoot(): void {
    this.#isThere = false;
  }

  /** Opens the store and stores all sessions that there are, unread. */
  async open(): Promise<readonly CatalogSource[]> {
    await this.dispatcher.open();
    const { sources } = discover([{ agent: claudeCode, root: this.#root }]);
    const entries = sources.map(entryOf);
    const ids = await this.dispatcher.call("register", entries);
    ids.forEach((id, index) => this.catalog.place(id, entries[index]!));
    return ids.map((id) => this.catalog.get(id)!);
  }

  /** The sources as they are stored. */
  stored(): readonly KnownSource[] {
    using reader = StoreReader.open(this.storePath);
    return listSources(reader);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.dispatcher.stop();
    } finally {
      this.home[Symbol.dispose]();
    }
  }
}

function entryOf({ agent, root, path, relativePath, kind, stamp }: FoundSource) {
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
    collectedFrom: 0,
  };
}
