/**
 * Reads the sessions of OpenCode and of what was made of it: messages, and the parts of each.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asObject, asText } from "../values.ts";
import { timeOf } from "./database.ts";

const TOOLS: ToolKinds = {
  read: "read",
  write: "write",
  edit: "modify",
  multiedit: "modify",
  patch: "modify",
  apply_patch: "modify",
  bash: "command",
  shell: "command",
};

/** Parts that tell nothing of what was said and done; the numbers of a message are the sum of its steps'. */
const SILENT_PARTS: ReadonlySet<unknown> = new Set([
  "step-start",
  "step-finish",
  "snapshot",
  "patch",
  "agent",
  "subtask",
  "compaction",
]);

/** A message whose parts are being read. */
interface OpenMessage {
  readonly id: string;
  readonly content: JsonObject;
  readonly place: Place;
  readonly texts: string[];
  readonly thoughts: string[];
  readonly files: { kind: string; path?: string }[];
}

/** The parser of one session. */
export class OpenCodeParser implements RecordParser {
  readonly #conversation: Conversation;
  #message: OpenMessage | undefined;
  #position = 0;

  constructor(emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session" }, "");
  }

  record({ session, message, part, end }: JsonObject): RecordOutcome {
    if (session !== undefined) return this.#session(asObject(session));
    if (message !== undefined) return this.#begin(asObject(message));
    if (part !== undefined) return this.#part(asObject(part));
    return end === undefined ? { unknown: "type:none" } : this.#end();
  }

  flush(): void {
    this.#conversation.flush();
  }

  #session(session: JsonObject | undefined): RecordOutcome {
    const id = asText(session?.id);
    const timestamp = timeOf(session?.time_created);
    if (session === undefined || id === undefined || timestamp === undefined) {
      return { unknown: "session:shape" };
    }
    this.#conversation.set({
      sessionId: taskOf(session.slug) ?? id,
      parentSessionId: asText(session.parent_id),
      workspace: asText(session.directory),
      agentVersion: asText(session.version),
    });
    this.#conversation.start({ timestamp, position: 0 }, { title: asText(session.title) });
    return undefined;
  }

  #begin(content: JsonObject | undefined): RecordOutcome {
    const id = asText(content?.id);
    const timestamp = timeOf(asObject(content?.time)?.created) ?? asCount(content?.time_created);
    this.#message = undefined;
    if (content === undefined || id === undefined || timestamp === undefined) {
      return { unknown: "message:shape" };
    }
    if (content.role !== "user" && content.role !== "assistant") {
      return { unknown: `role:${asText(content.role) ?? "none"}` };
    }
    const model = asText(content.modelID) ?? asText(asObject(content.model)?.modelID);
    const place = { timestamp, position: ++this.#position, model };
    this.#message = { id, content, place, texts: [], thoughts: [], files: [] };
    return undefined;
  }

  #part(part: JsonObject | undefined): RecordOutcome {
    if (part === undefined) return { unknown: "part:shape" };
    // That its message was not understood is counted there.
    const message = this.#message;
    if (message === undefined || SILENT_PARTS.has(part.type)) return undefined;
    switch (part.type) {
      case "text": {
        const text = asText(part.text);
        // What the program said in the person's name is no prompt.
        const isTyped = part.synthetic !== true && part.ignored !== true;
        if (text !== undefined && (isTyped || message.content.role === "assistant")) message.texts.push(text);
        return undefined;
      }
      case "reasoning": {
        const text = asText(part.text);
        if (text !== undefined) message.thoughts.push(text);
        return undefined;
      }
      case "file":
        message.files.push(compact({
          kind: asText(part.mime)?.startsWith("image/") === true ? "image" : "file",
          path: asText(asObject(part.source)?.path) ?? asText(part.filename),
        }));
        return undefined;
      case "tool":
        return this.#call(part, message.place);
      case "retry":
        this.#fail(asText(part.id) ?? `${message.id}:retry`, part.error, {
          ...message.place,
          timestamp: timeOf(asObject(part.time)?.created) ?? message.place.timestamp,
        });
        return undefined;
      default:
        return { unknown: `part:${asText(part.type) ?? "none"}` };
    }
  }

  #call(part: JsonObject, { timestamp, model }: Place): RecordOutcome {
    const tool = asText(part.tool);
    const state = asObject(part.state);
    const id = asText(part.id);
    if (tool === undefined || state === undefined || id === undefined) return { unknown: "part:tool" };
    const time = asObject(state.time);
    const start = timeOf(time?.start);
    const end = timeOf(time?.end);
    const callId = asText(part.callID);
    const place = { timestamp: start ?? timestamp, position: ++this.#position, model };
    this.#conversation.call(id, place, { tool, callId, args: state.input });
    const isOver = state.status === "completed" || state.status === "error";
    this.#conversation.result(callId ?? id, {
      result: asText(state.output) ?? asText(state.error),
      isError: isOver ? state.status === "error" : undefined,
      exitCode: asCount(asObject(state.metadata)?.exit),
      ...start !== undefined && end !== undefined && end >= start && { metrics: { durationMs: end - start } },
    }, !isOver);
    return undefined;
  }

  /** All parts of the message are known. */
  #end(): RecordOutcome {
    const message = this.#message;
    this.#message = undefined;
    if (message === undefined) return undefined;
    const { id, content, place, texts, thoughts, files } = message;
    const text = asText(texts.join("\n"));
    if (content.role === "user") {
      if (text === undefined && files.length === 0) return undefined;
      this.#conversation.add(id, place, {
        type: "llm_request",
        data: { prompt: text ?? "", attachments: files.length === 0 ? undefined : files },
      });
      return undefined;
    }
    this.#conversation.add(id, { ...place, metrics: metricsOf(content) }, {
      type: "llm_response",
      data: { text, reasoning: asText(thoughts.join("\n")), stopReason: asText(content.finish) },
    });
    if (content.error !== undefined) this.#fail(`${id}:error`, content.error, place);
    return undefined;
  }

  #fail(key: string, error: unknown, { timestamp, model }: Place): void {
    const named = asObject(error);
    this.#conversation.add(key, { timestamp, position: this.#position, model }, {
      type: "error_encountered",
      data: {
        message: asText(asObject(named?.data)?.message) ?? asText(named?.message) ?? asText(named?.name) ??
          "",
        code: asText(named?.name),
      },
    });
  }
}

function metricsOf({ tokens, cost, time }: JsonObject): Metrics | undefined {
  const counts = asObject(tokens);
  const cache = asObject(counts?.cache);
  const { created, completed } = asObject(time) ?? {};
  const [start, end] = [timeOf(created), timeOf(completed)];
  return compact({
    inputTokens: asCount(counts?.input),
    outputTokens: asCount(counts?.output),
    cacheReadTokens: asCount(cache?.read),
    cacheWriteTokens: asCount(cache?.write),
    reasoningTokens: asCount(counts?.reasoning),
    costUsd: asCount(cost),
    durationMs: start !== undefined && end !== undefined && end >= start ? end - start : undefined,
  });
}

/**
 * The task that a session was made of: Kilo's extension keeps its id as the slug, which else is made of words
 * (Kilo-Org/kilocode `packages/kilo-vscode/src/legacy-migration/sessions/lib/session.ts`).
 */
function taskOf(slug: unknown): string | undefined {
  const text = asText(slug);
  return text !== undefined && /^(?:\d{13}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(text)
    ? text
    : undefined;
}
