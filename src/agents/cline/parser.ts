/**
 * Reads the tasks of Cline, of Roo Code and of Kilo before it was rebuilt, and the sessions of Cline's newer SDK.
 *
 * A task is what the person saw of it (`ui_messages.json`): rows that *say* or *ask* something, whose text is JSON for some
 * of them. Where that is missing, it is the messages that went to the model. From cline/cline `src/shared/ExtensionMessage.ts`
 * and RooCodeInc/Roo-Code `packages/types/src/message.ts`; measured on tasks of Cline.
 *
 * @module
 */

import type { EventDraft, LlmResponseData, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { tellMessage } from "../blocks.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { fromJson } from "../json_text.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";
import { isSession } from "./names.ts";

const TOOLS: ToolKinds = {
  readfile: "read",
  read_file: "read",
  read_files: "read",
  newfilecreated: "write",
  write_to_file: "write",
  editedexistingfile: "modify",
  applieddiff: "modify",
  insertcontent: "modify",
  searchandreplace: "modify",
  replace_in_file: "modify",
  apply_diff: "modify",
  editor: "modify",
  apply_patch: "modify",
  execute_command: "command",
  run_commands: "command",
  bash: "command",
};

/** Rows that tell nothing, or what stands in another one, too. */
const SILENT: ReadonlySet<string> = new Set(
  ("checkpoint_created checkpoint_saved api_req_finished api_req_retried api_req_retry_delayed api_req_rate_limit_wait " +
    "shell_integration_warning shell_integration_warning_with_suggestion mcp_server_request_started " +
    "inspect_site_result load_mcp_documentation info task_progress hook_status hook_output_stream generate_explanation " +
    "condense_context condense_context_error sliding_window_truncation subtask_result codebase_search_result " +
    "user_edit_todos browser_session_status browser_action_launch browser_action browser_action_result clineignore_error " +
    "rooignore_error resume_task resume_completed_task new_task condense summarize_task report_bug " +
    "auto_approval_max_req_reached interactive_app command_permission_denied conditional_rules_applied subagent " +
    "use_subagents subagent_usage too_many_tools_warning").split(" "),
);

const ERRORS: ReadonlySet<string> = new Set(
  ["error", "diff_error", "api_req_failed", "mistake_limit_reached", "api_req_deleted", "error_retry"],
);

/** Questions of the model, and the word under which each has its text. */
const QUESTIONS: Readonly<Record<string, string>> = {
  followup: "question",
  plan_mode_respond: "response",
  act_mode_respond: "response",
  plan_mode_response: "response",
};

/** The parser of one task. */
export class ClineParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #task: string;
  readonly #companions: { readonly [name: string]: unknown };
  readonly #counts = new Map<string, number>();
  #position = 0;
  /** The message of the model that is being told. */
  #answer: {
    readonly key: string;
    readonly place: Place;
    readonly data: { text?: string; reasoning?: string };
  } | undefined;
  /** The command whose output comes next. */
  #command: string | undefined;

  constructor({ relativePath, companions = {} }: SourceInfo, emit: (event: EventDraft) => void) {
    this.#companions = companions;
    this.#task = relativePath.split("/").at(-2) ?? relativePath;
    // A fork of a session has the same messages, and their times.
    const anchor = isSession(relativePath) ? "hour" : "session";
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor, openCalls: 256 }, this.#task);
  }

  record(record: JsonObject): RecordOutcome {
    const rows = asList(record.items)?.map(asObject);
    if (rows === undefined) return this.#session(record);
    const history = historyOf(this.#companions, this.#task);
    const metadata = asObject(this.#companions["task_metadata.json"]);
    this.#conversation.set({
      workspace: asText(history?.workspace) ?? asText(history?.cwdOnTaskInitialization),
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
    const key = this.#keyOf(`${timestamp}:${asText(row.say) === undefined ? "ask" : "say"}:${kind}`);
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
      case "deleted_api_reqs":
        return this.#request(asObject(fromJson(text)), key, place);
      case "text":
      case "completion_result":
        return this.#add({ text }, key, place);
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
      default: {
        const field = QUESTIONS[kind];
        if (field === undefined) return { unknown: `row:${kind}` };
        const question = fromJson(text);
        return this.#add({ text: asText(asObject(question)?.[field]) ?? asText(question) }, key, place);
      }
    }
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
    const metrics = compact({
      inputTokens: asCount(request?.tokensIn),
      outputTokens: asCount(request?.tokensOut),
      cacheReadTokens: asCount(request?.cacheReads),
      cacheWriteTokens: asCount(request?.cacheWrites),
      costUsd: asCount(request?.cost),
    });
    this.#answer = { key, place: { ...place, metrics }, data: {} };
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
    const isEmpty = Object.keys(compact(data)).length + Object.keys(place.metrics ?? {}).length === 0;
    if (!isEmpty) this.#conversation.add(key, place, { type: "llm_response", data });
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
      const key = this.#keyOf(keyOf(0, String(row.role), JSON.stringify(row.content ?? null)));
      return tellMessage(this.#conversation, { role: row.role, content: row.content, key, place, typed });
    });
  }

  /** A session of the SDK: messages with ids, times and numbers. */
  #session(session: JsonObject): RecordOutcome {
    const facts = asObject(this.#companions[`${this.#task}.json`]);
    const messages = asList(session.messages)?.map(asObject);
    if (messages === undefined) return { unknown: "session:shape" };
    const metadata = asObject(facts?.metadata);
    this.#conversation.set({
      sessionId: asText(session.sessionId),
      parentSessionId: asText(facts?.parent_session_id) ??
        asText(asObject(metadata?.fork)?.forkedFromSessionId),
      workspace: asText(facts?.cwd) ?? asText(facts?.workspace_root),
      model: asText(facts?.model),
    });
    const begin = asInstant(facts?.started_at) ?? asInstant(facts?.created_at);
    let unknown: RecordOutcome;
    for (const [index, message] of messages.entries()) {
      // One that has no time has that of the next one, which a copy has, too.
      const rest = [...messages.slice(index), ...messages.slice(0, index).toReversed()];
      const timestamp = rest.map((other) => asCount(other?.ts)).find((time) => time !== undefined) ?? begin;
      if (message === undefined || timestamp === undefined) {
        unknown = { unknown: "message:no-time" };
        continue;
      }
      const place = {
        timestamp,
        position: ++this.#position,
        model: asText(asObject(message.modelInfo)?.id),
        metrics: metricsOf(asObject(message.metrics)),
      };
      if (!this.#conversation.hasStart) {
        const data = { title: asText(metadata?.title), source: asText(facts?.source) };
        this.#conversation.start({ timestamp, position: 0 }, data);
      }
      const key = asText(message.id) ??
        this.#keyOf(keyOf(timestamp, String(message.role), JSON.stringify(message.content ?? null)));
      unknown = tellMessage(this.#conversation, {
        role: message.role,
        content: message.content,
        key,
        place,
        typed,
      }) ?? unknown;
    }
    return unknown;
  }

  /** Two rows can have one time: the second is another one. */
  #keyOf(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count === 1 ? name : `${name}:${count}`;
  }
}

/** What a text that went to the model has of what was typed: the program wraps it, and adds what it knows. */
function typed(text: string): string | undefined {
  const wrapped = /<(task|feedback|user_message|answer)>\s*([\s\S]*?)\s*<\/\1>/.exec(text);
  if (wrapped !== null) return wrapped[2];
  return /^\s*(?:<environment_details>|\[ERROR\]|<system-reminder>|# task_progress|\[[a-z_]+(?: for .*)?\] Result:)/
      .test(text)
    ? undefined
    : text;
}

function historyOf(companions: { readonly [name: string]: unknown }, task: string): JsonObject | undefined {
  const list = asList(companions["taskHistory.json"])?.map(asObject);
  return asObject(companions["history_item.json"]) ?? list?.find((entry) => entry?.id === task);
}

/** Tasks of Cline are named by the time at which they began. */
function timeOfTask(task: string): number | undefined {
  return /^\d{13}$/.test(task) ? Number(task) : undefined;
}

function metricsOf(metrics: JsonObject | undefined): Metrics | undefined {
  if (metrics === undefined) return undefined;
  const cached = asCount(metrics.cacheReadTokens) ?? 0;
  const input = asCount(metrics.inputTokens);
  return compact({
    // All that went in, with what came from a cache.
    inputTokens: input === undefined || input < cached ? input : input - cached,
    outputTokens: asCount(metrics.outputTokens),
    cacheReadTokens: asCount(metrics.cacheReadTokens),
    cacheWriteTokens: asCount(metrics.cacheWriteTokens),
    costUsd: asCount(metrics.cost),
  });
}

function joined(first: string | undefined, second: string | undefined): string | undefined {
  return first === undefined || second === undefined ? first ?? second : `${first}\n${second}`;
}
