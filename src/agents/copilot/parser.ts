/**
 * Reads one chat session of Copilot: a document, or the log of operations that makes one.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { asList } from "../values.ts";
import { FoldedDocument } from "./operation_log.ts";
import { emitSession } from "./session.ts";
import { workspaceOf } from "./uri.ts";

/** Takes the records of one file; what they make is emitted where the file ends, because a later one may change it. */
export class CopilotParser implements RecordParser {
  readonly #source: SourceInfo;
  readonly #emit: (event: EventDraft) => void;
  readonly #folded = new FoldedDocument();
  #document: JsonObject | undefined;

  constructor(source: SourceInfo, emit: (event: EventDraft) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  record(record: JsonObject): RecordOutcome {
    if (typeof record.kind === "number") {
      const outcome = this.#folded.apply(record);
      return outcome === "folded" ? undefined : { unknown: `damaged:${outcome}` };
    }
    if (asList(record.requests) === undefined) return { unknown: "damaged:no-session" };
    this.#document = record;
    return undefined;
  }

  flush(): RecordOutcome {
    const document = this.#folded.document ?? this.#document;
    if (document === undefined) return { unknown: "damaged:incomplete" };
    const { relativePath, companions } = this.#source;
    const unknown = emitSession(document, {
      sessionId: relativePath.replace(/^.*\/|\.jsonl?$/g, ""),
      workspace: workspaceOf(companions?.[WORKSPACE_FILE]),
    }, this.#emit);
    return unknown === undefined ? undefined : { unknown };
  }

  /** The file is always read whole. */
  state(): unknown {
    return null;
  }
}

/** Says which folder a window is of; it lies beside the sessions of that window. */
export const WORKSPACE_FILE = "workspace.json";
