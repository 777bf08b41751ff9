/**
 * Decides which of several states of one event is shown: a total order that knows nothing of which arrived first.
 *
 * @module
 */

import { FLAG } from "./batch.ts";
import { canonicalText, type EventState } from "./record.ts";

/** What is compared of a state. */
export interface Standing {
  /** Of the source's kind; the lower is shown. */
  readonly rank: number;
  readonly flags: number;
  readonly revision: number;
  readonly position: number;
  /** `canonicalText()` of the state; asked for only when all else is equal. */
  text(): string;
}

/**
 * Positive if `a` is shown before `b`, negative if after it, 0 if they say the same: kind of source, original before copy,
 * complete before incomplete, more records before fewer, earlier before later in its source, and last the text itself.
 */
export function compareStandings(a: Standing, b: Standing): number {
  if (a.rank !== b.rank) return b.rank - a.rank;
  const copied = (b.flags & FLAG.copied) - (a.flags & FLAG.copied);
  if (copied !== 0) return copied;
  const complete = (a.flags & FLAG.complete) - (b.flags & FLAG.complete);
  if (complete !== 0) return complete;
  if (a.revision !== b.revision) return a.revision - b.revision;
  if (a.position !== b.position) return b.position - a.position;
  const [textA, textB] = [a.text(), b.text()];
  return textA === textB ? 0 : textA > textB ? 1 : -1;
}

/** The standing of a state whose source has that rank. */
export function standingOf(state: EventState, rank: number): Standing {
  return {
    rank,
    flags: state.flags,
    revision: state.revision,
    position: state.position,
    text: () => canonicalText(state),
  };
}

/**
 * What one source says of an event after it said `known` and now says `next`: the later state of one place counts; of two
 * places (the event was written twice) the one that comes first. Returns `known` itself if nothing changes.
 *
 * @param isFinal `next` counts wherever it stands: it is what the source says when read from its start
 */
export function fold(known: EventState, next: EventState, rank: number, isFinal: boolean): EventState {
  if (
    !isFinal && known.position !== next.position &&
    compareStandings(standingOf(next, rank), standingOf(known, rank)) <= 0
  ) return known;
  if (next.hash !== known.hash) return raise(next, known);
  const revision = Math.max(next.revision, known.revision);
  return revision === known.revision && next.position === known.position ? known : { ...next, revision };
}

/** The state `next` with a revision above that of `known`, which it replaces. */
export function raise(next: EventState, known: EventState): EventState {
  return { ...next, revision: Math.max(next.revision, known.revision + 1) };
}
