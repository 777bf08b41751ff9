/**
 * What is said of a remote, in words.
 *
 * @module
 */

import type { ContentLevel } from "../config/config.ts";
import { formatAge, formatBytes, formatCount, formatDuration } from "./format.ts";
import { sanitize } from "./sanitize.ts";

/** How far one remote is. The keys are those of `--format json`. Times are ms since the epoch. */
export interface RemoteReport {
  readonly name: string;
  readonly type: string;
  /** Without user, password and query. */
  readonly target: string;
  /** `off`: not enabled; `manual`: only on `export`; `removed`: no longer configured. */
  readonly state: "open" | "down" | "paused" | "off" | "manual" | "removed";
  readonly content?: ContentLevel;
  readonly delivered: number;
  readonly deliveredBytes: number;
  readonly lastDeliveredAt?: number;
  /** Events that it is to have and has not. */
  readonly pending: number;
  /** There are more than could be counted. */
  readonly isPendingAtLeast?: true;
  /** Events that have not settled. */
  readonly deferred: number;
  /** How long it has not had all there is, ms. */
  readonly lag?: number;
  /** Events a second while it last delivered. */
  readonly rate?: number;
  readonly rejected: number;
  readonly deadLetters: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly nextTry?: number;
}

const STATES: Readonly<Record<RemoteReport["state"], string>> = {
  open: "",
  down: "down",
  paused: "paused",
  off: "off",
  manual: "on export",
  removed: "removed",
};

/** The state of a remote in a word or two. */
export function stateOf({ state, pending, delivered }: RemoteReport): string {
  return STATES[state] || (pending > 0 ? "pending" : delivered > 0 ? "up to date" : "nothing yet");
}

/** What is wrong with a remote, or waits. */
export function notesOf(remote: RemoteReport, now: number): readonly string[] {
  const { name, lastError, lastErrorAt, nextTry, deferred, deadLetters, rejected } = remote;
  return [
    ...(lastError === undefined ? [] : [
      `${name}: ${sanitize(lastError)} (${formatAge(lastErrorAt ?? now, now)}` +
      `${nextTry === undefined || nextTry <= now ? "" : `, next try in ${formatDuration(nextTry - now)}`})`,
    ]),
    ...(deferred > 0 ? [`${name}: ${eventsOf(deferred)} wait until they have settled`] : []),
    ...(deadLetters > 0
      ? [`${name}: ${eventsOf(deadLetters)} not taken; see \`export dead-letters list\``]
      : []),
    ...(rejected > 0 ? [`${name}: ${eventsOf(rejected)} lost there, as it said itself`] : []),
  ];
}

/** One line for each remote, for `status`. */
export function remoteLines(remotes: readonly RemoteReport[], now: number): readonly string[] {
  return remotes.flatMap((remote) => {
    const state = stateOf(remote);
    const lag = remote.lag === undefined ? "" : `, behind by ${formatDuration(remote.lag)}`;
    return [
      `${remote.name} (${remote.type}): ${state}${lag}, ${eventsOf(remote.delivered)} delivered, ` +
      formatBytes(remote.deliveredBytes),
      ...notesOf(remote, now).map((line) => `  ${line}`),
    ];
  });
}

function eventsOf(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "event" : "events"}`;
}
