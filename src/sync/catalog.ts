/**
 * All sources that the collector knows, as the store has them, by the names under which they are asked for.
 *
 * @module
 */

import { type Os, THIS_OS } from "../platform/environment.ts";
import { pathKey } from "../platform/paths.ts";
import { START } from "../sources/cursor.ts";
import type { FoundSource } from "../sources/discover.ts";
import { sameFile } from "../sources/stamp.ts";
import type { KnownSource } from "../store/source_list.ts";
import type { SourceEntry } from "../store/source_table.ts";

/** A known source; the collector keeps it up to date with what the writer commits. */
export type CatalogSource = { -readonly [K in keyof KnownSource]: KnownSource[K] } & {
  /** It failed since the collector started, and is not tried again before this time, ms since the epoch. */
  restsUntil?: number;
};

/** The sources. */
export class Catalog {
  readonly #byId = new Map<number, CatalogSource>();
  readonly #byName = new Map<string, CatalogSource>();
  readonly #byPath = new Map<string, CatalogSource>();
  readonly #byFile = new Map<string, CatalogSource>();

  readonly #os: Os;

  /** @param sources as the store has them */
  constructor(sources: Iterable<KnownSource>, os: Os = THIS_OS) {
    this.#os = os;
    for (const source of sources) this.put({ ...source });
  }

  get size(): number {
    return this.#byId.size;
  }

  /** All sources. */
  values(): Iterable<CatalogSource> {
    return this.#byId.values();
  }

  /** Adds a source, or puts another in its place. */
  put(source: CatalogSource): void {
    const old = this.#byId.get(source.id);
    if (old !== undefined) this.#unlist(old);
    this.#byId.set(source.id, source);
    this.#byName.set(nameOf(source), source);
    this.#byPath.set(pathKey(source.path, this.#os), source);
    this.#byFile.set(fileOf(source), source);
  }

  /**
   * Puts a source where it was found: a new one, or a known one, which stays the same object, as it may be waiting or
   * under way.
   */
  place(id: number, entry: SourceEntry): CatalogSource {
    const known = this.#byId.get(id);
    if (known === undefined) {
      this.put(newSource(id, entry));
      return this.#byId.get(id)!;
    }
    this.#unlist(known);
    const { root, twin, path, relativePath, format, rank } = entry;
    Object.assign(known, { root, twin, path, relativePath, format, rank, status: "pending", gone: false });
    this.put(known);
    return known;
  }

  #unlist(source: CatalogSource): void {
    removeOwn(this.#byName, nameOf(source), source);
    removeOwn(this.#byPath, pathKey(source.path, this.#os), source);
    removeOwn(this.#byFile, fileOf(source), source);
  }

  get(id: number): CatalogSource | undefined {
    return this.#byId.get(id);
  }

  /** The source at a path. */
  at(path: string): CatalogSource | undefined {
    return this.#byPath.get(pathKey(path, this.#os));
  }

  /** The source that was found under the same name, wherever it stands now. */
  find(found: FoundSource): CatalogSource | undefined {
    return this.#byName.get(nameOf({ agent: found.agent.id, root: found.root, twin: found.kind.twin }));
  }

  /** Another source whose file this is: it was moved here, or has two names. */
  findFile(found: FoundSource): CatalogSource | undefined {
    const source = this.#byFile.get(`${found.agent.id}:${found.stamp.device}:${found.stamp.inode}`);
    return source !== undefined && sameFile(source.stamp, found.stamp) ? source : undefined;
  }

  /** Notes that the file of a source is another one now. */
  setStamp(source: CatalogSource, stamp: CatalogSource["stamp"]): void {
    removeOwn(this.#byFile, fileOf(source), source);
    source.stamp = stamp;
    this.#byFile.set(fileOf(source), source);
  }
}

/** A source that was just stored, as the catalog keeps it. */
export function newSource(id: number, { movedFrom: _, ...found }: SourceEntry): CatalogSource {
  return {
    ...found,
    id,
    readAt: 0,
    cursor: START,
    rereading: 0,
    collectedFilter: "",
    leftOut: 0,
    events: 0,
    unread: 0,
    attempts: 0,
    status: "pending",
    gone: false,
  };
}

/** Removes an entry, unless it has become another source's: files change places. */
function removeOwn(map: Map<string, CatalogSource>, key: string, source: CatalogSource): void {
  if (map.get(key) === source) map.delete(key);
}

function nameOf({ agent, root, twin }: Pick<KnownSource, "agent" | "root" | "twin">): string {
  return `${agent}\0${root}\0${twin}`;
}

function fileOf({ agent, stamp }: Pick<KnownSource, "agent" | "stamp">): string {
  return `${agent}:${stamp.device}:${stamp.inode}`;
}
