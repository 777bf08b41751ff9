/**
 * Reads the conversations of Qwen Code: a line for each message, in the parts of Gemini's API.
 *
 * Source: QwenLM/qwen-code `packages/core/src/services/chatRecordingService.ts`; measured on a session of version 0.18.
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

/** What the program notes for itself; its telemetry repeats the tokens of the answers. */
const SILENT_SUBTYPES: ReadonlySet<unknown> = new Set([
  "ui_telemetry",
  "attribution_snapshot",
  "session_artifact_snapshot",
  "notification",
]);

/** The parser of one session. */
export class QwenCodeParser implements RecordParser {
  readonly #conversation: Conversation;

  constructor({ relativePath }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const sessionId = relativePath.replace(/^.*\/|\.jsonl$/g, "");
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session" }, sessionId, saved);
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const { type, subtype } = record;
    const timestamp = asInstant(record.timestamp);
    if (timestamp === undefined) return { unknown: `timestamp:${asText(type) ?? "none"}` };
    this.#conversation.set({
      sessionId: asText(record.sessionId),
      workspace: asText(record.cwd),
      branch: asText(record.gitBranch),
      agentVersion: asText(record.version),
      model: asText(record.model),
    });
    const place = { timestamp, position };
    const parts = partsOf(asObject(record.message)?.parts ?? []);
    const key = (kind: string) => asText(record.uuid) ?? keyOf(timestamp, kind, textOfParts(parts));
    switch (type) {
      case "user":
        if (SILENT_SUBTYPES.has(subtype)) return undefined;
        this.#begin(place);
        this.#conversation.add(key("user"), place, {
          type: "llm_request",
          data: { prompt: textOfParts(parts), attachments: attachmentsOf(parts) },
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
    if (!this.#conversation.hasStart) this.#conversation.start(place, {});
  }

  #answer(record: JsonObject, parts: readonly JsonObject[], key: string, place: Place): RecordOutcome {
    this.#conversation.add(key, { ...place, metrics: metricsOf(record.usageMetadata) }, {
      type: "llm_response",
      data: { text: asText(textOfParts(parts)), reasoning: asText(textOfParts(parts, true)) },
    });
    for (const [index, { functionCall }] of parts.entries()) {
      const call = asObject(functionCall);
      const tool = asText(call?.name);
      if (tool === undefined) continue;
      const callId = asText(call?.id);
      this.#conversation.call(callId ?? `${key}:${index}`, place, { tool, callId, args: call?.args });
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
      case "slash_command":
        return this.#interaction(
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
