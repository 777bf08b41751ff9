/**
 * Reads the transcripts that Cursor's agent wrote as plain text below `~/.cursor/projects`. They say as little as those in
 * JSON lines (`transcript_parser.ts`): a message is known by its number, and has the time when the file was made.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation } from "../conversation.ts";
import { asText } from "../values.ts";
import { messagesOf, type TextMessage } from "./text_transcript.ts";
import { CURSOR_TOOLS, sessionOf, typedIn, withoutRedaction } from "./texts.ts";

/** The parser of one transcript, which is always read whole. */
export class CursorTextTranscriptParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #time: number;

  constructor({ relativePath, madeAt }: SourceInfo, emit: (event: EventDraft) => void) {
    const { sessionId, parentSessionId } = sessionOf(relativePath);
    this.#conversation = new Conversation(emit, { tools: CURSOR_TOOLS, anchor: "session" }, sessionId);
    this.#conversation.set({ parentSessionId });
    this.#time = madeAt ?? 0;
  }

  record({ text }: JsonObject): RecordOutcome {
    const messages = messagesOf(asText(text) ?? "");
    if (messages.length === 0) return { unknown: "page:no-message" };
    this.#conversation.start({ timestamp: this.#time, position: 0 }, {});
    for (const [index, message] of messages.entries()) this.#message(message, `message:${index + 1}`);
    return undefined;
  }

  flush(): void {
    this.#conversation.flush();
  }

  #message({ role, line, text, reasoning, calls }: TextMessage, key: string): void {
    const place = { timestamp: this.#time, position: line };
    if (role === "user") {
      const prompt = typedIn(asText(text));
      if (prompt !== undefined) this.#conversation.add(key, place, { type: "llm_request", data: { prompt } });
      return;
    }
    const data = { text: withoutRedaction(asText(text)), reasoning: asText(reasoning) };
    this.#conversation.add(key, place, { type: "llm_response", data });
    for (const [index, { tool, args, line }] of calls.entries()) {
      const callKey = `${key}:${index}`;
      this.#conversation.call(callKey, { ...place, position: line }, { tool, args });
      this.#conversation.result(callKey, {});
    }
  }
}
