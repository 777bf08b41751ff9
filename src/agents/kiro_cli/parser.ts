/**
 * Reads the sessions of Kiro CLI: prompts, answers and the results of calls, one a line. Prompts alone have a time, in
 * seconds; all that follows has that of its prompt. It counts credits and no tokens.
 *
 * Measured on 16 sessions of mid 2026.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import type { ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read: "read",
  fs_read: "read",
  write: "write",
  fs_write: "write",
  shell: "command",
  execute_bash: "command",
};

/** The parser of one session. */
export class KiroCliParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #facts: JsonObject | undefined;
  /** What was said before, by the second, was copied; 0 where nothing was. */
  readonly #copiedUntil: number;
  #time: number | undefined;

  constructor({ relativePath, companions }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const id = relativePath.replace(/^.*\/|\.jsonl$/g, "");
    const state = saved as { conversation: unknown; time?: number } | undefined;
    // A rewind writes what it keeps into a new file, with the same ids and times.
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "hour" }, id, state?.conversation);
    this.#time = state?.time;
    const facts = this.#facts = asObject(companions?.[`${id}.json`]);
    const model = asObject(asObject(asObject(facts?.session_state)?.rts_model_state)?.model_info);
    const isRewind = facts?.session_created_reason === "rewind";
    this.#copiedUntil = isRewind ? Math.floor((asInstant(facts?.created_at) ?? 0) / 1000) * 1000 : 0;
    this.#conversation.set({
      workspace: asText(facts?.cwd),
      model: asText(model?.model_id),
      // It names a parent for a rewind alone.
      ...isRewind && { parentSessionId: asText(facts?.parent_session_id) },
    });
  }

  record({ kind, data }: JsonObject, position: number): RecordOutcome {
    const content = asObject(data);
    if (kind === "Clear") return undefined;
    const key = asText(content?.message_id);
    const parts = asList(content?.content)?.map(asObject);
    if (content === undefined || key === undefined || parts === undefined) {
      return { unknown: `kind:${asText(kind) ?? "none"}` };
    }
    const seconds = asCount(asObject(content.meta)?.timestamp);
    if (seconds !== undefined) this.#time = seconds * 1000;
    const timestamp = this.#time ?? asInstant(this.#facts?.created_at);
    if (timestamp === undefined) return { unknown: `timestamp:${asText(kind) ?? "none"}` };
    const place = { timestamp, position, isCopy: timestamp < this.#copiedUntil };
    if (!this.#conversation.hasStart) {
      this.#conversation.start({ ...place, isCopy: false }, { title: asText(this.#facts?.title) });
    }
    switch (kind) {
      case "Prompt": {
        const prompt = textOf(parts);
        const attachments = parts.filter((part) => part?.kind === "image").map(() => ({ kind: "image" }));
        if (prompt === undefined && attachments.length === 0) return undefined;
        this.#conversation.add(key, place, {
          type: "llm_request",
          data: { prompt: prompt ?? "", attachments: attachments.length === 0 ? undefined : attachments },
        });
        return undefined;
      }
      case "AssistantMessage":
        return this.#answer(key, parts, place);
      case "ToolResults":
        return this.#results(parts);
      default:
        return { unknown: `kind:${asText(kind) ?? "none"}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), time: this.#time };
  }

  #answer(key: string, parts: readonly (JsonObject | undefined)[], place: Place): RecordOutcome {
    this.#conversation.add(key, place, { type: "llm_response", data: { text: textOf(parts) } });
    for (const part of parts) {
      if (part?.kind !== "toolUse") continue;
      const use = asObject(part.data);
      const tool = asText(use?.name);
      const callId = asText(use?.toolUseId);
      if (tool === undefined || callId === undefined) return { unknown: "part:toolUse" };
      const { __tool_use_purpose: _, ...args } = asObject(use?.input) ?? {};
      this.#conversation.call(callId, place, { tool, callId, args });
    }
    return undefined;
  }

  #results(parts: readonly (JsonObject | undefined)[]): RecordOutcome {
    let unknown: RecordOutcome;
    for (const part of parts) {
      const result = asObject(part?.data);
      const callId = asText(result?.toolUseId);
      const [value] = asList(result?.content)?.map((block) => asObject(block)?.data) ?? [];
      const held = asObject(value);
      // "exit status: 0"
      const exitCode = /(\d+)$/.exec(asText(held?.exit_status) ?? "")?.[1];
      const isKnown = callId !== undefined && this.#conversation.result(callId, {
        result: asText(held?.stdout) ?? asText(value) ?? value,
        isError: result?.status === "error",
        exitCode: exitCode === undefined ? undefined : Number(exitCode),
      });
      if (!isKnown) unknown = { unknown: "result:without-call" };
    }
    return unknown;
  }
}

function textOf(parts: readonly (JsonObject | undefined)[]): string | undefined {
  const texts = parts.filter((part) => part?.kind === "text").map((part) => asText(part?.data))
    .filter((text) => text !== undefined);
  return asText(texts.join("\n"));
}
