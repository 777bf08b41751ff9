/**
 * Draws the screen of `status`.
 *
 * @module
 */

import { PROGRAM } from "../platform/program.ts";
import type { CollectorInfo } from "../service/lock.ts";
import type {
  AgentSummary,
  KnownProblem,
  RecoveryNote,
  SilentAgent,
  SourceFailure,
  UnreadKind,
} from "../store/summary.ts";
import { countOf, formatAge, formatBytes, formatCount, formatDuration } from "./format.ts";
import type { Palette } from "./palette.ts";
import { remoteLines, type RemoteReport } from "./remote_lines.ts";
import { sanitize } from "./sanitize.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Whether a collector runs, and what it says of itself. */
export type CollectorFacts = { readonly running: boolean } & Partial<CollectorInfo>;

/** What `status --format json` prints; `docs/commands.md` explains each key. Times are ms since the epoch. */
export interface StatusFacts {
  readonly collector: CollectorFacts;
  readonly store: {
    readonly path: string;
    readonly exists: boolean;
    readonly bytes: number;
    readonly events: number;
    readonly recovery?: RecoveryNote;
  };
  readonly agents: readonly AgentSummary[];
  readonly sync: {
    /** 0 to 100; 100 only when nothing is left to do. */
    readonly percent: number;
    readonly bytes: number;
    readonly committedBytes: number;
    readonly pending: number;
    readonly syncing: number;
    readonly synced: number;
    readonly failed: number;
    readonly gone: number;
    readonly leftOutSources: number;
    readonly leftOutEvents: number;
    /** Sources of which something was left out and which their agents will delete within 7 days. */
    readonly leftOutExpiring: number;
    readonly failures: readonly SourceFailure[];
    readonly unreadRecords: number;
    readonly unreadKinds: readonly UnreadKind[];
    readonly silent: readonly SilentAgent[];
  };
  readonly remotes: readonly RemoteReport[];
  readonly problems: readonly KnownProblem[];
}

/** What drawing depends on besides the facts. */
export interface ScreenOptions {
  readonly terminal: Pick<Terminal, "columns" | "colour">;
  /** Ms since the epoch. */
  readonly now: number;
  /** The version of this program, to tell when the collector is of another. */
  readonly version: string;
}

/** So many of a list are shown; the rest is counted. */
const SHOWN = 5;

/** Draws the facts, with a newline at the end. */
export function renderStatus(facts: StatusFacts, options: ScreenOptions): string {
  const screen = new Screen(facts, options);
  return [
    screen.collector(),
    ...facts.store.exists ? [screen.sync(), screen.agents()] : [],
    screen.remotes(),
    screen.store(),
    screen.unread(),
    screen.problems(),
  ].filter((part) => part !== "").join("\n");
}

class Screen {
  readonly #facts: StatusFacts;
  readonly #colour: Palette;
  readonly #columns: number;
  readonly #now: number;
  readonly #version: string;

  constructor(facts: StatusFacts, { terminal, now, version }: ScreenOptions) {
    this.#facts = facts;
    this.#colour = terminal.colour;
    this.#columns = terminal.columns;
    this.#now = now;
    this.#version = version;
  }

  collector(): string {
    const { running, pid, version, startedAt, startedBy, watching, phase } = this.#facts.collector;
    const { green, yellow } = this.#colour;
    if (!running) return this.#lines("Collector", [yellow("not running"), `Start it: ${PROGRAM} start`]);
    const since = startedAt === undefined ? "" : ` for ${formatDuration(Math.max(0, this.#now - startedAt))}`;
    const who = [
      pid !== undefined && `process ${pid}`,
      version !== undefined && `version ${sanitize(version)}`,
    ];
    const lines = [`${green("running")}${since}${list(who.filter((part) => part !== false))}`];
    if (startedBy !== undefined) lines.push(STARTED_BY[startedBy]);
    if (watching !== undefined) lines.push(WATCHING[watching]);
    if (phase === "paused") lines.push(yellow("paused until a problem below is solved"));
    if (version !== undefined && version !== this.#version) {
      lines.push(yellow(`this is version ${this.#version}: start the collector again to update it`));
    }
    return this.#lines("Collector", lines);
  }

  remotes(): string {
    const { remotes } = this.#facts;
    return remotes.length === 0 ? "" : this.#lines("Remotes", remoteLines(remotes, this.#now));
  }

  sync(): string {
    const { sync, collector } = this.#facts;
    const { green, red } = this.#colour;
    const { pending, syncing, failed, gone, failures } = sync;
    const waiting = pending + syncing;
    const total = waiting + failed + sync.synced;
    const isDone = waiting + failed === 0;
    const head = total === 0
      ? "no history of any agent was found yet"
      : isDone
      ? `${green("up to date")}: ${sourcesOf(total)}, ${formatBytes(sync.bytes)}`
      : `${sync.percent.toFixed(1)} %: ${formatBytes(sync.committedBytes)} of ${formatBytes(sync.bytes)}`;
    const lines = [head];
    if (waiting > 0) {
      lines.push(`${sourcesOf(waiting)} ${collector.running ? "to read" : "to read once it runs"}`);
    }
    if (failed > 0) {
      lines.push(red(`${sourcesOf(failed)} can't be read:`));
      lines.push(...failures.slice(0, SHOWN).map((failure) => `  ${this.#failure(failure)}`));
      if (failed > SHOWN) lines.push(`  and ${formatCount(failed - Math.min(SHOWN, failures.length))} more`);
    }
    if (gone > 0) lines.push(`${sourcesOf(gone)} no longer there; what was read of them is kept`);
    for (const { agent, since, bytes } of sync.silent) {
      lines.push(this.#colour.yellow(
        `${sanitize(agent)} has written ${formatBytes(bytes)} since its last event, ${
          formatAge(since, this.#now)
        }: ` +
          "its format may have changed; is there a newer version of this program?",
      ));
    }
    lines.push(...this.#leftOut());
    return this.#lines("Sync", lines);
  }

  agents(): string {
    const { agents } = this.#facts;
    if (agents.length === 0) return "";
    const rows = agents.map(({ agent, sources, bytes, lastSyncedAt }) => [
      agent,
      formatCount(sources),
      formatBytes(bytes),
      lastSyncedAt === undefined ? "never" : formatAge(lastSyncedAt, this.#now),
    ]);
    const drawn = table(rows, [
      { header: "Agent" },
      { header: "Sources", align: "right" },
      { header: "Size", align: "right" },
      { header: "Last synced", align: "right" },
    ], { width: this.#columns - INDENT.length, paintHeader: this.#colour.dim });
    return this.#lines("Agents", drawn.trimEnd().split("\n"));
  }

  store(): string {
    const { path, exists, bytes, events, recovery } = this.#facts.store;
    const lines = [sanitize(path)];
    lines.push(exists ? `${countOf(events, "event")}, ${formatBytes(bytes)}` : "does not exist yet");
    if (recovery !== undefined) {
      const { at, savedEvents, savedSources, lostRanges, movedTo } = recovery;
      const lost = lostRanges.length === 0 ? "" : ", some could not be read";
      lines.push(
        this.#colour.yellow(
          `was found damaged ${formatAge(new Date(at).getTime(), this.#now)}: ` +
            `${countOf(savedEvents, "event")} and ${sourcesOf(savedSources)} were saved${lost}`,
        ),
        `all sources are read again; the damaged file is kept: ${sanitize(movedTo)}`,
      );
    }
    return this.#lines("Store", lines);
  }

  unread(): string {
    const { unreadRecords, unreadKinds } = this.#facts.sync;
    if (unreadRecords === 0) return "";
    const kinds = unreadKinds.slice(0, SHOWN).map(({ agent, agentVersion, kind, records }) =>
      `${formatCount(records)} of ${sanitize(`${agent} ${agentVersion ?? ""}`.trimEnd())}: ${sanitize(kind)}`
    );
    if (unreadKinds.length > SHOWN) kinds.push(`and ${formatCount(unreadKinds.length - SHOWN)} more kinds`);
    return this.#lines("Unread", [
      `${countOf(unreadRecords, "record")} not understood, kept for a later version`,
      ...kinds,
    ]);
  }

  problems(): string {
    const { problems } = this.#facts;
    const { red } = this.#colour;
    return problems.length === 0 ? "" : this.#lines(
      "Problems",
      problems.flatMap(({ message, hint, since }) => [
        `${red(sanitize(message))} (${formatAge(since, this.#now)})`,
        ...hint === "" ? [] : [`  ${sanitize(hint)}`],
      ]),
    );
  }

  #failure({ path, error, nextTry }: SourceFailure): string {
    const next = nextTry === undefined
      ? "tried again when it changes"
      : nextTry <= this.#now
      ? "tried again next"
      : `tried again in ${formatDuration(nextTry - this.#now)}`;
    // Most reasons name the path themselves.
    const reason = error.includes(path) ? error : `${path}: ${error}`;
    return `${sanitize(reason)} (${next})`;
  }

  #leftOut(): readonly string[] {
    const { leftOutSources, leftOutEvents, leftOutExpiring } = this.#facts.sync;
    const what = [
      ...leftOutSources > 0 ? [sourcesOf(leftOutSources)] : [],
      ...leftOutEvents > 0 ? [countOf(leftOutEvents, "event")] : [],
    ];
    if (what.length === 0) return [];
    return [
      `${what.join(" and ")} left out, as not asked for${
        leftOutExpiring === 0 ? "" : this.#colour.yellow(
          `; their agents will delete ${sourcesOf(leftOutExpiring)} of it within 7 days`,
        )
      }; to take them in:`,
      `  ${PROGRAM} ${this.#facts.collector.running ? "sync" : "start"} --initial-sync-days 0`,
    ];
  }

  /** A title and lines below it. */
  #lines(title: string, lines: readonly string[]): string {
    return [this.#colour.bold(title), ...lines.map((line) => INDENT + line)].join("\n") + "\n";
  }
}

const INDENT = "  ";

const STARTED_BY: Readonly<Record<CollectorInfo["startedBy"], string>> = {
  start: "started in a terminal, with which it ends",
  sync: "started by `sync`",
  background: "started in the background, until this user logs out or the machine is switched off",
  service: "started as a service, at each login",
};

const WATCHING: Readonly<Record<CollectorInfo["watching"], string>> = {
  events: "watching for changes",
  sweep: "sweeping: the system can't tell of changes here, so files are looked at every few seconds",
  none: "reading what there is, then it ends",
};

function list(parts: readonly string[]): string {
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function sourcesOf(count: number): string {
  return countOf(count, "source");
}
