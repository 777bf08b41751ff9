/**
 * Reads the conversations of gptme: messages of the user, the model and the system, the last of which hold what calls gave.
 * A call stands in the text of an answer: as a block of code that is named like the tool, or as `@tool(id): {…}`. From
 * gptme/gptme `gptme/message.py` and `gptme/tools/base.py`.
 *
 * There are no ids. Times are those of the clock on the wall, to the microsecond, and are taken for those of this machine;
 * as they are written they are part of a message's id, so that a copy of a conversation is the same one.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { compact, type ToolKind } from "../tools.ts";
import { workspaceOf } from "./config.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

/** The tools whose calls are told, and what each does. */
const TOOLS: Readonly<Record<string, ToolKind | "other">> = {
  shell: "command",
  ipython: "command",
  tmux: "command",
  save: "write",
  append: "modify",
  patch: "modify",
  patch_many: "modify",
  morph: "modify",
  read: "read",
  browser: "other",
  gh: "other",
  rag: "other",
  screenshot: "other",
  subagent: "other",
  vision: "other",
};

const BLOCK = /^```(\w+)(?: +([^\n]*))?\n([\s\S]*?)\n```$/gm;
const CALL = /^@(\w+)\(([^()\n]+)\): *(?=\{)/gm;
const THOUGHT = /<think(?:ing)?>\s*([\s\S]*?)\s*(?:<\/think(?:ing)?>|$)/;

/** A call in the text of an answer. */
interface Call {
  readonly tool: string;
  readonly callId?: string;
  readonly args: JsonObject;
}

/** The parser of one conversation. */
export class GptmeParser implements RecordParser {
  readonly #conversation: Conversation;
  /** The calls of the last answer without a result, in their order. */
  #open: string[] = [];

  constructor({ relativePath, companions, home }: SourceInfo, emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(
      emit,
      { tools: {}, anchor: "agent", openCalls: 256 },
      relativePath.split("/")[0] ?? relativePath,
    );
    this.#conversation.set({ workspace: workspaceOf(companions?.["config.toml"], home) });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const role = asText(record.role) ?? "none";
    const written = asText(record.timestamp);
    const timestamp = timeOf(written);
    if (timestamp === undefined || typeof record.content !== "string") return { unknown: `message:${role}` };
    const key = `${written}:${role}:${hashText(record.content)}`;
    const place: Place = { timestamp, position };
    if (!this.#conversation.hasStart) this.#conversation.start(place, {});
    switch (role) {
      case "user":
        this.#open = [];
        this.#prompt(record, record.content, key, place);
        return undefined;
      case "assistant":
        this.#answer(record, record.content, key, place);
        return undefined;
      case "system":
      case "tool":
        this.#result(record, record.content);
        return undefined;
      default:
        return { unknown: `role:${role}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  #prompt({ files }: JsonObject, text: string, key: string, place: Place): void {
    const attachments = (asList(files) ?? []).flatMap((path) =>
      asText(path) ? [{ kind: "file", path: asText(path)! }] : []
    );
    this.#conversation.add(
      key,
      place,
      text.startsWith("/") ? { type: "user_interaction", data: { action: "slash_command", text } } : {
        type: "llm_request",
        data: { prompt: text, attachments: attachments.length === 0 ? undefined : attachments },
      },
    );
  }

  #answer(record: JsonObject, content: string, key: string, place: Place): void {
    const metadata = asObject(record.metadata);
    const model = asText(metadata?.resolved_model) ?? asText(metadata?.model);
    const reasoning = asText(THOUGHT.exec(content)?.[1]);
    this.#conversation.add(key, { ...place, model, metrics: metricsOf(metadata) }, {
      type: "llm_response",
      data: { text: asText(content.replace(THOUGHT, "").trim()), reasoning },
    });
    const calls = callsIn(content);
    this.#open = calls.map(({ callId }, index) => callId ?? `${key}:${index}`);
    for (const [index, { tool, callId, args }] of calls.entries()) {
      this.#conversation.call(`${key}:${index}`, { ...place, model }, {
        tool,
        callId,
        args,
        kind: TOOLS[tool],
      });
    }
  }

  /** What stands behind an answer that calls something is what the calls gave, in their order. */
  #result(record: JsonObject, content: string): void {
    if (record.hide === true || record.pinned === true) return;
    const named = asText(record.call_id);
    const call = named !== undefined && this.#open.includes(named) ? named : this.#open[0];
    if (call === undefined) return;
    this.#open = this.#open.filter((open) => open !== call);
    this.#conversation.result(call, { result: content, isError: /^Error\b/.test(content) });
  }
}

/** The calls in an answer, in the order in which they stand there. */
function callsIn(content: string): readonly Call[] {
  const found: (Call & { readonly at: number })[] = [];
  for (const { index, 1: tool, 2: rest, 3: body } of content.matchAll(BLOCK)) {
    if (!Object.hasOwn(TOOLS, tool!)) continue;
    const kind = TOOLS[tool!];
    const path = asText(rest?.trim());
    const args = compact(
      kind === "command"
        ? { command: body }
        : kind === "write"
        ? { path, content: body }
        : { path, text: body },
    );
    found.push({ at: index, tool: tool!, args });
  }
  for (const { index, 0: head, 1: tool, 2: callId } of content.matchAll(CALL)) {
    const args = objectAt(content, index + head.length);
    if (args !== undefined) found.push({ at: index, tool: tool!, callId: callId!, args });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** The JSON object that stands at a place and ends a line. */
function objectAt(text: string, start: number): JsonObject | undefined {
  for (let end = text.indexOf("\n", start);; end = text.indexOf("\n", end + 1)) {
    const part = end === -1 ? text.slice(start) : text.slice(start, end);
    if (part.trimEnd().endsWith("}")) {
      try {
        return asObject(JSON.parse(part));
      } catch {
        // It goes on over more lines.
      }
    }
    if (end === -1) return undefined;
  }
}

/** Ms since the epoch of a time without a zone. */
function timeOf(written: string | undefined): number | undefined {
  if (written === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(written)) return undefined;
  const time = Date.parse(written);
  return Number.isNaN(time) ? undefined : time;
}

/** What a call of the model used; older versions have the numbers beside the model. */
function metricsOf(metadata: JsonObject | undefined): Metrics | undefined {
  if (metadata === undefined) return undefined;
  const usage = asObject(metadata.usage) ?? metadata;
  const duration = asCount(asObject(metadata.timings)?.gen_ms);
  return compact({
    inputTokens: asCount(usage.input_tokens),
    outputTokens: asCount(usage.output_tokens),
    cacheReadTokens: asCount(usage.cache_read_tokens),
    cacheWriteTokens: asCount(usage.cache_creation_tokens),
    durationMs: duration,
    costUsd: asCount(metadata.cost),
  });
}
