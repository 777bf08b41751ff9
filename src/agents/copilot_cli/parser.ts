/**
 * Reads the events of one session of Copilot CLI: each a line with an id, a time and its data.
 *
 * Sources: the event types that github/copilot-sdk generates; measured on sessions of versions 1.0.45 to 1.0.78.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { pathOfUri } from "../copilot/uri.ts";
import { fromJson } from "../json_text.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  view: "read",
  read_file: "read",
  create: "write",
  edit: "modify",
  str_replace_editor: "modify",
  apply_patch: "modify",
  bash: "command",
  shell: "command",
  powershell: "command",
  local_shell: "command",
};

/** Events that say nothing of what happened, or repeat what others say. */
const SILENT_TYPES: ReadonlySet<unknown> = new Set([
  "assistant.reasoning",
  "assistant.turn_start",
  "assistant.turn_end",
  "hook.start",
  "hook.end",
  "permission.requested",
  "session.compaction_start",
  "session.handoff",
  "session.mode_changed",
  "session.permissions_changed",
  "session.snapshot_rewind",
  "session.task_complete",
  "session.truncation",
  "session.usage_checkpoint",
  "session.warning",
  "skill.invoked",
  "subagent.started",
  "subagent.completed",
  "subagent.failed",
  "subagent.selected",
  "system.message",
  "system.notification",
]);

/** The tokens of a session, as its end counts them. */
const TOTALS = [
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
] as const;

type Totals = { readonly [K in typeof TOTALS[number]]: number };

const NOTHING = totals(() => 0);

/** What `state()` returns. */
interface State {
  readonly conversation: unknown;
  readonly counted: Totals;
  readonly output: number;
  readonly lastPart?: string;
}

/** The parser of one session. */
export class CopilotCliParser implements RecordParser {
  readonly #conversation: Conversation;
  /** What the last end of the session counted. */
  #counted: Totals;
  /** The tokens of the answers since then. */
  #output: number;
  /** The id of the last part of an answer. */
  #lastPart: string | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as State | undefined;
    const options = { tools: TOOLS, anchor: "session" } as const;
    const sessionId = /([^/]+?)(?:\/events)?\.jsonl$/.exec(relativePath)?.[1] ?? relativePath;
    this.#conversation = new Conversation(emit, options, sessionId, state?.conversation);
    // The transcripts of the editor's extension lie in the folder of a window, which says what that shows.
    const window = asObject(companions?.["workspace.json"]);
    this.#conversation.set({ workspace: pathOfUri(window?.folder ?? window?.workspace) });
    this.#counted = state?.counted ?? NOTHING;
    this.#output = state?.output ?? 0;
    this.#lastPart = state?.lastPart;
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const { type } = record;
    if (SILENT_TYPES.has(type)) return undefined;
    const data = asObject(record.data);
    const timestamp = asInstant(record.timestamp);
    const id = asText(record.id);
    if (data === undefined || id === undefined) return { unknown: `type:${asText(type) ?? "none"}` };
    if (timestamp === undefined) return { unknown: `timestamp:${asText(type) ?? "none"}` };
    const place = { timestamp, position };
    switch (type) {
      case "session.start":
        this.#surroundings(data);
        this.#conversation.start(place, { source: asText(data.producer) });
        return undefined;
      case "session.resume":
      case "session.context_changed":
        this.#surroundings(data);
        return undefined;
      case "session.model_change":
      case "session.auto_mode_resolved": {
        const model = asText(data.newModel) ?? asText(data.chosenModel);
        if (model !== "auto") this.#conversation.set({ model });
        return undefined;
      }
      case "session.title_changed":
        this.#conversation.entitle(asText(data.title));
        return undefined;
      case "user.message":
        return this.#prompt(data, id, place);
      case "assistant.message":
        return this.#answer(data, id, place);
      case "tool.user_requested":
      case "tool.execution_start":
        if (this.#conversation.waits(data.toolCallId)) return undefined;
        return this.#call(asText(data.toolName), data, place);
      case "tool.execution_complete":
        return this.#result(data);
      case "session.compaction_complete":
        return this.#interaction("compact", asText(data.summaryContent) ?? asText(data.summary), id, place);
      case "session.context_cleared":
        return this.#interaction("clear", undefined, id, place);
      case "session.info":
        return data.infoType === "rewind"
          ? this.#interaction("rewind", asText(data.message), id, place)
          : undefined;
      case "permission.completed":
        return asObject(data.result)?.kind === "denied-interactively-by-user"
          ? this.#interaction("deny", undefined, id, place)
          : undefined;
      case "abort":
        return this.#interaction("cancel", asText(data.reason), id, place);
      case "session.error":
        this.#conversation.add(id, place, {
          type: "error_encountered",
          data: { message: asText(data.message) ?? "", code: asText(data.errorType) },
        });
        return undefined;
      case "session.shutdown":
        return this.#end(data, id, place);
      default:
        return { unknown: `type:${asText(type) ?? "none"}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): State {
    return {
      conversation: this.#conversation.save(),
      counted: this.#counted,
      output: this.#output,
      lastPart: this.#lastPart,
    };
  }

  #surroundings(data: JsonObject): void {
    const context = asObject(data.context);
    const [host, repository] = [asText(context?.repositoryHost), asText(context?.repository)];
    const model = asText(data.selectedModel);
    this.#conversation.set({
      sessionId: asText(data.sessionId),
      agentVersion: asText(data.copilotVersion),
      workspace: asText(context?.gitRoot) ?? asText(context?.cwd),
      branch: asText(context?.branch),
      ...host !== undefined && repository !== undefined && { repository: `https://${host}/${repository}` },
      ...model !== "auto" && { model },
    });
  }

  #prompt(data: JsonObject, id: string, place: Place): RecordOutcome {
    // What the program says in the person's name: to go on, and what a skill is.
    if (data.isAutopilotContinuation === true || asText(data.source)?.startsWith("skill-")) return undefined;
    const attachments = (asList(data.attachments) ?? []).map(asObject)
      .filter((attachment) => attachment !== undefined)
      .map(({ type, path, filePath, url }) =>
        compact({ kind: asText(type) ?? "file", path: asText(path) ?? asText(filePath) ?? asText(url) })
      );
    this.#conversation.add(id, place, {
      type: "llm_request",
      data: {
        prompt: asText(data.content) ?? "",
        attachments: attachments.length === 0 ? undefined : attachments,
      },
    });
    return undefined;
  }

  #answer(data: JsonObject, id: string, place: Place): RecordOutcome {
    // A resumed session may write its last record once more: that is no further part.
    if (id === this.#lastPart) return undefined;
    this.#lastPart = id;
    const output = asCount(data.outputTokens);
    this.#output += output ?? 0;
    const at = { ...place, model: asText(data.model) };
    const metrics = output === undefined ? undefined : { outputTokens: output };
    // A long message comes in several parts.
    this.#conversation.answer(`message:${asText(data.messageId) ?? id}`, { ...at, metrics }, {
      text: asText(data.content),
      reasoning: asText(data.reasoningText),
    });
    for (const request of (asList(data.toolRequests) ?? []).map(asObject)) {
      if (request !== undefined) this.#call(asText(request.name), request, at);
    }
    return undefined;
  }

  #call(tool: string | undefined, data: JsonObject, place: Place): RecordOutcome {
    const callId = asText(data.toolCallId);
    if (callId === undefined || tool === undefined) return { unknown: "damaged:call" };
    const server = asText(data.mcpServerName);
    this.#conversation.call(callId, { ...place, model: asText(data.model) ?? place.model }, {
      tool: server === undefined ? tool : `${server}.${asText(data.mcpToolName) ?? tool}`,
      callId,
      args: fromJson(data.arguments),
    });
    return undefined;
  }

  #result(data: JsonObject): RecordOutcome {
    const callId = asText(data.toolCallId);
    const result = asObject(data.result);
    const error = asText(asObject(data.error)?.message) ?? asText(data.error);
    const failed = typeof data.success === "boolean" ? !data.success : undefined;
    const isKnown = callId !== undefined && this.#conversation.result(callId, {
      result: asText(result?.content) ?? asText(result?.text_result_for_llm) ??
        asText(result?.textResultForLlm) ?? asText(data.result) ?? error,
      isError: failed ?? (error !== undefined ? true : undefined),
    });
    return isKnown ? undefined : { unknown: "result:without-call" };
  }

  #interaction(action: string, text: string | undefined, id: string, place: Place): RecordOutcome {
    this.#conversation.add(id, place, { type: "user_interaction", data: { action, text } });
    return undefined;
  }

  /**
   * The end of a session, or of a part of it, counts what its messages do not say: what went in. Some versions count all
   * parts together, some each alone: a number that is smaller than the one before is of the latter kind.
   */
  #end(data: JsonObject, id: string, place: Place): RecordOutcome {
    const byModel = asObject(data.modelMetrics);
    const models = Object.keys(byModel ?? {});
    const metrics = byModel && this.#count(Object.values(byModel).map(asObject));
    const at = {
      ...place,
      ...models.length > 0 && { metrics },
      ...models.length === 1 && { model: models[0] },
    };
    this.#conversation.add(id, at, { type: "session_end", data: { reason: asText(data.shutdownType) } });
    return undefined;
  }

  /** What was used since the last time that it was counted, beside what answers say. */
  #count(models: readonly (JsonObject | undefined)[]): Metrics {
    const each = models.map(totalsOf);
    const counted = totals((name) => each.reduce((sum, of) => sum + of[name], 0));
    const isCumulative = TOTALS.every((name) => counted[name] >= this.#counted[name]);
    const since = isCumulative ? totals((name) => counted[name] - this.#counted[name]) : counted;
    const outputTokens = Math.max(0, since.outputTokens - this.#output);
    this.#counted = counted;
    this.#output = 0;
    // Not all versions count it.
    return { ...since, outputTokens, reasoningTokens: since.reasoningTokens || undefined };
  }
}

function totalsOf(metrics: JsonObject | undefined): Totals {
  const usage = asObject(metrics?.usage);
  const { inputTokens, cacheReadTokens, ...others } = totals((name) => asCount(usage?.[name]) ?? 0);
  const fresh = asCount(asObject(asObject(metrics?.tokenDetails)?.input)?.tokenCount);
  // In the one number is what came from a cache, too; newer versions have the other beside it.
  return { inputTokens: fresh ?? Math.max(0, inputTokens - cacheReadTokens), cacheReadTokens, ...others };
}

function totals(count: (name: typeof TOTALS[number]) => number): Totals {
  return Object.fromEntries(TOTALS.map((name) => [name, count(name)])) as Totals;
}
