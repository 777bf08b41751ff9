/**
 * Reads the sessions of Kiro before mid 2026: a document each. Answers in it are short, as a rule: what the agent did stands
 * in other files, whose form changed from build to build, and is not read. No message has a time: all have that when the file
 * was made.
 *
 * There is no documentation by the vendor; the shapes are those that readers of it name.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation } from "../conversation.ts";
import { asList, asObject, asText } from "../values.ts";
import { KIRO_TOOLS, typedIn } from "./texts.ts";

/** The parser of one session. */
export class KiroSpineParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #time: number;

  constructor({ relativePath, madeAt }: SourceInfo, emit: (event: EventDraft) => void) {
    const session = relativePath.replace(/^.*\/|\.json$/g, "");
    this.#conversation = new Conversation(emit, { tools: KIRO_TOOLS, anchor: "session" }, session);
    this.#time = madeAt ?? 0;
  }

  record(record: JsonObject): RecordOutcome {
    const history = asList(record.history);
    if (history === undefined) return { unknown: "session:shape" };
    if (history.length === 0) return undefined;
    this.#conversation.set({
      sessionId: asText(record.sessionId),
      workspace: asText(record.workspaceDirectory),
    });
    this.#conversation.start({ timestamp: this.#time, position: 0 }, { title: asText(record.title) });
    return history.map((entry, index) => this.#entry(asObject(entry), index + 1))
      .find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return undefined;
  }

  #entry(entry: JsonObject | undefined, position: number): RecordOutcome {
    const message = asObject(entry?.message);
    const key = asText(message?.id) ?? `message:${position}`;
    const place = { timestamp: this.#time, position };
    const text = asText(message?.content) ?? asText(resultOf(message?.content));
    switch (message?.role) {
      case "user": {
        const prompt = typedIn(text);
        if (prompt !== undefined) {
          this.#conversation.add(key, place, { type: "llm_request", data: { prompt } });
        }
        return undefined;
      }
      case "assistant":
        this.#conversation.add(key, place, { type: "llm_response", data: { text } });
        return undefined;
      default:
        return { unknown: `role:${asText(message?.role) ?? "none"}` };
    }
  }
}
