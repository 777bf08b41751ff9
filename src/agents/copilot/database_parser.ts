/**
 * Reads the sessions that a window kept in its database. Each is the document that became a file later, so that both make the
 * same events under the same ids.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { asObject, asText } from "../values.ts";
import { CopilotParser } from "./parser.ts";

/** The parser of one database: each record is a session. */
export class CopilotDatabaseParser implements RecordParser {
  readonly #source: SourceInfo;
  readonly #emit: (event: EventDraft) => void;

  constructor(source: SourceInfo, emit: (event: EventDraft) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  record({ session }: JsonObject): RecordOutcome {
    const document = asObject(session);
    // A file lends a session its name; here nothing does.
    if (document === undefined || asText(document.sessionId) === undefined) {
      return { unknown: "shape:session" };
    }
    const parser = new CopilotParser(this.#source, this.#emit);
    return parser.record(document, 0) ?? parser.flush();
  }

  flush(): void {}
}
