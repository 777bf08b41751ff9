/**
 * What the parser lends to the parts that make its events.
 *
 * @module
 */

import type { EventDraft, TypedData } from "../../events/event.ts";

/** Makes and emits events at the line that is being read. */
export interface Drafting {
  /** An event of the thread that first recorded the line. */
  draft(key: string, typed: TypedData, complete: boolean): EventDraft;
  /** An event of the file's own thread, whoever recorded the line. */
  draftOwn(key: string, typed: TypedData, complete: boolean): EventDraft;
  /**
   * A key for what has no id of its own, from its kind and text. Asked for once for each event, in the order
   * of lines.
   */
  keyFor(kind: string, text: string): string;
  emit(event: EventDraft): void;
}
