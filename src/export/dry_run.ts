/**
 * Shows what a remote would be sent, without sending it.
 *
 * @module
 */

import type { RemoteConfig } from "../config/config.ts";
import type { EventType } from "../events/event.ts";
import type { StoreReader } from "../store/reader.ts";
import { candidatesAfter } from "../store/remotes.ts";
import { Outgoing } from "./outgoing.ts";
import { routingOf } from "./routing.ts";
import type { OutgoingEvent } from "./remote.ts";

/** How many events are shown whole. */
const SHOWN = 5;
/** A page of events that is looked at at once. */
const PAGE = { rows: 500, bytes: 4 << 20 };

/** What would be sent. */
export interface DryRun {
  readonly events: number;
  /** Of them, by type. */
  readonly types: Readonly<Partial<Record<EventType, number>>>;
  /** Events that the filter keeps here. */
  readonly heldBack: number;
  /** Bytes of the events as JSON, before they are compressed. */
  readonly bytes: number;
  /** Events that are sent cut, as they are too large. */
  readonly truncated: number;
  /** How many secrets were replaced, by rule. */
  readonly secrets: Readonly<Record<string, number>>;
  /** The first events as they would leave. */
  readonly first: readonly OutgoingEvent[];
}

/** What of the store the dry run looks at. */
export interface DryRunOptions {
  readonly reader: StoreReader;
  /** The store's secret. */
  readonly secret: string;
  /** How far the remote is. */
  readonly cursor: number;
}

/** Goes through all that is not delivered. It yields to others between pages. */
export async function dryRun(
  config: RemoteConfig,
  { reader, secret, cursor }: DryRunOptions,
): Promise<DryRun> {
  const outgoing = new Outgoing(config, secret);
  const routing = routingOf(config, () => reader);
  const types: Partial<Record<EventType, number>> = {};
  const first: OutgoingEvent[] = [];
  let events = 0, heldBack = 0, bytes = 0, truncated = 0;
  for (let after = cursor;;) {
    const page = candidatesAfter(reader, after, Number.MAX_SAFE_INTEGER, PAGE);
    if (page.length === 0) break;
    for (const { event, route } of page) {
      if (!routing.wants(route)) {
        heldBack++;
        continue;
      }
      const sent = outgoing.prepare(event);
      events++;
      types[event.type] = (types[event.type] ?? 0) + 1;
      bytes += JSON.stringify(sent).length;
      if (sent.truncated !== undefined) truncated++;
      if (first.length < SHOWN) first.push(sent);
    }
    after = page.at(-1)!.seq;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return {
    events,
    types,
    heldBack,
    bytes,
    truncated,
    secrets: Object.fromEntries([...outgoing.redactor.counts].sort(([, a], [, b]) => b - a)),
    first,
  };
}
