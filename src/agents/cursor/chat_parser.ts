/**
 * Reads the chats of Cursor's command line: messages in the form of Vercel's AI SDK. No message has a time or an id: all have
 * the time of the chat, and a message is known by the hash under which it is kept.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { pathOfUri } from "../copilot/uri.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { CURSOR_TOOLS, typedIn, withoutRedaction } from "./texts.ts";

/** The parser of one chat. */
export class CursorChatParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #madeAt: number | undefined;
  readonly #counts = new Map<string, number>();
  #time: number | undefined;
  #position = 0;

  constructor({ relativePath, madeAt }: SourceInfo, emit: (event: EventDraft) => void) {
    const folder = relativePath.split("/").at(-2) ?? relativePath;
    this.#conversation = new Conversation(
      emit,
      { tools: CURSOR_TOOLS, anchor: "session", openCalls: 256 },
      folder,
    );
    this.#madeAt = madeAt;
  }

  record({ chat, workspace, message, id }: JsonObject): RecordOutcome {
    if (chat !== undefined) return this.#chat(asObject(chat), asText(workspace));
    return this.#message(asObject(message), asText(id));
  }

  flush(): void {
    this.#conversation.flush();
  }

  #chat(chat: JsonObject | undefined, workspace: string | undefined): RecordOutcome {
    if (chat === undefined) return { unknown: "chat:shape" };
    this.#time = asCount(chat.createdAt) ?? this.#madeAt;
    if (this.#time === undefined) return { unknown: "chat:no-time" };
    this.#conversation.set({
      sessionId: asText(chat.agentId),
      workspace: pathOfUri(workspace) ?? workspace,
      model: asText(chat.lastUsedModel),
    });
    this.#conversation.start({ timestamp: this.#time, position: 0 }, {
      title: asText(chat.name),
      source: asText(chat.mode),
    });
    return undefined;
  }

  #message(message: JsonObject | undefined, id: string | undefined): RecordOutcome {
    if (message === undefined || id === undefined || this.#time === undefined) {
      return { unknown: "message:packed" };
    }
    const place: Place = { timestamp: this.#time, position: ++this.#position };
    const key = this.#keyOf(id);
    const content = message.content;
    const parts = typeof content === "string"
      ? [{ type: "text", text: content }]
      : (asList(content) ?? []).map(asObject).filter((part) => part !== undefined);
    const textOf = (type: string) =>
      asText(parts.filter((part) => part.type === type).map((part) => asText(part.text) ?? "").join("\n"));
    switch (message.role) {
      case "system":
        return undefined;
      case "user": {
        const prompt = typedIn(textOf("text"));
        if (prompt === undefined) return undefined;
        this.#conversation.add(key, place, { type: "llm_request", data: { prompt } });
        return undefined;
      }
      case "assistant":
        this.#conversation.add(key, place, {
          type: "llm_response",
          data: { text: withoutRedaction(textOf("text")), reasoning: textOf("reasoning") },
        });
        return this.#calls(parts, key, place);
      case "tool":
        return this.#results(parts);
      default:
        return { unknown: `role:${asText(message.role) ?? "none"}` };
    }
  }

  #calls(parts: readonly JsonObject[], key: string, place: Place): RecordOutcome {
    for (const [index, part] of parts.entries()) {
      if (part.type !== "tool-call") continue;
      const tool = asText(part.toolName);
      const callId = asText(part.toolCallId);
      if (tool === undefined) return { unknown: "part:tool-call" };
      this.#conversation.call(callId ?? `${key}:${index}`, place, {
        tool,
        callId,
        args: part.args ?? part.input,
      });
    }
    return undefined;
  }

  #results(parts: readonly JsonObject[]): RecordOutcome {
    let unknown: RecordOutcome;
    for (const part of parts) {
      if (part.type !== "tool-result") continue;
      const callId = asText(part.toolCallId);
      const output = asObject(part.output);
      const isKnown = callId !== undefined && this.#conversation.result(callId, {
        result: part.result ?? output?.value ?? part.output,
        ...part.isError === true && { isError: true },
      });
      if (!isKnown) unknown = { unknown: "result:without-call" };
    }
    return unknown;
  }

  /** The same message may be said twice. */
  #keyOf(id: string): string {
    const count = this.#counts.get(id) ?? 0;
    this.#counts.set(id, count + 1);
    return count === 0 ? id : `${id}:${count}`;
  }
}
