/**
 * Reads one chat session of Copilot: a document, or the log of operations that makes one.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { FoldedDocument } from "../folded_document.ts";
import { asList } from "../values.ts";
import { emitSession } from "./session.ts";
import { workspaceOf } from "./uri.ts";
import { REQUESTS, WORKSPACE_FILE } from "./names.ts";

/** A log that is longer, in bytes, is kept compressed while it is folded. */
const LARGE = 8 << 20;

/** Takes the records of one file; what they make is emitted where the file ends, because a later one may change it. */
export class CopilotParser implements RecordParser {
  readonly #source: SourceInfo;
  readonly #emit: (event: EventDraft) => void;
  readonly #folded = new FoldedDocument(REQUESTS);
  #document: JsonObject | undefined;
  #emission: Generator<undefined, RecordOutcome> | undefined;
  #outcome: RecordOutcome;

  constructor(source: SourceInfo, emit: (event: EventDraft) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  record(record: JsonObject, position: number): RecordOutcome {
    if (typeof record.kind === "number") {
      if (position > LARGE) this.#folded.startPacking();
      const outcome = this.#folded.apply(record);
      return outcome === "folded" ? undefined : { unknown: `damaged:${outcome}` };
    }
    if (asList(record[REQUESTS]) === undefined) return { unknown: "damaged:no-session" };
    this.#document = record;
    return undefined;
  }

  emitMore(): boolean {
    this.#emission ??= this.#emitAll();
    const { done, value } = this.#emission.next();
    if (done) this.#outcome = value;
    return !done;
  }

  flush(): RecordOutcome {
    while (this.emitMore());
    this.#emission = undefined;
    return this.#outcome;
  }

  *#emitAll(): Generator<undefined, RecordOutcome> {
    const header = this.#folded.header ?? this.#document;
    if (header === undefined) return { unknown: "damaged:incomplete" };
    const requests = this.#folded.header === undefined ? asList(header[REQUESTS])! : this.#folded.items;
    const { relativePath, companions } = this.#source;
    const unknown = yield* emitSession(header, requests, {
      sessionId: relativePath.replace(/^.*\/|\.jsonl?$/g, ""),
      workspace: workspaceOf(companions?.[WORKSPACE_FILE]),
    }, this.#emit);
    return unknown === undefined ? undefined : { unknown };
  }
}
