/**
 * Decides which of several states of one event counts: a total order that knows nothing of which arrived first.
 *
 * @module
 */

import { FLAG } from "./batch.ts";
import { canonicalText, type EventState } from "./record.ts";

/** A source, as far as it decides whose state is shown. */
export interface SourcePlace {
  /** Of the source's kind; the lower is shown. */
  readonly rank: number;
  /** Its root and twin: decides when all else is equal. */
  readonly name: string;
}

/**
 * Positive if the state `a` of source `placeA` is shown before the state `b` of source `placeB`, negative if after it: kind
 * of source, then the states themselves, and of states that say the same that of the source whose name comes first.
 */
export function compareHoldings(
  a: EventState,
  placeA: SourcePlace,
  b: EventState,
  placeB: SourcePlace,
): number {
  if (placeA.rank !== placeB.rank) return placeB.rank - placeA.rank;
  const states = compareStates(a, b);
  if (states !== 0) return states;
  return placeA.name === placeB.name ? 0 : placeA.name < placeB.name ? 1 : -1;
}

/**
 * Positive if `a` comes before `b`, negative if after it, 0 if they say the same at the same place: original before copy,
 * complete before incomplete, more records before fewer, earlier before later in its source, earlier before later in time (a
 * copy may be told with the time of the session that it was copied into), and last the text itself.
 * The revision does not count: it tells of what was there before, too.
 */
function compareStates(a: EventState, b: EventState): number {
  const copied = (b.flags & FLAG.copied) - (a.flags & FLAG.copied);
  if (copied !== 0) return copied;
  const complete = (a.flags & FLAG.complete) - (b.flags & FLAG.complete);
  if (complete !== 0) return complete;
  if (a.records !== b.records) return a.records - b.records;
  if (a.position !== b.position) return b.position - a.position;
  if (a.timestamp !== b.timestamp) return b.timestamp - a.timestamp;
  if (a.hash === b.hash) return 0;
  const [textA, textB] = [canonicalText(a), canonicalText(b)];
  return textA === textB ? 0 : textA > textB ? 1 : -1;
}

/**
 * What one source says of an event after it said `known` and now goes on to say `next`: the later state of one place
 * counts; of two places (the event was written twice, or copied) the one that comes first. Returns `known` itself if
 * nothing changes.
 *
 * The revision grows by the records that are new. So it is the same wherever the reading paused in between.
 */
export function fold(known: EventState, next: EventState): EventState {
  if (!areOfOnePlace(known, next)) {
    if (compareStates(next, known) <= 0) return known;
    return { ...next, revision: known.revision + next.records };
  }
  const added = Math.max(next.records - known.records, next.hash === known.hash ? 0 : 1);
  return added === 0 ? known : { ...next, revision: known.revision + added };
}

/**
 * What one source says of an event after it said `known` and, read again from its start, says `next`. A new place alone is
 * a new revision, too: by it the source may now come before others that say something else.
 */
export function replace(known: EventState, next: EventState): EventState {
  const isSame = next.hash === known.hash && next.records === known.records &&
    next.position === known.position;
  return isSame ? known : raise(next, known);
}

/**
 * What a database says of an event after it said `known` and tells one of its conversations again, by which it says `next`.
 * A copy in another conversation is not shown before the original.
 */
export function replaceInDatabase(known: EventState, next: EventState): EventState {
  const isElsewhere = isCopy(next) && !areOfOnePlace(known, next);
  return isElsewhere && compareStates(next, known) <= 0 ? known : replace(known, next);
}

/** Whether two states are of one place of a source. A database counts the places within each of its conversations. */
function areOfOnePlace(a: EventState, b: EventState): boolean {
  return a.position === b.position && isCopy(a) === isCopy(b) && (!isCopy(a) || a.session === b.session);
}

function isCopy({ flags }: EventState): boolean {
  return (flags & FLAG.copied) !== 0;
}

/** The state `next` with a revision above that of `known`, which it replaces. */
export function raise(next: EventState, known: EventState): EventState {
  return { ...next, revision: Math.max(next.revision, known.revision + 1) };
}
