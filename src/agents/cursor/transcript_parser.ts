/**
 * Reads the transcripts that Cursor's agent writes below `~/.cursor/projects`: messages in blocks, without ids, times or the
 * results of calls. A message is known by its line, and has the time when the file was made.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { asList, asObject, asText } from "../values.ts";
import { CURSOR_TOOLS, sessionOf, typedIn, withoutRedaction } from "./texts.ts";

/** The parser of one transcript. */
export class CursorTranscriptParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #time: number;
  #line: number;

  constructor({ relativePath, madeAt }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as { conversation: unknown; time: number; line: number } | undefined;
    const { sessionId, parentSessionId } = sessionOf(relativePath);
    this.#conversation = new Conversation(
      emit,
      { tools: CURSOR_TOOLS, anchor: "session" },
      sessionId,
      state?.conversation,
    );
    this.#conversation.set({ parentSessionId });
    this.#time = state?.time ?? madeAt ?? 0;
    this.#line = state?.line ?? 0;
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const place: Place = { timestamp: this.#time, position };
    const { type, role } = record;
    // A note of how a turn went.
    if (type === "turn_ended") return undefined;
    if (type === "error") {
      const message = asText(record.error) ?? "";
      this.#conversation.add(this.#begin(place), place, { type: "error_encountered", data: { message } });
      return undefined;
    }
    const parts = asList(asObject(record.message)?.content)?.map(asObject);
    if (parts === undefined || (role !== "user" && role !== "assistant")) {
      return { unknown: `role:${asText(role) ?? asText(type) ?? "none"}` };
    }
    const textOf = (type: string, name: string) =>
      asText(
        parts.filter((part) => part?.type === type).map((part) => asText(part?.[name]) ?? "").join("\n"),
      );
    const key = this.#begin(place);
    if (role === "user") {
      const prompt = typedIn(textOf("text", "text"));
      if (prompt !== undefined) this.#conversation.add(key, place, { type: "llm_request", data: { prompt } });
      return undefined;
    }
    this.#conversation.add(key, place, {
      type: "llm_response",
      data: { text: withoutRedaction(textOf("text", "text")), reasoning: textOf("thinking", "thinking") },
    });
    return this.#calls(parts, key, place);
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), time: this.#time, line: this.#line };
  }

  /** The key of the next message; the first one begins the session. */
  #begin(place: Place): string {
    if (!this.#conversation.hasStart) this.#conversation.start(place, {});
    return `line:${++this.#line}`;
  }

  /** Their results are not written. */
  #calls(parts: readonly (JsonObject | undefined)[], key: string, place: Place): RecordOutcome {
    for (const [index, part] of parts.entries()) {
      if (part?.type !== "tool_use" && part?.type !== "tool_call") continue;
      const tool = asText(part.name);
      if (tool === undefined) return { unknown: "part:tool_use" };
      this.#conversation.call(`${key}:${index}`, place, { tool, args: part.input });
      this.#conversation.result(`${key}:${index}`, {});
    }
    return undefined;
  }
}
