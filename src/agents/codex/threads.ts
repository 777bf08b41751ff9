/**
 * Says which thread first recorded a line, and names what it holds in a way that every copy of the line
 * agrees on.
 *
 * A fork starts with the lines of its parent, stamped anew: its own `session_meta`, the parent's (and those
 * of the parent's ancestors), then their lines. What is never stamped anew are ids: thread ids and turn ids
 * are UUIDv7, so a turn belongs to the youngest thread of the line of descent that is not younger than the
 * turn. Only the milliseconds are compared: the rest of a UUIDv7 is random, and a fork's first turn often
 * begins in the millisecond of its thread.
 *
 * Rollouts without turn ids (before about 0.100) offer nothing but the pause after the burst of copied lines.
 * That is good enough to say whose a line is, but not to identify it: there everything is anchored in the
 * oldest thread that the file names, in the parent's file and in the fork's.
 *
 * @module
 */

import { hashText } from "../../events/hash.ts";
import type { JsonObject } from "../agent.ts";
import { cleanRemote } from "../repository.ts";
import { asCount, asInstant, asObject, asText } from "../values.ts";

/** A thread, as its `session_meta` tells. */
export interface Thread {
  readonly id: string;
  /** When its id was made, in ms since the epoch; 0 where the id does not say. */
  readonly created: number;
  /** When it says that it began, in ms since the epoch. */
  began?: number;
  /** The thread that started it: of a sub-agent or a fork. */
  parent?: string;
  version?: string;
  cwd?: string;
  repository?: string;
  branch?: string;
}

/** What a `session_meta` turned out to be. */
export type MetaKind =
  /** The first of the file's own thread. */
  | "own"
  /** Of a thread that the file's own descends from: its lines follow. */
  | "ancestor"
  /** One that is known already, written again. */
  | "known";

/** Own lines come after a pause; copied ones are written in one go, some milliseconds apart. */
const PAUSE_MS = 1_000;

/** How many different texts of a turn are counted; beyond them counting starts anew under another number. */
const COUNTED_TEXTS = 128;

interface Saved {
  readonly lineage: Thread[];
  readonly isNamed: boolean;
  readonly isHead: boolean;
  readonly isItself: boolean;
  readonly hasOwnLines: boolean;
  readonly hasOldLines: boolean;
  readonly lastTime: number;
  readonly turn?: string;
  readonly turnTime: number;
  readonly chain: string;
  readonly block: number;
  readonly counts: [string, number][];
}

/** The threads of one source, and the place in them that the parser has reached. */
export class Threads {
  /** The file's own thread, its parent, and so on. */
  #lineage: Thread[];
  /** Whether the own thread is known from a `session_meta`, not just from the file's name. */
  #isNamed: boolean;
  /** Nothing but `session_meta` has come so far. */
  #isHead: boolean;
  /**
   * The thread has written again that it is itself: until the next turn, lines are its own whatever the turn.
   */
  #isItself: boolean;
  #hasOwnLines: boolean;
  #hasOldLines: boolean;
  #lastTime: number;
  #turn: string | undefined;
  /** When the turn began, 0 if its id does not say. */
  #turnTime: number;
  #chain: string;
  #block: number;
  #counts: Map<string, number>;
  #owner: Thread;

  /**
   * @param fallbackId names the thread until a `session_meta` does
   * @param state what `save()` of an earlier one returned
   */
  constructor(fallbackId: string, state: unknown) {
    const saved = state as Saved | undefined;
    this.#lineage = saved?.lineage ?? [{ id: fallbackId, created: timeOfId(fallbackId) }];
    this.#isNamed = saved?.isNamed ?? false;
    this.#isHead = saved?.isHead ?? true;
    this.#isItself = saved?.isItself ?? false;
    this.#hasOwnLines = saved?.hasOwnLines ?? false;
    this.#hasOldLines = saved?.hasOldLines ?? false;
    this.#lastTime = saved?.lastTime ?? 0;
    this.#turn = saved?.turn;
    this.#turnTime = saved?.turnTime ?? 0;
    this.#chain = saved?.chain ?? "";
    this.#block = saved?.block ?? 0;
    this.#counts = new Map(saved?.counts);
    this.#owner = this.#findOwner();
  }

  /** The file's own thread. */
  get own(): Thread {
    return this.#lineage[0]!;
  }

  /** The thread that first recorded the line. */
  get owner(): Thread {
    return this.#owner;
  }

  /** Whether the line is a copy of another thread's. */
  get isCopied(): boolean {
    return this.#owner !== this.own;
  }

  /** What the ids of the line's events are grouped by. */
  get anchor(): string {
    // Threads whose ids tell no time can't be told from their parents in every file that copies them.
    const isSure = this.#lineage.length === 1 || this.#goesByTurns() && this.#owner.created > 0;
    return isSure ? this.#owner.id : this.#lineage.at(-1)!.id;
  }

  /** The turn that the line is part of, where turns have ids. */
  get turn(): string | undefined {
    return this.#turn;
  }

  /**
   * When a line of that time was first recorded, as near as can be told: a copied line may bear the time of
   * the copy.
   */
  firstTime(time: number): number {
    const isStampedAnew = this.isCopied && this.#turnTime > 0 && time >= this.own.created;
    return isStampedAnew ? this.#turnTime : time;
  }

  /**
   * Whether a `session_meta` begins another thread, unrelated to those before it: the rest of the file is
   * that one's.
   */
  beginsAnother(meta: JsonObject): boolean {
    const id = idOf(meta);
    return id !== undefined && this.#isNamed && !this.#isHead &&
      !this.#lineage.some((thread) => thread.id === id);
  }

  /** Takes the payload of a `session_meta`, or the bare first line of older rollouts. */
  takeMeta(meta: JsonObject): MetaKind | undefined {
    const id = idOf(meta);
    if (id === undefined) return undefined;
    const index = this.#lineage.findIndex((thread) => thread.id === id);
    if (this.#isNamed && index >= 0) {
      Object.assign(this.#lineage[index]!, describe(meta));
      this.#addParent(meta);
      if (index === 0 && !this.#isHead) this.#isItself = this.#hasOwnLines = true;
      this.#owner = this.#findOwner();
      return "known";
    }
    const thread: Thread = { id, created: timeOfId(id), ...describe(meta) };
    const kind = this.#isNamed ? "ancestor" : "own";
    if (kind === "own") {
      this.#lineage = [thread];
      this.#isNamed = true;
    } else {
      this.own.parent ??= id;
      this.#lineage.push(thread);
    }
    this.#addParent(meta);
    this.#owner = this.#findOwner();
    return kind;
  }

  /** Takes note of a line that is no `session_meta`, and of its time. */
  takeLine(time: number | undefined): void {
    this.#isHead = false;
    if (this.#lineage.length === 1 || time === undefined) return;
    if (!this.#hasOwnLines && !this.#goesByTurns()) {
      if (time < (this.own.created || (this.own.began ?? 0))) this.#hasOldLines = true;
      else if (this.#hasOldLines || this.#lastTime > 0 && time - this.#lastTime > PAUSE_MS) {
        this.#hasOwnLines = true;
        this.#owner = this.#findOwner();
      }
    }
    this.#lastTime = time;
  }

  /** A turn begins, or is named again. `startedAt` is what the record says of its beginning, in seconds. */
  takeTurn(id: string, startedAt: unknown): void {
    if (id === this.#turn) return;
    this.#turn = id;
    this.#turnTime = timeOfId(id) || endOfSecond(startedAt);
    this.#isItself = false;
    this.#block = 0;
    this.#counts.clear();
    this.#owner = this.#findOwner();
  }

  /**
   * A key for what has no id of its own: equal in every copy of the line, different from all others of the
   * thread.
   *
   * Within a turn with an id it is that id, the text, and how many equal ones the turn had before. Elsewhere
   * it hangs on all that came before in the thread, which a copy repeats from the start.
   */
  keyFor(kind: string, text: string): string {
    const name = hashText(text);
    if (this.#turn === undefined) {
      this.#chain = hashText(`${this.#chain} ${kind} ${name}`);
      return `${kind}:${this.#chain}`;
    }
    const counted = `${kind}:${name}`;
    const before = this.#counts.get(counted) ?? 0;
    const key = `${kind}:${this.#turn}:${name}`;
    const full = this.#block + before === 0 ? key : `${key}:${this.#block}.${before}`;
    this.#counts.set(counted, before + 1);
    if (this.#counts.size >= COUNTED_TEXTS) {
      this.#counts.clear();
      this.#block++;
    }
    return full;
  }

  /** All of it, as plain JSON. */
  save(): unknown {
    return {
      lineage: this.#lineage,
      isNamed: this.#isNamed,
      isHead: this.#isHead,
      isItself: this.#isItself,
      hasOwnLines: this.#hasOwnLines,
      hasOldLines: this.#hasOldLines,
      lastTime: this.#lastTime,
      turn: this.#turn,
      turnTime: this.#turnTime,
      chain: this.#chain,
      block: this.#block,
      counts: [...this.#counts],
    } satisfies Saved;
  }

  /**
   * The thread that a fork names as its parent belongs to the line of descent, also where its `session_meta`
   * is missing.
   */
  #addParent(meta: JsonObject): void {
    const id = asText(meta.forked_from_id);
    if (id === undefined || this.#lineage.some((thread) => thread.id === id)) return;
    this.#lineage.push({ id, created: timeOfId(id) });
  }

  #goesByTurns(): boolean {
    return this.#lineage.length === 1 || this.#turnTime > 0 && this.own.created > 0;
  }

  #findOwner(): Thread {
    if (this.#lineage.length === 1 || this.#isItself) return this.own;
    if (!this.#goesByTurns()) return this.#hasOwnLines ? this.own : this.#lineage.at(-1)!;
    let owner: Thread | undefined;
    for (const thread of this.#lineage) {
      if (thread.created <= this.#turnTime && (owner === undefined || thread.created > owner.created)) {
        owner = thread;
      }
    }
    return owner ?? this.#lineage.at(-1)!;
  }
}

/**
 * The thread's id. `session_id`, of a sub-agent, is the session that it works for; old files have only the
 * one or the other.
 */
function idOf(meta: JsonObject): string | undefined {
  return asText(meta.id) ?? asText(meta.session_id);
}

/** What a `session_meta` says of its thread, as far as it says it. */
function describe(meta: JsonObject): Partial<Thread> {
  const git = asObject(meta.git);
  const spawn = asObject(asObject(asObject(meta.source)?.subagent)?.thread_spawn);
  const parent = asText(spawn?.parent_thread_id) ?? asText(meta.parent_thread_id) ??
    asText(meta.forked_from_id);
  const version = asText(meta.cli_version);
  const cwd = asText(meta.cwd);
  const repository = asText(git?.repository_url);
  const branch = asText(git?.branch);
  const began = asInstant(meta.timestamp);
  return {
    ...(began !== undefined && { began }),
    ...(parent !== undefined && { parent }),
    ...(version !== undefined && { version }),
    ...(cwd !== undefined && { cwd }),
    ...(repository !== undefined && { repository: cleanRemote(repository)! }),
    ...(branch !== undefined && { branch }),
  };
}

/** The milliseconds since the epoch in a UUIDv7 (RFC 9562, section 5.7), 0 for any other id. */
function timeOfId(id: string): number {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/i.test(id)) return 0;
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The last millisecond of a time in whole seconds, or 0. */
function endOfSecond(seconds: unknown): number {
  const start = asCount(seconds);
  return start === undefined ? 0 : start * 1_000 + 999;
}
