/**
 * The sources that tell a session only while no better source of their agent does (`SourceKind.standsInFor`). Which sessions
 * those hold is known once they were read, so stand-ins wait for that, and one that was read too early is read again, and
 * tells nothing then.
 *
 * @module
 */

import type { Agent } from "../agents/agent.ts";
import { SILENT } from "../platform/workspace_filter.ts";
import type { StoreReader } from "../store/reader.ts";
import { readToldSessions } from "../store/told_sessions.ts";
import type { CatalogSource } from "./catalog.ts";

/** A new file is left alone for so long, ms: what tells the same better may be written a moment later. */
const PATIENCE = 10_000;

/** What of a source is told now; `unknown` if that can't be said yet. */
export type Telling = "all" | "nothing" | "unknown";

/** Knows them. */
export class StandIns {
  readonly #agentOf: (id: string) => Agent | undefined;
  /** By agent; nothing before the first look. */
  #told: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** When that was learnt, ms since the epoch. */
  #toldAt = 0;
  readonly #isLive: () => boolean;
  #isWaiting = false;

  /** @param isLive whether new files are followed as they come, and may get company */
  constructor(agentOf: (id: string) => Agent | undefined, isLive: () => boolean = () => false) {
    this.#agentOf = agentOf;
    this.#isLive = isLive;
  }

  /** Whether there are some of which it could not be said yet what is told of them. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** What of a source is told. */
  telling(source: CatalogSource): Telling {
    const telling = this.#telling(source);
    if (telling === "unknown") this.#isWaiting = true;
    return telling;
  }

  #telling(source: CatalogSource): Telling {
    const session = this.#sessionOf(source);
    if (session === undefined) return "all";
    if (this.#told?.get(source.agent)?.has(session)) return "nothing";
    if (source.readAt > 0) {
      return source.collectedFilter === SILENT && this.#told === undefined ? "unknown" : "all";
    }
    const isNew = this.#isLive() && this.#toldAt - (source.stamp.birth ?? source.stamp.mtime) < PATIENCE;
    return this.#told === undefined || isNew ? "unknown" : "all";
  }

  /**
   * Whether a reading that begins now must tell nothing. One that has told something goes on to do so, until it is read again
   * from its start.
   */
  isSilent(source: CatalogSource): boolean {
    const begins = source.readAt === 0 || source.rereading !== 0 || source.collectedFilter === SILENT;
    return begins && this.telling(source) === "nothing";
  }

  /**
   * Learns what the better sources hold.
   *
   * @returns the stand-ins that must be looked at because of it
   */
  refresh(
    reader: StoreReader,
    sources: Iterable<CatalogSource>,
    now: number,
  ): readonly CatalogSource[] {
    const standIns = [...sources].filter((source) => this.#sessionOf(source) !== undefined);
    // A better source is of a lower rank than all of them: what one of them tells is no reason for another to be silent.
    const ranks = new Map<string, number>();
    for (const { agent, rank } of standIns) ranks.set(agent, Math.min(ranks.get(agent) ?? rank, rank));
    this.#isWaiting = false;
    this.#toldAt = now;
    this.#told = new Map(
      Array.from(ranks, ([agent, rank]) => [agent, readToldSessions(reader, agent, rank)]),
    );
    return standIns.filter((source) => {
      if (source.gone) return false;
      const telling = this.telling(source);
      if (source.readAt === 0) return telling !== "unknown";
      return (telling === "nothing") !== (source.collectedFilter === SILENT);
    });
  }

  #sessionOf({ agent, rank, relativePath }: CatalogSource): string | undefined {
    return rank === 0 ? undefined : this.#agentOf(agent)?.classify(relativePath)?.standsInFor;
  }
}
