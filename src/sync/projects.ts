/**
 * The projects into which agents write: the workspaces that the sessions of all agents name, and the folders that an agent
 * lists itself. Whoever may write into a project, or into a transcript, decides what is looked at here: so only a few names
 * are looked for, in folders of this user that lie on this machine's own disks, and no link is followed.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import type { Agent } from "../agents/agent.ts";
import { AGENTS } from "../agents/agents.ts";
import type { Config } from "../config/config.ts";
import { type Environment, THIS_OS } from "../platform/environment.ts";
import { networkFileSystem } from "../platform/network_mount.ts";
import { isAbsolute, joinPath, pathKey } from "../platform/paths.ts";
import { isOwn, type SearchRoot } from "../sources/discover.ts";
import type { StoreReader } from "../store/reader.ts";
import { readSessionWorkspaces } from "../store/session_workspaces.ts";

/** Of so many workspaces, those where a session began last, each is looked at. */
const MAX_WORKSPACES = 500;
/** How often they are looked at anew, ms, if anything was committed in between. */
const LOOK_EVERY = 10_000;
/** A file that lists projects is not larger, bytes. */
const MAX_REGISTRY = 1 << 20;
/** A disk that does not answer in this time, ms, is asked again only after … */
const PATIENCE = 1_000;
/** … this one. What kind of disk a folder is on is believed as long. */
const BELIEVED = 600_000;

/** A folder in which an agent may have written. */
interface Candidate {
  readonly agent: Agent;
  /** The workspace, or the folder that the agent lists. */
  readonly folder: string;
  /** Below it. */
  readonly parts: readonly string[];
}

/** Says what kind of file system a folder is on (`f_type` of `statfs`), or that there is no such folder. */
export type AskDisk = (folder: string) => Promise<{ readonly type: number }>;

/** Has something done after so many ms; what it returns keeps it from being done. */
export type StartTimer = (run: () => void, ms: number) => () => void;

const startTimer: StartTimer = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** Finds them. */
export class Projects {
  readonly #askDisk: AskDisk;
  readonly #startTimer: StartTimer;
  /** By workspace, when a session began there last. */
  readonly #workspaces = new Map<string, number>();
  #upTo = 0;
  /** By folder: whether it is on a disk of this machine, and until when that is believed. */
  readonly #disks = new Map<string, { readonly isLocal: boolean; readonly until: number }>();
  #roots: readonly SearchRoot[] = [];
  /** How many commits there were at the last look. */
  #lookedAfter: number | undefined;
  #nextLook = 0;

  /** @param timer ends the wait for a disk */
  constructor(askDisk: AskDisk = statfs, timer: StartTimer = startTimer) {
    this.#askDisk = askDisk;
    this.#startTimer = timer;
  }

  /** Takes up the projects of an earlier run, by its sources, without a look into the store. */
  async recall(
    sources: Iterable<{ readonly agent: string; readonly root: string }>,
    now: number,
  ): Promise<void> {
    const roots = new Map<string, SearchRoot>();
    for (const { agent: id, root } of sources) {
      const agent = AGENTS.find((agent) => agent.id === id);
      if (agent?.inWorkspaces !== undefined) {
        const known = rootOf(agent, root);
        roots.set(nameOf(known), known);
      }
    }
    const isLocal = await Promise.all([...roots.values()].map(({ root }) => this.#isLocal(root, now)));
    this.#roots = [...roots.values()].filter((_, index) => isLocal[index]);
  }

  /** The folders in which something was found. */
  roots(config: Config, others: readonly SearchRoot[]): readonly SearchRoot[] {
    const taken = new Set(others.map(({ root }) => pathKey(root, THIS_OS)));
    return this.#roots.filter(({ agent, root }) =>
      config.agents[agent.id]?.enabled !== false && !taken.has(pathKey(root, THIS_OS))
    );
  }

  /**
   * Whether sessions may name projects that were not looked at.
   *
   * @param writes how many commits there were in this run
   * @param isFirstDue whether there must be a first look even if nothing was committed
   */
  hasNews(writes: number, isFirstDue: boolean): boolean {
    return writes !== (this.#lookedAfter ?? (isFirstDue ? -1 : 0));
  }

  /** Whether it is time for another look in the course of things. */
  isDue(now: number): boolean {
    return now >= this.#nextLook;
  }

  /**
   * Looks again, also into the workspaces of sessions that have begun since.
   *
   * @returns the roots that are new
   */
  async refresh(
    reader: StoreReader,
    environment: Environment,
    now: number,
    writes = 0,
  ): Promise<readonly SearchRoot[]> {
    this.#lookedAfter = writes;
    this.#nextLook = now + LOOK_EVERY;
    this.#learn(reader);
    const known = new Set(this.#roots.map(nameOf));
    const added = new Map<string, SearchRoot>();
    for (const candidate of this.#candidates(environment)) {
      if (await this.#isLocal(candidate.folder, now) && holds(candidate)) {
        const root = rootOf(candidate.agent, joinPath(THIS_OS, candidate.folder, ...candidate.parts));
        // What an agent lists may be a workspace of its sessions too.
        if (!known.has(nameOf(root))) added.set(nameOf(root), root);
      }
    }
    // Another look may have come to an end meanwhile.
    for (const name of this.#roots.map(nameOf)) added.delete(name);
    this.#roots = [...this.#roots, ...added.values()];
    return [...added.values()];
  }

  #learn(reader: StoreReader): void {
    const { workspaces, upTo } = readSessionWorkspaces(reader, this.#upTo);
    this.#upTo = upTo;
    for (const { workspace, beganAt } of workspaces) {
      if (!isPlain(workspace)) continue;
      this.#workspaces.set(workspace, Math.max(beganAt, this.#workspaces.get(workspace) ?? 0));
    }
  }

  *#candidates(environment: Environment): Iterable<Candidate> {
    const latest = [...this.#workspaces].sort(([, a], [, b]) => b - a).slice(0, MAX_WORKSPACES);
    for (const agent of AGENTS) {
      const { inWorkspaces, registry } = agent;
      if (inWorkspaces === undefined) continue;
      const parts = inWorkspaces.folder === "" ? [] : inWorkspaces.folder.split("/");
      for (const [folder] of latest) yield { agent, folder, parts };
      if (registry === undefined) continue;
      const listed = registry.folders(readRegistry(registry.path(environment)));
      for (const folder of listed.filter(isPlain).slice(0, MAX_WORKSPACES)) {
        yield { agent, folder, parts: [] };
      }
    }
  }

  /** Whether a folder is there, and not on another machine, whose disk may answer late or never. */
  async #isLocal(folder: string, now: number): Promise<boolean> {
    const known = this.#disks.get(folder);
    if (known !== undefined && now < known.until) return known.isLocal;
    const isLocal = await isOnLocalDisk(folder, this.#askDisk, this.#startTimer);
    // One that is not there is no answer for long: it costs little to ask again.
    if (isLocal !== undefined) this.#disks.set(folder, { isLocal, until: now + BELIEVED });
    return isLocal ?? false;
  }
}

/** Whether it is; `undefined` if there is no such folder. */
async function isOnLocalDisk(
  folder: string,
  askDisk: AskDisk,
  startTimer: StartTimer,
): Promise<boolean | undefined> {
  if (networkFileSystem(folder, 0, THIS_OS) !== undefined) return false;
  const late = Promise.withResolvers<undefined>();
  const stopTimer = startTimer(() => late.resolve(undefined), PATIENCE);
  try {
    const disk = await Promise.race([askDisk(folder), late.promise]);
    return disk !== undefined && networkFileSystem(folder, disk.type, THIS_OS) === undefined;
  } catch {
    // Not there, or not to be entered: there is nothing for us.
    return undefined;
  } finally {
    stopTimer();
  }
}

/** Whether a file of that agent is there, of this user, and no link leads to it. */
function holds({ agent, folder, parts }: Candidate): boolean {
  let path = folder;
  for (const part of ["", ...parts]) {
    if (part !== "") path = joinPath(THIS_OS, path, part);
    const info = lookAt(path);
    if (info === undefined || !info.isDirectory || !isOwn(info.uid)) return false;
  }
  return agent.inWorkspaces!.names.some((name) => {
    const info = lookAt(joinPath(THIS_OS, path, name));
    return info !== undefined && info.isFile && isOwn(info.uid);
  });
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    // Whatever can't be looked at is not for us; what an agent of this user wrote can be.
    return undefined;
  }
}

/** What an agent lists; nothing if there is no such file, or nothing that can be read. */
function readRegistry(path: string): unknown {
  try {
    const info = Deno.lstatSync(path);
    if (!info.isFile || info.size > MAX_REGISTRY || !isOwn(info.uid)) return undefined;
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    // Half written or not there: the next look finds it.
    return undefined;
  }
}

/** An absolute path of this system that leads nowhere else. */
function isPlain(path: string): boolean {
  return isAbsolute(path, THIS_OS) && !/(?:^|[\\/])\.\.?(?:[\\/]|$)/.test(path) && !path.includes("\0");
}

function rootOf(agent: Agent, root: string): SearchRoot {
  return { agent, root, isUntrusted: true, names: agent.inWorkspaces!.names };
}

function nameOf({ agent, root }: SearchRoot): string {
  return `${agent.id}\0${root}`;
}
