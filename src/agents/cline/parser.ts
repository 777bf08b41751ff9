/**
 * Reads the tasks of Cline, of Roo Code and of Kilo before it was rebuilt.
 *
 * A task is what the person saw of it (`ui_messages.json`): rows that *say* or *ask* something, whose text is JSON for some
 * of them. Where that is missing, it is the messages that went to the model. From cline/cline `src/shared/ExtensionMessage.ts`
 * and RooCodeInc/Roo-Code `packages/types/src/message.ts`; measured on tasks of Cline.
 *
 * @module
 */

import type { EventDraft, LlmResponseData } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf, tellMessage } from "../blocks.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { fromJson } from "../json_text.ts";
import { RepeatedKeys } from "../repeated_keys.ts";
import { compact } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { metricsOfRequest } from "./metrics.ts";
import { modelIn, typed, workspaceIn } from "./model_texts.ts";
import { ERRORS, QUESTIONS, SILENT } from "./rows.ts";
import { TOOLS } from "./tools.ts";

/** How an agent that writes tasks counts. */
export interface TaskCounts {
  /**
   * Whether the tokens that went in are told with those of a cache: Roo Code does so since 3.29.5, and before for some
   * providers.
   */
  readonly inputHasCache: boolean;
}

/** The parser of one task. */
export class ClineTaskParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #task: string;
  readonly #companions: { readonly [name: string]: unknown };
  readonly #inputHasCache: boolean;
  readonly #keys = new RepeatedKeys();
  #position = 0;
  /** The message of the model that is being told. */
  #answer: {
    readonly key: string;
    readonly place: Place;
    readonly data: { text?: string; reasoning?: string };
  } | undefined;
  /** The command whose output comes next. */
  #command: string | undefined;

  constructor(
    { relativePath, companions = {} }: SourceInfo,
    emit: (event: EventDraft) => void,
    { inputHasCache }: TaskCounts,
  ) {
    this.#companions = companions;
    this.#inputHasCache = inputHasCache;
    this.#task = relativePath.split("/").at(-2) ?? relativePath;
    const options = { tools: TOOLS, anchor: "session", openCalls: 256 } as const;
    this.#conversation = new Conversation(emit, options, this.#task);
  }

  record(record: JsonObject): RecordOutcome {
    const rows = asList(record.items)?.map(asObject);
    if (rows === undefined) return { unknown: "task:shape" };
    const history = historyOf(this.#companions, this.#task);
    const metadata = asObject(this.#companions["task_metadata.json"]);
    this.#conversation.set({
      parentSessionId: asText(history?.parentTaskId),
      workspace: asText(history?.workspace) ?? asText(history?.cwdOnTaskInitialization) ?? workspaceOf(rows),
      model: asText(history?.modelId) ?? asText(asObject(asList(metadata?.model_usage)?.at(-1))?.model_id),
    });
    const isTold = rows.some((row) => row?.say !== undefined || row?.ask !== undefined);
    const outcomes = isTold
      ? rows.map((row) => this.#row(row))
      : this.#messages(rows, timeOfTask(this.#task) ?? asCount(history?.ts));
    this.#endAnswer();
    return outcomes.find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  #row(row: JsonObject | undefined): RecordOutcome {
    const timestamp = asCount(row?.ts);
    const kind = asText(row?.say) ?? asText(row?.ask);
    if (row === undefined || kind === undefined || timestamp === undefined) return { unknown: "row:shape" };
    const place = { timestamp, position: ++this.#position, model: asText(asObject(row.modelInfo)?.modelId) };
    const key = this.#keys.next(`${timestamp}:${asText(row.say) === undefined ? "ask" : "say"}:${kind}`);
    const text = asText(row.text);
    if (!this.#conversation.hasStart) {
      this.#conversation.start({ timestamp, position: 0 }, {});
      // What was said first was said by the person.
      if (kind === "text" || kind === "task") return this.#said(row, key, place);
    }
    if (SILENT.has(kind)) return undefined;
    if (ERRORS.has(kind)) {
      this.#conversation.add(key, place, {
        type: "error_encountered",
        data: { message: text ?? "", code: kind },
      });
      return undefined;
    }
    switch (kind) {
      case "task":
      case "user_feedback":
      case "user_feedback_diff":
        return this.#said(row, key, place);
      case "api_req_started":
        return this.#request(asObject(fromJson(text)), key, place);
      case "api_req_finished":
        return this.#finish(asObject(fromJson(text)));
      // What requests used that were taken back, and what sub-agents did, of which nothing else is told.
      case "deleted_api_reqs":
      case "api_req_deleted":
      case "subagent_usage": {
        const metrics = metricsOfRequest(asObject(fromJson(text)), this.#inputHasCache);
        return this.#answerWith({}, key, { ...place, metrics });
      }
      case "condense_context": {
        const condensed = asObject(row.contextCondense);
        const metrics = compact({ costUsd: asCount(condensed?.cost) });
        return this.#answerWith({ text: asText(condensed?.summary) }, key, { ...place, metrics });
      }
      case "text":
        return this.#add({ text }, key, place);
      case "completion_result":
        // That files have changed is noted at its end.
        return this.#add({ text: asText(text?.replace(/HAS_CHANGES$/, "")) }, key, place);
      case "reasoning":
        return this.#add({ reasoning: text }, key, place);
      case "tool":
        return this.#call(asObject(fromJson(text)), key, place);
      case "use_mcp_server":
        return this.#mcp(asObject(fromJson(text)), key, place);
      case "mcp_server_response":
        return this.#result(text);
      case "command":
        this.#conversation.call(key, place, {
          tool: "execute_command",
          callId: key,
          args: { command: text },
          kind: "command",
        });
        this.#command = key;
        return undefined;
      case "command_output":
        return this.#result(text);
      case "use_subagents":
        this.#conversation.call(key, place, { tool: kind, callId: key, args: fromJson(text) });
        this.#command = key;
        return undefined;
      case "subagent":
        return this.#result(text);
      default:
        return this.#ask(kind, fromJson(text), key, place);
    }
  }

  /** The model asks; which of its answers the person took stands here, too. */
  #ask(kind: string, question: unknown, key: string, place: Place): RecordOutcome {
    const field = QUESTIONS[kind];
    if (field === undefined) return { unknown: `row:${kind}` };
    const asked = asObject(question);
    this.#add({ text: asText(asked?.[field]) ?? asText(question) }, key, place);
    const selected = asText(asked?.selected);
    if (selected !== undefined) {
      this.#conversation.add(`${key}:selected`, { ...place, position: ++this.#position }, {
        type: "llm_request",
        data: { prompt: selected },
      });
    }
    return undefined;
  }

  #said(row: JsonObject, key: string, place: Place): RecordOutcome {
    const attachments = [
      ...(asList(row.images) ?? []).map(() => ({ kind: "image" })),
      ...(asList(row.files) ?? []).map((path) => compact({ kind: "file", path: asText(path) })),
    ];
    const prompt = asText(row.text);
    if (prompt === undefined && attachments.length === 0) return undefined;
    this.#conversation.add(key, place, {
      type: "llm_request",
      data: { prompt: prompt ?? "", attachments: attachments.length === 0 ? undefined : attachments },
    });
    return undefined;
  }

  /** The model is asked; what it says comes in the rows behind, and its numbers stand here once it is done. */
  #request(request: JsonObject | undefined, key: string, place: Place): RecordOutcome {
    this.#endAnswer();
    this.#conversation.set({ model: modelIn(asText(request?.request) ?? "") });
    const metrics = metricsOfRequest(request, this.#inputHasCache);
    this.#answer = { key, place: { ...place, metrics }, data: {} };
    return undefined;
  }

  /** Until 2024 the numbers stood in a row of their own. */
  #finish(request: JsonObject | undefined): RecordOutcome {
    if (this.#answer === undefined) return undefined;
    const { place } = this.#answer;
    const metrics = { ...place.metrics, ...metricsOfRequest(request, this.#inputHasCache) };
    this.#answer = { ...this.#answer, place: { ...place, metrics } };
    return undefined;
  }

  #add({ text, reasoning }: LlmResponseData, key: string, place: Place): RecordOutcome {
    const answer = this.#answer ??= { key, place, data: {} };
    answer.data.text = joined(answer.data.text, text);
    answer.data.reasoning = joined(answer.data.reasoning, reasoning);
    return undefined;
  }

  #endAnswer(): void {
    if (this.#answer === undefined) return;
    const { key, place, data } = this.#answer;
    this.#answer = undefined;
    this.#answerWith(data, key, place);
  }

  #answerWith(data: LlmResponseData, key: string, place: Place): RecordOutcome {
    const isEmpty = Object.keys(compact(data)).length + Object.keys(place.metrics ?? {}).length === 0;
    if (!isEmpty) this.#conversation.add(key, place, { type: "llm_response", data });
    return undefined;
  }

  #call(call: JsonObject | undefined, key: string, place: Place): RecordOutcome {
    const { tool: name, ...args } = call ?? {};
    const tool = asText(name);
    if (tool === undefined) return { unknown: "row:tool" };
    this.#conversation.call(key, place, { tool, callId: key, args });
    this.#conversation.result(key, {});
    this.#command = undefined;
    return undefined;
  }

  #mcp(call: JsonObject | undefined, key: string, place: Place): RecordOutcome {
    const tool = asText(call?.toolName) ?? asText(call?.uri);
    if (tool === undefined) return { unknown: "row:use_mcp_server" };
    this.#conversation.call(key, place, { tool, callId: key, args: fromJson(call?.arguments) });
    this.#command = key;
    return undefined;
  }

  #result(text: string | undefined): RecordOutcome {
    if (this.#command !== undefined && text !== undefined) {
      this.#conversation.result(this.#command, { result: text }, true);
    }
    return undefined;
  }

  /** The messages that went to the model. They have no times, but for those of Roo Code. */
  #messages(rows: readonly (JsonObject | undefined)[], begin: number | undefined): readonly RecordOutcome[] {
    let time = begin;
    return rows.map((row) => {
      time = asCount(row?.ts) ?? time;
      if (row === undefined || time === undefined) return { unknown: "message:no-time" };
      const place = { timestamp: time, position: ++this.#position };
      if (!this.#conversation.hasStart) this.#conversation.start({ timestamp: time, position: 0 }, {});
      const key = this.#keys.next(keyOf(0, String(row.role), JSON.stringify(row.content ?? null)));
      return tellMessage(this.#conversation, { role: row.role, content: row.content, key, place, typed });
    });
  }
}

/** The project that what went to the model names: of tasks before there was a list of them in a file. */
function workspaceOf(rows: readonly (JsonObject | undefined)[]): string | undefined {
  for (const row of rows) {
    const text = row?.say === "api_req_started" ? asObject(fromJson(row.text))?.request : row?.content;
    const workspace = workspaceIn(textOf(text));
    if (workspace !== undefined) return workspace;
  }
  return undefined;
}

function textOf(content: unknown): string {
  return asText(resultOf(content)) ?? "";
}

function historyOf(companions: { readonly [name: string]: unknown }, task: string): JsonObject | undefined {
  const list = asList(companions["taskHistory.json"])?.map(asObject);
  return asObject(companions["history_item.json"]) ?? list?.find((entry) => entry?.id === task);
}

/** Tasks of Cline are named by the time at which they began. */
function timeOfTask(task: string): number | undefined {
  return /^\d{13}$/.test(task) ? Number(task) : undefined;
}

function joined(first: string | undefined, second: string | undefined): string | undefined {
  return first === undefined || second === undefined ? first ?? second : `${first}\n${second}`;
}
