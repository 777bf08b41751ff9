/**
 * Predicts what the store says of some logs, from nothing but those logs.
 *
 * @module
 */

import type { EventDraft } from "../../src/events/event.ts";
import { computeId, formatId } from "../../src/events/id.ts";
import { emissionsOf, type Line, TINY } from "./tiny_agent.ts";

/** What a source says of an event, as far as a reader sees it. */
export interface Told {
  readonly position: number;
  /** How many records have made it what it is. */
  readonly records: number;
  /** How often what this source says of it has changed, all its places together. */
  readonly revision: number;
  readonly copied: boolean;
  readonly complete: boolean;
  readonly session: string;
  readonly text: string;
  readonly tokens: number | undefined;
}

/** A source, for the order between sources. */
export interface ModelSource {
  readonly name: string;
  readonly rank: number;
  /** By event. */
  readonly told: ReadonlyMap<string, Told>;
}

/** What is said of an event by the source that is shown, and by the others. */
export interface Predicted {
  readonly shown: { readonly source: string; readonly told: Told };
  readonly copies: readonly { readonly source: string; readonly told: Told }[];
}

/** What a log says of its events once it is read whole. */
export function tell(lines: readonly Line[], rank: number): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const draft of emissionsOf(lines)) {
    const id = formatId(computeId(TINY, draft.anchor, draft.key));
    const known = told.get(id);
    const next = toldBy(draft);
    if (known === undefined) {
      told.set(id, next);
    } else if (known.position === next.position) {
      told.set(id, { ...next, revision: known.revision + next.records - known.records });
    } else if (comesFirst({ name: "", rank, told: next }, { name: "", rank, told: known })) {
      told.set(id, { ...next, revision: known.revision + next.records });
    }
  }
  return told;
}

/** What the store says of all events of some sources. */
export function predict(sources: readonly ModelSource[]): Map<string, Predicted> {
  const predicted = new Map<string, Predicted>();
  for (const id of new Set(sources.flatMap(({ told }) => [...told.keys()]))) {
    const holders = sources.filter(({ told }) => told.has(id))
      .map(({ name, rank, told }) => ({ name, rank, told: told.get(id)! }))
      .sort((a, b) => comesFirst(a, b) ? -1 : 1);
    const [shown, ...copies] = holders.map(({ name, told }) => ({ source: name, told }));
    copies.sort((a, b) => a.source < b.source ? -1 : 1);
    predicted.set(id, { shown: shown!, copies });
  }
  return predicted;
}

interface Candidate {
  readonly name: string;
  readonly rank: number;
  readonly told: Told;
}

/** Whether `a` is shown before `b`. */
function comesFirst(a: Candidate, b: Candidate): boolean {
  const [orderA, orderB] = [orderOf(a), orderOf(b)];
  const index = orderA.findIndex((value, index) => value !== orderB[index]);
  return index !== -1 && orderA[index]! < orderB[index]!;
}

/** What decides, the lower first; `canonicalText()` begins with what all states of these tests share. */
function orderOf({ name, rank, told }: Candidate): readonly (number | string)[] {
  const { copied, complete, records, position, session, tokens, text } = told;
  const rest = JSON.stringify([session, null, null, null, null, null, [
    null,
    tokens ?? null,
    null,
    null,
    null,
    null,
    null,
  ], JSON.stringify({ text })]);
  return [rank, Number(copied), Number(!complete), -records, position, downwards(rest), name];
}

/** A text that sorts the other way round: of two bodies the greater is shown. */
function downwards(text: string): string {
  return [...text].map((character) => String.fromCharCode(0xffff - character.charCodeAt(0))).join("") +
    "\uffff";
}

function toldBy(draft: EventDraft): Told {
  return {
    position: draft.position,
    records: draft.revision,
    revision: draft.revision,
    copied: draft.copied === true,
    complete: draft.complete,
    session: draft.sessionId,
    text: (draft.data as { text: string }).text,
    tokens: draft.metrics?.outputTokens,
  };
}
