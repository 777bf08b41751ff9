/**
 * Decides what happens after an answer: one rule for all kinds of remotes.
 *
 * - What is the remote's fault is repeated for ever, with the same bytes.
 * - What is the configuration's fault stops the remote, not the events.
 * - What is an event's fault is isolated by halving, and that event parked.
 *
 * @module
 */

import type { Answer } from "./remote.ts";

/** After so many errors of its own for the same batch a remote is suspected to stumble over that batch alone. */
export const SUSPECT_AFTER = 5;

/** What to do with a batch. */
export type Verdict =
  /** It is there, but for the events at these places. */
  | { readonly kind: "delivered"; readonly parked: readonly Parked[] }
  /** Which of its events are lost is not known: all are parked as perhaps lost. */
  | { readonly kind: "uncertain"; readonly lost: number; readonly message: string }
  /** Send the same again later. */
  | { readonly kind: "retry"; readonly message: string; readonly retryAfter?: number }
  /** The remote fails at this batch again and again: find out whether it is the batch. */
  | { readonly kind: "suspect"; readonly message: string; readonly status: number }
  | { readonly kind: "pause"; readonly message: string }
  /** None of it is there: send it in two halves. */
  | { readonly kind: "halve" }
  /** None of it is there: send it without the events at these places. */
  | { readonly kind: "without"; readonly parked: readonly Parked[] };

/** An event to park. */
export interface Parked {
  readonly index: number;
  readonly message: string;
  readonly status?: number;
}

/**
 * What an answer means.
 *
 * @param events how many the batch holds
 * @param tries how often it was sent before
 */
export function verdictOf(answer: Answer, events: number, tries: number): Verdict {
  switch (answer.kind) {
    case "accepted":
      return { kind: "delivered", parked: within(answer.rejected, events) };
    case "partly": {
      const { lost, message } = answer;
      if (lost <= 0) return { kind: "delivered", parked: [] };
      return lost >= events
        ? { kind: "delivered", parked: all(events, message) }
        : { kind: "uncertain", lost, message };
    }
    case "unavailable":
      return { kind: "retry", message: answer.message, retryAfter: answer.retryAfter };
    case "failing": {
      const { message, status } = answer;
      return tries + 1 < SUSPECT_AFTER ? { kind: "retry", message } : { kind: "suspect", message, status };
    }
    case "refused":
      return { kind: "pause", message: answer.message };
    case "too-large":
    case "unacceptable":
      return isolate(answer, events);
  }
}

/** Isolates what is wrong in a batch of which nothing was taken. */
function isolate(
  answer: { readonly message: string; readonly status?: number; readonly rejected?: readonly Parked[] },
  events: number,
): Verdict {
  const { message, status } = answer;
  const named = within(answer.rejected ?? [], events).map((parked) => ({ ...parked, status }));
  if (named.length > 0) return { kind: "without", parked: named };
  return events > 1 ? { kind: "halve" } : { kind: "without", parked: all(events, message, status) };
}

/** Those that name an event of the batch, each once. */
function within(rejected: readonly Parked[], events: number): readonly Parked[] {
  const met = new Map(
    rejected.filter(({ index }) => Number.isInteger(index) && index >= 0 && index < events).map((parked) => [
      parked.index,
      parked,
    ]),
  );
  return [...met.values()];
}

function all(events: number, message: string, status?: number): readonly Parked[] {
  return Array.from({ length: events }, (_, index) => ({ index, message, status }));
}
