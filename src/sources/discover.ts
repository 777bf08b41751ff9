/**
 * Finds the sources below the roots of all agents.
 *
 * A root may be a link; what lies below it is never followed through one. What is neither a regular file nor a folder
 * (links, pipes, sockets, devices) is left out. Each file is found once, however many names lead to it.
 *
 * @module
 */

import type { Agent, SourceKind } from "../agents/agent.ts";
import { THIS_OS } from "../platform/environment.ts";
import { separatorOf } from "../platform/paths.ts";
import { SourceError } from "./source_errors.ts";
import { SourceFile } from "./source_file.ts";
import { type FileStamp, stampAt, stampOf, withLog } from "./stamp.ts";

/** A folder to search for one agent. */
export interface SearchRoot {
  readonly agent: Agent;
  /** Absolute path; it may be a link, and need not exist. */
  readonly root: string;
  /**
   * Anybody may have put files there: taken are only those of this user, and none that is larger than
   * {@link MAX_UNTRUSTED}.
   */
  readonly isUntrusted?: boolean;
  /** Only these files, directly in it, are looked for. */
  readonly names?: readonly string[];
}

/** The largest file that is taken from where anybody may put files, bytes. */
export const MAX_UNTRUSTED = 1 << 30;

/** A source that is there. */
export interface FoundSource {
  readonly agent: Agent;
  /** The root as it was asked for. */
  readonly root: string;
  /** The root with all links resolved; nothing outside it is read. */
  readonly realRoot: string;
  /** Path below the root, with `/` between its parts. */
  readonly relativePath: string;
  /** Path to open: `root` and `relativePath`. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly stamp: FileStamp;
}

/** What became of a root. */
export interface FoundRoot extends SearchRoot {
  /** Not set where the root is missing or can't be searched. */
  readonly realRoot?: string;
  readonly missing: boolean;
}

/** What could not be searched, and why. */
export interface DiscoveryProblem {
  readonly path: string;
  readonly reason: string;
}

/** All that was found. */
export interface Discovery {
  readonly sources: readonly FoundSource[];
  /** Every folder that was entered, for watching; real paths, because a watch below a link reports nothing. */
  readonly folders: readonly string[];
  readonly roots: readonly FoundRoot[];
  readonly problems: readonly DiscoveryProblem[];
}

const SEPARATOR = separatorOf(THIS_OS);

/**
 * Finds all sources below the given roots, in a fixed order: by root as given, then by name.
 *
 * Of twins (one agent, root and twin name) only the one of the lowest rank is kept, unless its beginning is lost; of several
 * names for one file (hard links, roots that overlap) the first. What can't be read is a problem and stops nothing else.
 */
export function discover(roots: readonly SearchRoot[]): Discovery {
  const search = new Search();
  for (const root of roots) {
    const realRoot = search.resolve(root);
    if (realRoot !== undefined) search.folder(root, realRoot, "");
  }
  return search.result();
}

/**
 * Finds the sources at one place below a root: a folder and all below it, or a single file.
 *
 * Twins and other names of the same file that lie elsewhere are not known here.
 *
 * @param root the root, as given to {@link discover}
 * @param relativePath the place below it, with `/` between its parts; empty for the whole root
 */
export function discoverFolder(root: SearchRoot, relativePath: string): Discovery {
  const search = new Search();
  const realRoot = search.resolve(root);
  if (realRoot === undefined) return search.result();
  const parts = relativePath.split("/").filter((part) => part !== "");
  const name = parts.pop();
  if (name === undefined) {
    search.folder(root, realRoot, "");
  } else if (name !== ".." && search.leadsTo(root, realRoot, parts)) {
    search.entry(root, realRoot, [...parts, name].join("/"));
  }
  return search.result();
}

/** One search: what it has found so far. */
class Search {
  readonly #sources: FoundSource[] = [];
  readonly #folders = new Set<string>();
  readonly #roots: FoundRoot[] = [];
  readonly #problems: DiscoveryProblem[] = [];
  readonly #searched = new Set<string>();

  /** The real path of a root, or `undefined` if there is nothing (more) to search. */
  resolve(search: SearchRoot): string | undefined {
    const { agent, root } = search;
    let realRoot: string | undefined;
    try {
      realRoot = Deno.realPathSync(root);
    } catch (error) {
      if (!isGone(error)) this.#problem(root, error);
      this.#roots.push({ ...search, missing: isGone(error) });
      return undefined;
    }
    this.#roots.push({ ...search, realRoot, missing: false });
    const name = agent.id + "\0" + realRoot;
    if (this.#searched.has(name)) return undefined;
    this.#searched.add(name);
    return realRoot;
  }

  /** Whether all parts are folders (not links to some) that the agent's search enters. */
  leadsTo({ agent }: SearchRoot, realRoot: string, parts: readonly string[]): boolean {
    let relativePath = "";
    for (const part of parts) {
      relativePath = below(relativePath, part, "/");
      if (part === ".." || !agent.enters(relativePath)) return false;
      if (!this.#stat(native(realRoot, relativePath))?.isDirectory) return false;
    }
    return true;
  }

  /** Takes whatever stands at a path below a root. */
  entry(root: SearchRoot, realRoot: string, relativePath: string): void {
    if (root.names !== undefined && !root.names.includes(relativePath)) return;
    const info = this.#stat(native(realRoot, relativePath));
    if (info?.isDirectory && root.agent.enters(relativePath)) this.folder(root, realRoot, relativePath);
    else if (info?.isFile) this.#file(root, realRoot, relativePath);
  }

  /** Takes all that is in a folder. */
  folder(root: SearchRoot, realRoot: string, relativePath: string): void {
    const path = native(realRoot, relativePath);
    if (root.names !== undefined) {
      this.#folders.add(path);
      for (const name of root.names) this.#file(root, realRoot, name);
      return;
    }
    let entries: Deno.DirEntry[];
    try {
      entries = [...Deno.readDirSync(path)];
    } catch (error) {
      this.#problem(path, error);
      return;
    }
    this.#folders.add(path);
    entries.sort((a, b) => a.name < b.name ? -1 : 1);
    for (const entry of entries) {
      const entryPath = below(relativePath, entry.name, "/");
      if (entry.isFile) this.#file(root, realRoot, entryPath);
      else if (entry.isDirectory && root.agent.enters(entryPath)) this.folder(root, realRoot, entryPath);
    }
  }

  #file({ agent, root, isUntrusted }: SearchRoot, realRoot: string, relativePath: string): void {
    const kind = agent.classify(relativePath, root);
    if (kind === undefined) return;
    const info = this.#stat(native(realRoot, relativePath));
    if (!info?.isFile) return;
    const refusal = isUntrusted === true ? refusalOf(info) : undefined;
    if (refusal !== undefined) {
      this.#problems.push({ path: native(root, relativePath), reason: refusal });
      return;
    }
    const path = native(root, relativePath);
    const own = stampOf(info);
    const stamp = kind.format === "database" ? withLog(own, stampAt(`${path}-wal`)) : own;
    this.#sources.push({ agent, root, realRoot, relativePath, path, kind, stamp });
  }

  #stat(path: string): Deno.FileInfo | undefined {
    try {
      return Deno.lstatSync(path);
    } catch (error) {
      this.#problem(path, error);
      return undefined;
    }
  }

  /** Notes a problem, unless the file or folder was removed while the search went on. */
  #problem(path: string, error: unknown): void {
    if (!isGone(error)) {
      this.#problems.push({ path, reason: error instanceof Error ? error.message : String(error) });
    } else if (path.includes("\ufffd")) {
      // Deno hands out names that are no UTF-8 with U+FFFD in them; under that name there is nothing.
      this.#problems.push({ path, reason: "its name is not valid UTF-8, so it can't be opened" });
    }
  }

  result(): Discovery {
    return {
      sources: withoutCopies(withoutTwins(this.#sources)),
      folders: [...this.#folders],
      roots: this.#roots,
      problems: this.#problems,
    };
  }
}

/** Keeps of each set of twins the one of the lowest rank that has not lost its beginning, the first of equals. */
function withoutTwins(sources: readonly FoundSource[]): readonly FoundSource[] {
  const chosen = new Map<string, FoundSource>();
  for (const source of sources) {
    const name = [source.agent.id, source.root, source.kind.twin].join("\0");
    const rival = chosen.get(name);
    if (rival === undefined || isBetter(source, rival)) chosen.set(name, source);
  }
  // Where nothing was dropped, the map holds all of them in their order.
  if (chosen.size === sources.length) return sources;
  const kept = new Set(chosen.values());
  return sources.filter((source) => kept.has(source));
}

/** One of several twins. */
export type Twin = Pick<FoundSource, "path" | "realRoot"> & { kind: Pick<SourceKind, "rank" | "beginning"> };

/** Whether `source` is read rather than its twin `rival`. */
export function isBetter(source: Twin, rival: Twin): boolean {
  return source.kind.rank < rival.kind.rank
    ? hasBeginning(source)
    : source.kind.rank > rival.kind.rank && !hasBeginning(rival);
}

/** Looks into a file, which is only done where there is another in its place. */
function hasBeginning({ path, realRoot, kind }: Twin): boolean {
  if (kind.beginning === undefined) return true;
  let file: SourceFile | undefined;
  try {
    file = SourceFile.open(path, realRoot);
    return kind.beginning.test(new TextDecoder().decode(file.readAt(0, 64)));
  } catch (error) {
    // What can't be read tells of itself when it is its turn.
    if (error instanceof SourceError) return true;
    throw error;
  } finally {
    file?.close();
  }
}

/** Keeps the first of several names of one file. */
function withoutCopies(sources: readonly FoundSource[]): readonly FoundSource[] {
  const seen = new Set<string>();
  return sources.filter(({ path, stamp }) => {
    const identity = stamp.inode === 0 ? path : `${stamp.device}:${stamp.inode}:${stamp.birth}`;
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

/** Why a file that anybody may have put there is not taken. */
function refusalOf({ uid, size }: Deno.FileInfo): string | undefined {
  if (size > MAX_UNTRUSTED) return "it is larger than 1 GiB";
  return isOwn(uid) ? undefined : "it belongs to another user";
}

/** Whether a file is this user's; Windows does not say whose one is. */
export function isOwn(uid: number | null): boolean {
  const user = Deno.uid();
  return user === null || uid === null || uid === user;
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

function below(folder: string, name: string, separator: string): string {
  return folder === "" || folder.endsWith(separator) ? folder + name : folder + separator + name;
}

function native(root: string, relativePath: string): string {
  if (relativePath === "") return root;
  return below(root, SEPARATOR === "/" ? relativePath : relativePath.replaceAll("/", SEPARATOR), SEPARATOR);
}
