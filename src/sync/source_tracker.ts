/**
 * Brings the catalog up to date with the files that are there, and has read what they have that is new.
 *
 * @module
 */

import type { Agent } from "../agents/agent.ts";
import { findAgent } from "../agents/agents.ts";
import { SILENT } from "../platform/workspace_filter.ts";
import { START } from "../sources/cursor.ts";
import { type FoundSource, isBetter } from "../sources/discover.ts";
import { type FileStamp, sameFile, stampOfSource, TIME_GRAIN } from "../sources/stamp.ts";
import { READING, type SourceEntry } from "../store/source_table.ts";
import type { Catalog, CatalogSource } from "./catalog.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Floor } from "./floor.ts";
import { inBackground } from "./overtaken.ts";
import { decide, nextTryOf } from "./plan.ts";
import { StandIns } from "./stand_ins.ts";
import { isMissing } from "./standing_file.ts";

/** What is tried again within so long is not left to the sweep, ms. */
const SOON = 5_000;

/** Who has sources read. */
export type SourceReading = Pick<
  Dispatcher,
  "call" | "isUnderWay" | "readLater" | "readNow" | "recheckIn" | "setAside"
>;

/** Follows sources. */
export class SourceTracker {
  readonly #catalog: Catalog;
  readonly #dispatcher: SourceReading;
  readonly #floor: Floor;
  readonly #filter: () => string;
  readonly #standIns: StandIns;
  readonly #agentOf: (id: string) => Agent | undefined;

  /**
   * @param floor when it is lowered, `take()` has read again what was left out
   * @param filter which workspaces are wanted now (`filterText()`); when more are, likewise
   * @param agentOf the agent of an id, as it is now
   * @param standIns which sources tell nothing because others tell the same
   */
  constructor(
    catalog: Catalog,
    dispatcher: SourceReading,
    floor: Floor,
    filter: () => string = () => "",
    agentOf: (id: string) => Agent | undefined = findAgent,
    standIns: StandIns = new StandIns(agentOf),
  ) {
    this.#agentOf = agentOf;
    this.#catalog = catalog;
    this.#dispatcher = dispatcher;
    this.#floor = floor;
    this.#filter = filter;
    this.#standIns = standIns;
  }

  /**
   * Takes sources that are there: new ones, moved ones, and ones that may have changed.
   *
   * @param isLive what has changed has changed just now
   */
  async take(found: readonly FoundSource[], isLive: boolean): Promise<void> {
    const fresh: { entry: SourceEntry; found: FoundSource }[] = [];
    const again: CatalogSource[] = [];
    for (const source of found) {
      const known = this.#catalog.find(source);
      if (known === undefined) {
        const atPath = this.#catalog.at(source.path);
        // Another version of the program called it otherwise. Its file may have been put in place anew since.
        const isRenamed = atPath?.path === source.path && atPath.root === source.root &&
          atPath.agent === source.agent.id;
        const other = isRenamed ? atPath : this.#catalog.findFile(source);
        const standing = other === undefined ? undefined : stampOfSource(other.path, other.format);
        // A second name of a file that is known?
        if (!isRenamed && standing !== undefined && sameFile(standing, source.stamp)) continue;
        // A file that was moved, unless another one stands in its place: that one goes on as the source.
        const movedFrom = other !== undefined && (isRenamed || isMissing(other.path)) ? other.id : undefined;
        fresh.push({ entry: this.#entryOf(source, movedFrom), found: source });
      } else if (known.path !== source.path) {
        if (takesOver(source, known)) fresh.push({ entry: this.#entryOf(source, known.id), found: source });
      } else {
        again.push(...await this.#follow(known, source.stamp, isLive));
      }
    }
    const ids = fresh.length === 0
      ? []
      : await this.#dispatcher.call("register", fresh.map(({ entry }) => entry));
    for (const [index, { entry, found }] of fresh.entries()) {
      const source = this.#catalog.place(ids[index]!, entry);
      again.push(...await this.#follow(source, found.stamp, isLive));
    }
    await this.#readAgain(again);
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
      collectedFrom: this.#floor.collectFrom,
      movedFrom,
    };
  }

  /**
   * Has a source read if its file says that there is something new.
   *
   * @returns the source if it is to be read again from its start
   */
  async #follow(source: CatalogSource, stamp: FileStamp, isLive: boolean): Promise<CatalogSource[]> {
    const agent = this.#agentOf(source.agent);
    // The user described it once, and no longer: what was read of it is kept.
    if (agent === undefined) return [];
    const telling = this.#standIns.telling(source);
    if (telling === "unknown") return [];
    const filter = telling === "nothing" ? SILENT : this.#filter();
    const now = Date.now();
    switch (decide(source, agent, stamp, this.#floor.collectFrom, now, filter)) {
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
      case "waiting": {
        const wait = nextTryOf(source, stamp) - now;
        if (wait <= SOON) this.#dispatcher.recheckIn(source, wait);
        break;
      }
      case "set-aside":
        // Its last attempt may be under way.
        if (source.status !== "error" && !this.#dispatcher.isUnderWay(source)) {
          await this.#dispatcher.setAside(source);
        }
    }
    return [];
  }

  /** Has sources read from their start, though their events are stored; all in one transaction. */
  async #readAgain(sources: readonly CatalogSource[]): Promise<void> {
    if (sources.length === 0) return;
    const wishes = sources.map((source) => ({
      source: source.id,
      collectedFrom: Math.min(this.#floor.collectFrom, source.collectedFrom),
      adapterVersion: this.#agentOf(source.agent)?.adapterVersion ?? source.adapterVersion,
    }));
    await this.#dispatcher.call("readAgain", wishes);
    sources.forEach((source, index) => {
      source.cursor = START;
      source.collectedFrom = wishes[index]!.collectedFrom;
      source.adapterVersion = wishes[index]!.adapterVersion;
      source.leftOut = 0;
      source.rereading = READING.again;
      source.attempts = 0;
      source.status = "pending";
      this.#dispatcher.readLater(source);
    });
  }

  /** The files of these sources are gone. */
  async miss(sources: readonly CatalogSource[]): Promise<void> {
    if (sources.length === 0) return;
    for (const source of sources) source.gone = true;
    await this.#dispatcher.call("fail", sources.map(({ id }) => ({ source: id, kind: "gone", message: "" })));
  }

  /**
   * The turn of a source has come in a sweep. One that was read and looks the same is read once more when its times are
   * old enough to show every later change; until then there is no use in it.
   *
   * @param now ms since the epoch
   */
  lookAgain(source: CatalogSource, now: number): void {
    const isFresh = source.status === "synced" &&
      now <= Math.max(source.stamp.mtime, source.stamp.ctime ?? 0) + TIME_GRAIN;
    if (!isFresh || !this.#looksTheSame(source)) this.look(source);
  }

  /** Something else became known of these sources. */
  async lookAtAll(sources: readonly CatalogSource[]): Promise<void> {
    const again: CatalogSource[] = [];
    for (const source of sources) {
      const stamp = stampOfSource(source.path, source.format);
      if (stamp !== undefined) again.push(...await this.#follow(source, stamp, false));
    }
    await this.#readAgain(again);
  }

  /** A source was reported as changed. */
  look(source: CatalogSource): void {
    const stamp = stampOfSource(source.path, source.format);
    if (stamp === undefined) {
      if (!source.gone && isMissing(source.path)) inBackground(this.miss([source]));
      return;
    }
    inBackground(this.#follow(source, stamp, true).then((again) => this.#readAgain(again)));
  }

  /** A source changed, failed, or was not committed whole, while it was being read. */
  recheck(source: CatalogSource, isLive: boolean): void {
    if (source.status === "error") {
      this.look(source);
      return;
    }
    const stamp = stampOfSource(source.path, source.format);
    if (stamp === undefined) return;
    // A change that left no trace in size and times yet is seen by the sweep, once they are old enough.
    if (source.status === "synced" && this.#looksTheSame(source)) return;
    if (isLive) this.#dispatcher.readNow(source, stamp.size);
    else this.#dispatcher.readLater(source);
  }

  /** Whether the file of a source has the stamp that it had when it was read. */
  #looksTheSame({ path, format, stamp: { device, inode, size, mtime, ctime } }: CatalogSource): boolean {
    const now = stampOfSource(path, format);
    return now !== undefined && now.device === device && now.inode === inode && now.size === size &&
      now.mtime === mtime && now.ctime === ctime;
  }
}

/** Whether a source that was found is read from now on in place of its twin that is known. */
function takesOver(source: FoundSource, known: CatalogSource): boolean {
  if (isMissing(known.path)) return true;
  const { path, relativePath, root, rank, events } = known;
  // What told something and has lost its beginning since was damaged: the other one may lack what it told.
  if (source.kind.rank > rank && events > 0) return false;
  const beginning = source.agent.classify(relativePath, root)?.beginning;
  return isBetter(source, { path, realRoot: source.realRoot, kind: { rank, beginning } });
}
