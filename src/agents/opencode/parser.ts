/**
 * Reads the sessions of OpenCode and of what was made of it: messages, and the parts of each.
 *
 * A fork of a session is a session whose first messages are copies, each under an id of its own (anomalyco/opencode
 * `packages/opencode/src/session/session.ts`): so a prompt is known by its time and its text, and an answer by the prompt
 * and its time, which copies keep.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asObject, asText } from "../values.ts";
import { timeOf } from "./database.ts";
import { metricsOf } from "./metrics.ts";

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

/** Parts that tell nothing of what was said and done. */
const SILENT_PARTS: ReadonlySet<unknown> = new Set([
  "step-start",
  "snapshot",
  "patch",
  "agent",
  "subtask",
  "compaction",
]);

/** A message whose parts are being read. */
interface OpenMessage {
  readonly id: string;
  /** Of an answer: what it is known by. */
  readonly key: string;
  readonly content: JsonObject;
  readonly place: Place;
  readonly texts: string[];
  readonly thoughts: string[];
  readonly files: { kind: string; path?: string }[];
  /** The ends of its calls of the model. */
  readonly steps: JsonObject[];
}

/** A copied message has an id that is so much younger than the message, at least. */
const COPIED_AFTER_MS = 1000;

/** The parser of one session. */
export class OpenCodeParser implements RecordParser {
  readonly #conversation: Conversation;
  #message: OpenMessage | undefined;
  /** By their ids, what the prompts are known by, which answers name. */
  readonly #prompts = new Map<string, string>();
  #lastPrompt = "";
  #position = 0;

  constructor(emit: (event: EventDraft) => void) {
    // A call begins when it runs, which is told late.
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "agent" }, "");
  }

  record({ session, message, part, end, shell }: JsonObject): RecordOutcome {
    if (session !== undefined) return this.#session(asObject(session));
    if (message !== undefined) return this.#begin(asObject(message));
    if (part !== undefined) return this.#part(asObject(part));
    if (shell !== undefined) return this.#shell(asObject(shell));
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
      parentSessionId: asText(session.parent_id) ?? asText(session.fork_session_id),
      workspace: asText(session.directory),
      agentVersion: asText(session.version),
    });
    this.#conversation.start({ timestamp, position: 0 }, {
      title: asText(session.title),
      forkedFrom: asText(session.fork_session_id),
    });
    return undefined;
  }

  /** What the person ran, not the model. */
  #shell(shell: JsonObject | undefined): RecordOutcome {
    const id = asText(shell?.id);
    const timestamp = timeOf(asObject(shell?.time)?.created) ?? asCount(shell?.time_created);
    if (id === undefined || timestamp === undefined) return { unknown: "shell:shape" };
    const place = { timestamp, position: ++this.#position, isCopy: isCopied(id, timestamp) };
    this.#conversation.add(`shell:${this.#lastPrompt}:${timestamp}`, place, {
      type: "command_execution",
      data: {
        tool: "!",
        command: asText(shell?.command),
        output: asText(asObject(shell?.output)?.output),
        exitCode: asCount(shell?.exit),
      },
    });
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
    const place = { timestamp, position: ++this.#position, model, isCopy: isCopied(id, timestamp) };
    // The first forks, of 2025, named the prompts that they were copied from.
    const key = `${this.#prompts.get(asText(content.parentID) ?? "") ?? this.#lastPrompt}:${timestamp}`;
    this.#message = { id, key, content, place, texts: [], thoughts: [], files: [], steps: [] };
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
        return this.#call(part, message);
      case "step-finish":
        message.steps.push(part);
        return undefined;
      case "retry": {
        const timestamp = timeOf(asObject(part.time)?.created) ?? message.place.timestamp;
        this.#fail(`${message.key}:retry:${timestamp}`, part.error, message.place, timestamp);
        return undefined;
      }
      default:
        return { unknown: `part:${asText(part.type) ?? "none"}` };
    }
  }

  #call(part: JsonObject, { key, place: { timestamp, model, isCopy } }: OpenMessage): RecordOutcome {
    const tool = asText(part.tool);
    const state = asObject(part.state);
    const id = asText(part.id);
    if (tool === undefined || state === undefined || id === undefined) return { unknown: "part:tool" };
    const time = asObject(state.time);
    const start = timeOf(time?.start);
    const end = timeOf(time?.end);
    const callId = asText(part.callID);
    const place = { timestamp: start ?? timestamp, position: ++this.#position, model, isCopy };
    const callKey = `${key}:${callId ?? id}`;
    this.#conversation.call(callKey, place, { tool, callId, args: state.input });
    const isOver = state.status === "completed" || state.status === "error";
    this.#conversation.result(callId ?? callKey, {
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
    const { id, key, content, place, texts, thoughts, files, steps } = message;
    const text = asText(texts.join("\n"));
    if (content.role === "user") {
      // More texts may come.
      this.#lastPrompt = keyOf(place.timestamp, "user", texts[0] ?? "");
      this.#prompts.set(id, this.#lastPrompt);
      if (text === undefined && files.length === 0) return undefined;
      this.#conversation.add(this.#lastPrompt, place, {
        type: "llm_request",
        data: { prompt: text ?? "", attachments: files.length === 0 ? undefined : files },
      });
      return undefined;
    }
    this.#conversation.add(key, { ...place, metrics: metricsOf(content, steps) }, {
      type: "llm_response",
      data: { text, reasoning: asText(thoughts.join("\n")), stopReason: asText(content.finish) },
    });
    if (asObject(content.error) !== undefined) this.#fail(`${key}:error`, content.error, place);
    return undefined;
  }

  #fail(key: string, error: unknown, { timestamp, model, isCopy }: Place, at = timestamp): void {
    const named = asObject(error);
    this.#conversation.add(key, { timestamp: at, position: this.#position, model, isCopy }, {
      type: "error_encountered",
      data: {
        message: asText(asObject(named?.data)?.message) ?? asText(named?.message) ?? asText(named?.name) ??
          "",
        code: asText(named?.name),
      },
    });
  }
}

/** Whether a message is a copy: its id begins with the time at which it was made. */
function isCopied(id: string, timestamp: number): boolean {
  const [, time] = /^msg_([0-9a-f]{12})/.exec(id) ?? [];
  if (time === undefined) return false;
  // Before 12 bits that count stand the last 36 bits of the milliseconds.
  const range = 2 ** 36;
  const age = (Math.floor(parseInt(time, 16) / 2 ** 12) - timestamp % range + range) % range;
  return age > COPIED_AFTER_MS && age < range / 2;
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
