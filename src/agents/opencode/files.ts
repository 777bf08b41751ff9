/**
 * Reads the sessions that OpenCode kept in small files until early 2026: one for the session, for each of its messages and
 * for each part of a message. Those are told as its database has them.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { asObject, asText } from "../values.ts";
import { OpenCodeParser } from "./parser.ts";

/** The parser of one session. */
export class OpenCodeFilesParser implements RecordParser {
  readonly #parser: OpenCodeParser;
  /** In the order of their names, which are ids that grow with the time. */
  readonly #files: readonly (readonly [path: string, value: unknown])[];

  constructor({ companions = {} }: SourceInfo, emit: (event: EventDraft) => void) {
    this.#parser = new OpenCodeParser(emit);
    this.#files = Object.entries(companions).filter(([path]) => path.includes("/"))
      .toSorted(([a], [b]) => a < b ? -1 : 1);
  }

  record(session: JsonObject): RecordOutcome {
    const time = asObject(session.time);
    const outcomes: RecordOutcome[] = [];
    const tell = (record: JsonObject) => outcomes.push(this.#parser.record(record));
    tell({
      session: {
        id: session.id,
        parent_id: session.parentID,
        directory: session.directory,
        version: session.version,
        title: session.title,
        time_created: time?.created,
      },
    });
    for (const [path, message] of this.#files) {
      if (!path.startsWith("message/")) continue;
      const id = asText(asObject(message)?.id) ?? path.replace(/^.*\/|\.json$/g, "");
      tell({ message });
      for (const [other, part] of this.#files) if (other.startsWith(`part/${id}/`)) tell({ part });
      tell({ end: id });
    }
    return outcomes.find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#parser.flush();
  }
}
