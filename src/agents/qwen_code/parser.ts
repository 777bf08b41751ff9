/**
 * Reads the conversations of Qwen Code: a line for each message, in the parts of Gemini's API.
 *
 * Source: QwenLM/qwen-code `packages/core/src/{services/chatRecordingService,agents/agent-transcript}.ts`; measured on a
 * session of version 0.18.
 *
 * Identity: a branch repeats the records of its parent with their uuids and times, and another `sessionId`.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { attachmentsOf, partsOf, readResponse, textOfParts } from "../gemini_parts.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read_file: "read",
  write_file: "write",
  edit: "modify",
  replace: "modify",
  run_shell_command: "command",
};

/** What the program notes for itself; its telemetry repeats the tokens of the answers, and other notes repeat prompts. */
const SILENT_SUBTYPES: ReadonlySet<unknown> = new Set([
  "ui_telemetry",
  "at_command",
  "attribution_snapshot",
  "agent_bootstrap",
  "agent_launch_prompt",
  "agent_retry",
  "agent_session_ready",
  "background_task_completed",
  "branch_checkpoint",
  "file_history_snapshot",
  "goal_runtime",
  "goal_state",
  "goal_turn_end",
  "notification",
  "omni_recall",
  "session_approval_mode",
  "session_artifact_event",
  "session_artifact_snapshot",
  "session_execution_engine",
  "session_model",
  "session_notes",
  "session_source",
  "session_sources_snapshot",
  "turn_result",
  "user_text_elements",
]);

/** The parser of one session or sub-agent. */
export class QwenCodeParser implements RecordParser {
  readonly #conversation: Conversation;
  /** The id of the sub-agent. */
  readonly #agent: string | undefined;

  constructor({ relativePath }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const [, parent, agent] = /([^/]+)\/agent-([^/]+)\.jsonl$/.exec(relativePath) ?? [];
    this.#agent = agent;
    const sessionId = agent === undefined
      ? relativePath.replace(/^.*\/|\.jsonl$/g, "")
      : `${parent}/${agent}`;
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "hour" }, sessionId, saved);
    if (agent !== undefined) this.#conversation.set({ parentSessionId: parent });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const { type, subtype } = record;
    const timestamp = asInstant(record.timestamp);
    if (timestamp === undefined) return { unknown: `timestamp:${asText(type) ?? "none"}` };
    const forkedFrom = asText(asObject(record.forkedFrom)?.sessionId);
    this.#conversation.set({
      // A sub-agent writes the session that it is of.
      ...this.#agent === undefined && {
        sessionId: asText(record.sessionId),
        parentSessionId: forkedFrom,
      },
      workspace: asText(record.cwd),
      branch: asText(record.gitBranch),
      agentVersion: asText(record.version),
      model: asText(record.model),
    });
    const place = { timestamp, position, isCopy: forkedFrom !== undefined };
    const parts = partsOf(asObject(record.message)?.parts ?? []);
    const key = (kind: string) => asText(record.uuid) ?? keyOf(timestamp, kind, textOfParts(parts));
    switch (type) {
      case "user":
        if (SILENT_SUBTYPES.has(subtype)) return undefined;
        this.#begin(place);
        this.#conversation.add(key("user"), place, {
          type: "llm_request",
          data: {
            // As it was typed, without the files that were looked up for it.
            prompt: asText(asObject(record.systemPayload)?.displayText) ?? textOfParts(parts),
            attachments: attachmentsOf(parts),
          },
        });
        return undefined;
      case "assistant":
        this.#begin(place);
        return this.#answer(record, parts, key("assistant"), place);
      case "tool_result":
        return this.#result(record, parts);
      case "system":
        return this.#system(record, key("system"), place);
      default:
        return { unknown: `type:${asText(type) ?? "none"}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return this.#conversation.save();
  }

  /** There is no record that begins a session: the first message does. */
  #begin(place: Place): void {
    if (this.#conversation.hasStart) return;
    const forkedFrom = place.isCopy ? this.#conversation.surroundings.parentSessionId : undefined;
    this.#conversation.start({ ...place, isCopy: false }, { forkedFrom });
  }

  #answer(record: JsonObject, parts: readonly JsonObject[], key: string, place: Place): RecordOutcome {
    const metrics = metricsOf(record.usageMetadata);
    const [text, reasoning] = [asText(textOfParts(parts)), asText(textOfParts(parts, true))];
    // A sub-agent writes each call of an answer as a record of its own.
    if (this.#agent === undefined || (text ?? reasoning ?? metrics) !== undefined) {
      this.#conversation.add(key, { ...place, metrics }, { type: "llm_response", data: { text, reasoning } });
    }
    for (const [index, { functionCall }] of parts.entries()) {
      const call = asObject(functionCall);
      const tool = asText(call?.name);
      if (tool === undefined) continue;
      const callId = asText(call?.id);
      // Some providers count the ids of calls anew in each answer.
      this.#conversation.call(`${key}:${callId ?? index}`, place, { tool, callId, args: call?.args });
    }
    return undefined;
  }

  #result(record: JsonObject, parts: readonly JsonObject[]): RecordOutcome {
    const told = asObject(record.toolCallResult);
    const response = parts.map(({ functionResponse }) => asObject(functionResponse))
      .find((found) => found !== undefined);
    const callId = asText(told?.callId) ?? asText(response?.id);
    const { result, isError } = readResponse(response?.response);
    const status = asText(told?.status);
    const isKnown = callId !== undefined && this.#conversation.result(callId, {
      result: result ?? told?.resultDisplay,
      isError: status === undefined ? isError : status !== "success",
    });
    return isKnown ? undefined : { unknown: "result:without-call" };
  }

  #system({ subtype, systemPayload }: JsonObject, key: string, place: Place): RecordOutcome {
    const payload = asObject(systemPayload);
    switch (subtype) {
      case "custom_title":
        this.#conversation.entitle(asText(payload?.customTitle) ?? asText(payload?.title));
        return undefined;
      case "parent_session":
        this.#conversation.set({ parentSessionId: asText(payload?.parentSessionId) });
        return undefined;
      case "slash_command":
        // It is told once as it is typed and once with what it gave.
        return payload?.phase === "result" ? undefined : this.#interaction(
          "slash_command",
          asText(payload?.rawCommand) ?? asText(payload?.command),
          key,
          place,
        );
      case "rewind":
        return this.#interaction("rewind", undefined, key, place);
      case "chat_compression":
        return this.#interaction("compact", undefined, key, place);
      default:
        return SILENT_SUBTYPES.has(subtype) ? undefined : { unknown: `subtype:${asText(subtype) ?? "none"}` };
    }
  }

  #interaction(action: string, text: string | undefined, key: string, place: Place): RecordOutcome {
    this.#conversation.add(key, place, { type: "user_interaction", data: { action, text } });
    return undefined;
  }
}

/**
 * What was counted of one answer. What went in holds what came from a cache; whether what was thought is part of what came
 * out hangs on the provider, so that is told from the total.
 */
function metricsOf(usage: unknown): Metrics | undefined {
  const counts = asObject(usage);
  if (counts === undefined) return undefined;
  const [prompt, cached] = [asCount(counts.promptTokenCount), asCount(counts.cachedContentTokenCount)];
  const [candidates, thoughts] = [asCount(counts.candidatesTokenCount), asCount(counts.thoughtsTokenCount)];
  const total = asCount(counts.totalTokenCount);
  const output = total !== undefined && prompt !== undefined && total >= prompt ? total - prompt : candidates;
  return compact({
    inputTokens: prompt === undefined ? undefined : Math.max(0, prompt - (cached ?? 0)),
    outputTokens: output,
    cacheReadTokens: cached,
    reasoningTokens: thoughts,
  });
}
