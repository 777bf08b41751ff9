/**
 * How far each remote is: for `status`, `export --status` and `remote list`.
 *
 * @module
 */

import { loadConfig } from "../config/load.ts";
import type { RemoteConfig } from "../config/config.ts";
import { ConfigError } from "../config/problems.ts";
import type { Environment } from "../platform/environment.ts";
import { kindOf } from "../export/remotes.ts";
import { routingOf } from "../export/routing.ts";
import type { StoreReader } from "../store/reader.ts";
import { type DeadLetter, listRemotes, pendingByRoute, type RemoteState } from "../store/remotes.ts";
import { formatAge, formatCount, formatDuration } from "./format.ts";
import { withStoreIfAny } from "./open_store.ts";
import { notesOf, type RemoteReport, stateOf } from "./remote_lines.ts";
import { sanitize } from "./sanitize.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** So many events behind a remote's cursor are counted; more are "more than". It takes some 3 µs for each. */
const COUNTED = 200_000;

/** How far all remotes are: those that are configured, and those that were and have something left. */
export async function readRemotes(
  environment: Environment,
  database: string,
  counted = COUNTED,
): Promise<readonly RemoteReport[]> {
  let configured: Readonly<Record<string, RemoteConfig>> = {};
  try {
    configured = (await loadConfig(undefined, environment)).config.export.remotes;
  } catch (error) {
    // That the configuration has a mistake is said where the store is looked for.
    if (!(error instanceof ConfigError)) throw error;
  }
  const targets = new Map<string, string>();
  for (const [name, config] of Object.entries(configured)) {
    targets.set(name, (await kindOf(config)).target(config));
  }
  return await withStoreIfAny(
    database,
    (reader) => reportAll(reader, configured, targets, counted),
    Object.entries(configured).map(([name, config]) =>
      reportOf({ name, config, target: targets.get(name)! }, undefined, { pending: 0 })
    ),
  );
}

function reportAll(
  reader: StoreReader,
  configured: Readonly<Record<string, RemoteConfig>>,
  targets: ReadonlyMap<string, string>,
  counted: number,
): readonly RemoteReport[] {
  const known = listRemotes(reader);
  const isOf = (state: RemoteState, name: string, config: RemoteConfig) =>
    state.name === name && state.type === config.type && state.target === targets.get(name);
  const reports = Object.entries(configured).map(([name, config]) => {
    const state = known.find((state) => isOf(state, name, config));
    return reportOf(
      { name, config, target: targets.get(name)! },
      state,
      countPending(reader, config, state, counted),
    );
  });
  const gone = known.filter((state) =>
    !Object.entries(configured).some(([name, config]) => isOf(state, name, config)) &&
    state.deadLetters + state.underWay > 0
  );
  return [...reports, ...gone.map(goneReport)];
}

interface Configured {
  readonly name: string;
  readonly config: RemoteConfig;
  readonly target: string;
}

/** What a remote is to have and has not. */
interface Pending {
  readonly pending: number;
  readonly isPendingAtLeast?: true;
}

function countPending(
  reader: StoreReader,
  config: RemoteConfig,
  state: RemoteState | undefined,
  counted: number,
): Pending {
  const routing = routingOf(config, () => reader);
  const behind = pendingByRoute(reader, state?.cursor ?? 0, counted);
  const sum = (routes: typeof behind) => routes.reduce((total, { events }) => total + events, 0);
  return {
    pending: sum(behind.filter((route) => routing.wants(route))) + (state?.underWay ?? 0),
    ...(sum(behind) === counted && { isPendingAtLeast: true as const }),
  };
}

function reportOf(
  { name, config, target }: Configured,
  state: RemoteState | undefined,
  pending: Pending,
): RemoteReport {
  return {
    name,
    type: config.type,
    target,
    state: !config.enabled ? "off" : config.auto_sync ? state?.state ?? "open" : "manual",
    content: config.content,
    ...counts(state),
    ...pending,
    ...(pending.pending > 0 && state?.caughtUpAt !== undefined && {
      lag: Math.max(0, Date.now() - state.caughtUpAt),
    }),
  };
}

function goneReport(state: RemoteState): RemoteReport {
  return {
    name: state.name,
    type: state.type,
    target: state.target,
    state: "removed",
    ...counts(state),
    pending: state.underWay,
  };
}

function counts(state: RemoteState | undefined) {
  return {
    delivered: state?.delivered ?? 0,
    deliveredBytes: state?.deliveredBytes ?? 0,
    deferred: state?.deferred ?? 0,
    rejected: state?.rejected ?? 0,
    deadLetters: state?.deadLetters ?? 0,
    ...(state?.rate !== undefined && { rate: state.rate }),
    ...(state?.lastDeliveredAt !== undefined && { lastDeliveredAt: state.lastDeliveredAt }),
    ...(state?.lastError !== undefined && state.failures > 0 && {
      lastError: state.lastError,
      lastErrorAt: state.lastErrorAt,
      nextTry: state.nextTry,
    }),
  };
}

/** As a table, with what is wrong below. */
export function renderRemotes(
  remotes: readonly RemoteReport[],
  { columns, colour }: Pick<Terminal, "columns" | "colour">,
  now: number,
): string {
  if (remotes.length === 0) return "no remotes: nothing leaves this machine\n";
  const rows = remotes.map((remote) => [
    remote.name,
    remote.type,
    stateOf(remote),
    formatCount(remote.delivered),
    `${remote.isPendingAtLeast ? "> " : ""}${formatCount(remote.pending)}`,
    remote.lag === undefined ? "" : formatDuration(remote.lag),
    remote.rate === undefined ? "" : `${formatCount(remote.rate)}/s`,
    remote.content ?? "",
    remote.target,
  ]);
  const paint = (state: string) => state === "down" || state === "paused" ? colour.red : colour.green;
  const shown = table(rows, [
    { header: "REMOTE" },
    { header: "TYPE" },
    { header: "STATE", paint },
    { header: "DELIVERED", align: "right" },
    { header: "PENDING", align: "right" },
    { header: "LAG", align: "right" },
    { header: "RATE", align: "right" },
    { header: "CONTENT" },
    { header: "TARGET" },
  ], { width: columns, paintHeader: colour.dim });
  return shown + remotes.flatMap((remote) => notesOf(remote, now)).map((line) => `${line}\n`).join("");
}

/** Dead letters as a table; whole answers if asked for. */
export function renderDeadLetters(
  letters: readonly DeadLetter[],
  { columns, colour }: Pick<Terminal, "columns" | "colour">,
  now: number,
  isWhole: boolean,
): string {
  if (isWhole) {
    return letters.map(({ eventId, remote, status, answer, revision, firstAt, tries }) =>
      `${eventId} revision ${revision} for ${sanitize(remote)}\n` +
      `  ${status === undefined ? "" : `HTTP ${status}, `}tried ${formatCount(tries)} times, first ${
        formatAge(firstAt, now)
      }\n  ${sanitize(answer)}\n`
    ).join("");
  }
  return table(
    letters.map(({ eventId, remote, lastAt, answer }) => [eventId, remote, formatAge(lastAt, now), answer]),
    [{ header: "EVENT" }, { header: "REMOTE" }, { header: "WHEN" }, { header: "ANSWER" }],
    { width: columns, paintHeader: colour.dim },
  );
}
