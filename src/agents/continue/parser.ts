/**
 * Reads the sessions of Continue: a list of messages without times; when the session began stands in the list of sessions,
 * and where that does not have it, it is when its file was made, as its command line says, too. From continuedev/continue
 * `core/index.d.ts`, `core/util/history.ts`, `extensions/cli/src/session.ts`; measured on sessions of 2024.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation } from "../conversation.ts";
import { pathOfUri } from "../copilot/uri.ts";
import { fromJson } from "../json_text.ts";
import { keyOfCall } from "../numbered_calls.ts";
import { RepeatedKeys } from "../repeated_keys.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read: "read",
  builtin_read_file: "read",
  read_file: "read",
  write: "write",
  builtin_create_new_file: "write",
  create_new_file: "write",
  edit: "modify",
  multiedit: "modify",
  builtin_edit_existing_file: "modify",
  edit_existing_file: "modify",
  single_find_and_replace: "modify",
  bash: "command",
  builtin_run_terminal_command: "command",
  run_terminal_command: "command",
};

/** The parser of one session. */
export class ContinueParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #list: readonly (JsonObject | undefined)[];
  readonly #file: string;
  readonly #madeAt: number | undefined;
  readonly #keys = new RepeatedKeys();
  #position = 0;

  constructor({ relativePath, madeAt, companions }: SourceInfo, emit: (event: EventDraft) => void) {
    this.#madeAt = madeAt;
    this.#file = relativePath.replace(/\.json$/, "");
    this.#list = asList(companions?.["sessions.json"])?.map(asObject) ?? [];
    this.#conversation = new Conversation(
      emit,
      { tools: TOOLS, anchor: "session", openCalls: 256 },
      this.#file,
    );
  }

  record(session: JsonObject): RecordOutcome {
    const history = asList(session.history)?.map(asObject);
    if (history === undefined) return { unknown: "session:shape" };
    if (history.length === 0) return undefined;
    const id = asText(session.sessionId) ?? this.#file;
    const entry = this.#list.find((entry) => entry?.sessionId === id);
    const timestamp = timeOf(entry?.dateCreated) ?? this.#madeAt;
    if (timestamp === undefined) return { unknown: "session:no-time" };
    const folder = asText(session.workspaceDirectory) ?? asText(entry?.workspaceDirectory);
    this.#conversation.set({
      sessionId: id,
      workspace: folder?.includes("://") === true ? pathOfUri(folder) : folder,
      model: asText(session.chatModelTitle),
    });
    this.#conversation.start({ timestamp, position: 0 }, {
      title: asText(session.title),
      source: asText(session.mode),
    });
    this.#conversation.total(usageOf(asObject(session.usage)));
    const outcomes = history.map((item) => this.#item(item, timestamp));
    return outcomes.find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  #item(item: JsonObject | undefined, timestamp: number): RecordOutcome {
    const message = asObject(item?.message);
    if (item === undefined || message === undefined) return { unknown: "item:shape" };
    const [log] = asList(item.promptLogs)?.map(asObject) ?? [];
    const place = { timestamp, position: ++this.#position, model: asText(log?.modelTitle) };
    const text = asText(resultOf(message.content));
    const key = asText(message.id) ??
      this.#keys.next(`${message.role}:${hashText(JSON.stringify(message.content ?? null))}`);
    switch (message.role) {
      case "user": {
        const attachments = [
          ...(asList(item.contextItems) ?? []).map((context) =>
            compact({ kind: "context", path: pathOfUri(asText(asObject(asObject(context)?.uri)?.value)) })
          ),
          ...(asList(message.content) ?? []).filter((part) => asObject(part)?.type === "imageUrl")
            .map(() => ({ kind: "image" })),
        ];
        this.#conversation.add(key, place, {
          type: "llm_request",
          data: { prompt: text ?? "", attachments: attachments.length === 0 ? undefined : attachments },
        });
        return undefined;
      }
      case "assistant":
        this.#conversation.add(key, place, {
          type: "llm_response",
          data: { text, reasoning: asText(asObject(item.reasoning)?.text) },
        });
        for (const call of asList(message.toolCalls) ?? []) this.#call(asObject(call), item, key, place);
        return undefined;
      case "thinking":
        this.#conversation.add(key, place, { type: "llm_response", data: { reasoning: text } });
        return undefined;
      case "tool": {
        const callId = asText(message.toolCallId);
        const isKnown = callId !== undefined && this.#conversation.result(callId, { result: text });
        return isKnown ? undefined : { unknown: "result:without-call" };
      }
      case "system":
        return undefined;
      default:
        return { unknown: `role:${asText(message.role) ?? "none"}` };
    }
  }

  #call(
    call: JsonObject | undefined,
    item: JsonObject,
    key: string,
    place: { readonly timestamp: number; readonly position: number },
  ): void {
    const named = asObject(call?.function);
    const tool = asText(named?.name);
    if (tool === undefined) return;
    const callId = asText(call?.id);
    const callKey = callId === undefined ? this.#keys.next(`${key}:call`) : keyOfCall(callId, tool, key);
    this.#conversation.call(callKey, place, {
      tool,
      callId,
      args: fromJson(named?.arguments),
    });
    const states = [item.toolCallState, ...asList(item.toolCallStates) ?? []].map(asObject);
    const state = states.find((state) => state?.toolCallId === callId);
    if (callId === undefined || state === undefined) return;
    const texts = (asList(state.output) ?? []).map((part) => asText(asObject(part)?.content))
      .filter((text) => text !== undefined);
    const isOver = state.status === "done" || state.status === "errored" || state.status === "canceled";
    this.#conversation.result(callId, {
      result: asText(texts.join("\n")),
      isError: isOver ? state.status === "errored" : undefined,
    }, true);
  }
}

/** Ms since the epoch, as a text; newer versions write an instant. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d{12,14}$/.test(value) ? Number(value) : asInstant(value);
}

/** What all of a session used, of which its command line alone keeps count. */
function usageOf(usage: JsonObject | undefined): Metrics | undefined {
  const { cachedTokens, cacheWriteTokens } = asObject(usage?.promptTokensDetails) ?? {};
  const cached = (asCount(cachedTokens) ?? 0) + (asCount(cacheWriteTokens) ?? 0);
  const prompt = asCount(usage?.promptTokens);
  const metrics = compact({
    // With what was cached, unless that alone is more.
    inputTokens: prompt === undefined || prompt < cached ? prompt : prompt - cached,
    outputTokens: asCount(usage?.completionTokens),
    cacheReadTokens: asCount(cachedTokens),
    cacheWriteTokens: asCount(cacheWriteTokens),
    costUsd: asCount(usage?.totalCost),
  });
  // It begins to count at 0.
  return Object.values(metrics).some((value = 0) => value > 0) ? metrics : undefined;
}
