/**
 * Reads one chat of Gemini CLI: a document, or since 0.40 a log in which a message may be written again with more of it, a
 * checkpoint takes the place of all before it, and a rewind takes messages away.
 *
 * Source: google-gemini/gemini-cli `packages/core/src/services/chatRecordingService.ts`; measured on chats of 2026.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { FoldedDocument } from "../folded_document.ts";
import { attachmentsOf, partsOf, readResponse, textOfParts } from "../gemini_parts.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";
import { MESSAGES, PROJECTS_FILE } from "./names.ts";

const TOOLS: ToolKinds = {
  read_file: "read",
  write_file: "write",
  replace: "modify",
  edit: "modify",
  run_shell_command: "command",
};

/** How a call ended that did not succeed. */
const FAILED: ReadonlySet<unknown> = new Set(["error", "cancelled"]);

/** The parser of one chat. */
export class GeminiCliParser implements RecordParser {
  readonly #source: SourceInfo;
  readonly #emit: (event: EventDraft) => void;
  readonly #folded = new FoldedDocument(MESSAGES);
  #header: JsonObject | undefined;
  /** The messages by their ids, in their order. */
  #messages = new Map<string, JsonObject>();
  #unknown: string | undefined;

  constructor(source: SourceInfo, emit: (event: EventDraft) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  record(record: JsonObject): RecordOutcome {
    if (typeof record.kind === "number") {
      // A document of more than 32 MiB is told as operations.
      const outcome = this.#folded.apply(record);
      return outcome === "folded" ? undefined : { unknown: `damaged:${outcome}` };
    }
    const changes = asObject(record.$set);
    if (changes !== undefined) return this.#change(changes);
    const rewindTo = asText(record.$rewindTo);
    if (rewindTo !== undefined) return this.#rewind(rewindTo);
    if (asText(record.sessionId) !== undefined && asText(record.type) === undefined) {
      this.#header = { ...this.#header, ...record };
      return this.#replaceAll(asList(record[MESSAGES]));
    }
    return this.#put(record) ? undefined : { unknown: `type:${asText(record.type) ?? "none"}` };
  }

  flush(): RecordOutcome {
    if (this.#folded.header !== undefined) {
      this.#header = this.#folded.header;
      this.#replaceAll([...this.#folded.items]);
    }
    if (this.#header === undefined) return { unknown: "damaged:no-session" };
    this.#unknown = undefined;
    new Chat(this.#header, this.#source, this.#emit).tell(
      this.#messages.values(),
      (kind) => this.#unknown ??= kind,
    );
    return this.#unknown === undefined ? undefined : { unknown: this.#unknown };
  }

  #change(changes: JsonObject): RecordOutcome {
    const { [MESSAGES]: messages, ...header } = changes;
    this.#header = { ...this.#header, ...header };
    return this.#replaceAll(asList(messages));
  }

  #replaceAll(messages: readonly unknown[] | undefined): RecordOutcome {
    if (messages === undefined) return undefined;
    this.#messages = new Map();
    const damaged = messages.map(asObject).filter((message) => message === undefined || !this.#put(message));
    return damaged.length === 0 ? undefined : { unknown: "damaged:message" };
  }

  /** Adds a message, or puts it in the place of an earlier telling. */
  #put(message: JsonObject): boolean {
    const id = asText(message.id);
    if (id === undefined || asText(message.type) === undefined) return false;
    this.#messages.set(id, message);
    return true;
  }

  /** Takes a message away and all that follow it; all, where it is not there. */
  #rewind(id: string): RecordOutcome {
    const ids = [...this.#messages.keys()];
    for (const gone of ids.slice(Math.max(0, ids.indexOf(id)))) this.#messages.delete(gone);
    return undefined;
  }
}

/** Makes the events of a chat. */
class Chat {
  readonly #conversation: Conversation;
  readonly #header: JsonObject;

  constructor(
    header: JsonObject,
    { relativePath, companions }: SourceInfo,
    emit: (event: EventDraft) => void,
  ) {
    const parts = relativePath.split("/");
    const sessionId = asText(header.sessionId) ?? parts.at(-1)!.replace(/\.jsonl?$/, "");
    this.#header = header;
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session" }, sessionId);
    const folders = asList(header.directories);
    this.#conversation.set({
      workspace: asText(folders?.[0]) ??
        projectOf(companions?.[PROJECTS_FILE], [parts[1], asText(header.projectHash)]),
      // `tmp/<project>/chats/<parent>/<session>.jsonl`
      parentSessionId: parts.length === 5 ? parts[3] : undefined,
    });
  }

  /** Tells all messages, and of what kind one is that is not known. */
  tell(messages: Iterable<JsonObject>, onUnknown: (kind: string) => void): void {
    const all = [...messages];
    this.#findWorkspace(all[0]);
    const began = asInstant(this.#header.startTime) ?? asInstant(all[0]?.timestamp);
    if (began !== undefined) {
      this.#conversation.start({ timestamp: began, position: 0 }, { title: asText(this.#header.summary) });
    }
    for (const [index, message] of all.entries()) {
      const timestamp = asInstant(message.timestamp);
      if (timestamp === undefined) onUnknown(`timestamp:${message.type}`);
      else if (!this.#message(message, { timestamp, position: index + 1 })) onUnknown(`type:${message.type}`);
    }
    this.#conversation.flush();
  }

  /** Newer versions write in the first message, which nobody typed, what the model is told of the project. */
  #findWorkspace(first: JsonObject | undefined): void {
    if (first === undefined || this.#conversation.surroundings.workspace !== undefined) return;
    const text = textOfParts(partsOf(first.content));
    if (!isContext(text)) return;
    const folder = /^[ \t]*- \*\*Workspace Directories:\*\*\s*\n\s*- (.+)$/m.exec(text)?.[1];
    this.#conversation.set({ workspace: folder?.trim() });
  }

  /** Whether a message is of a kind that is known. */
  #message(message: JsonObject, place: Place): boolean {
    const id = asText(message.id)!;
    const parts = partsOf(message.content);
    switch (message.type) {
      case "user": {
        const typed = partsOf(message.displayContent ?? message.content);
        const prompt = textOfParts(typed);
        const isAnswer = parts.some(({ functionResponse }) => functionResponse !== undefined);
        if (isContext(prompt) || (isAnswer && prompt === "")) return true;
        this.#conversation.add(id, place, {
          type: "llm_request",
          data: { prompt, attachments: attachmentsOf(parts) },
        });
        return true;
      }
      case "gemini":
        this.#answer(message, parts, id, place);
        return true;
      case "error":
        this.#conversation.add(id, place, {
          type: "error_encountered",
          data: { message: textOfParts(parts) },
        });
        return true;
      case "info":
      case "warning":
        return true;
      default:
        return false;
    }
  }

  #answer(message: JsonObject, parts: readonly JsonObject[], id: string, place: Place): void {
    const thoughts = (asList(message.thoughts) ?? []).map(asObject)
      .map((thought) => [asText(thought?.subject), asText(thought?.description)])
      .map((texts) => texts.filter((text) => text !== undefined).join(": "))
      .filter((text) => text !== "");
    const at = { ...place, model: asText(message.model) };
    this.#conversation.add(id, { ...at, metrics: metricsOf(message.tokens) }, {
      type: "llm_response",
      data: { text: asText(textOfParts(parts)), reasoning: asText(thoughts.join("\n")) },
    });
    for (const [index, call] of (asList(message.toolCalls) ?? []).map(asObject).entries()) {
      const tool = asText(call?.name);
      if (call === undefined || tool === undefined) continue;
      const key = asText(call.id) ?? `${id}:${index}`;
      const timestamp = asInstant(call.timestamp) ?? place.timestamp;
      this.#conversation.call(key, { ...at, timestamp }, { tool, callId: key, args: call.args });
      const response = (asList(call.result) ?? []).map((part) => asObject(asObject(part)?.functionResponse))
        .find((found) => found !== undefined);
      const { result, isError } = readResponse(response?.response);
      const status = asText(call.status);
      if (status === undefined && response === undefined) continue;
      this.#conversation.result(key, {
        result: result ?? asText(call.resultDisplay),
        isError: status === undefined ? isError : FAILED.has(status),
      });
    }
  }
}

/** What a model is told at the beginning of a chat, as if a person had typed it. */
function isContext(text: string): boolean {
  return text.startsWith("<session_context>") ||
    text.startsWith("This is the Gemini CLI. We are setting up the context");
}

/** The folder of a project, by the name of the folder that its chats are in, or by the hash that versions of 2025 called that by. */
function projectOf(file: unknown, names: readonly unknown[]): string | undefined {
  const projects = asObject(asObject(file)?.projects) ?? {};
  return Object.entries(projects).find(([path, slug]) => names.includes(slug) || names.includes(sha256(path)))
    ?.[0];
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What went in is counted with what came from a cache; what was thought is not part of what came out. */
function metricsOf(tokens: unknown): Metrics | undefined {
  const counts = asObject(tokens);
  if (counts === undefined) return undefined;
  const count = (name: string) => asCount(counts[name]) ?? 0;
  return compact({
    inputTokens: Math.max(0, count("input") + count("tool") - count("cached")),
    outputTokens: count("output") + count("thoughts"),
    cacheReadTokens: count("cached"),
    reasoningTokens: asCount(counts.thoughts),
  });
}
