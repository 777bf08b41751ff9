/**
 * Reads the conversations of Forge: a row each, with all messages as one JSON, packed in newer versions. From
 * tailcallhq/forgecode `crates/forge_repo/src/conversation/conversation_record.rs`.
 *
 * No message has a time or an id: all events have the time of the conversation, and a message is known by its text, or by
 * its first call. A compaction puts a summary in the place of the messages before, which are not taken back by that.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import type { DatabaseLayout } from "../database.ts";
import { fromJson, fromPackedJson } from "../json_text.ts";
import { keyOfCall } from "../numbered_calls.ts";
import { timeOfValue } from "../row_values.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { documentTable } from "../table_layouts.ts";

const TOOLS: ToolKinds = {
  read: "read",
  forge_tool_fs_read: "read",
  write: "write",
  forge_tool_fs_create: "write",
  patch: "modify",
  multi_patch: "modify",
  forge_tool_fs_patch: "modify",
  shell: "command",
  forge_tool_process_shell: "command",
};

/** What the database of Forge holds. */
export const FORGE_DATABASE: DatabaseLayout = {
  ...documentTable({
    table: "conversations",
    id: "conversation_id",
    changedAt: (row) => timeOfValue(row.get("updated_at") ?? row.get("created_at")),
    tell: ({ context, context_zstd, metrics: _, ...facts }) => ({
      facts,
      context: fromPackedJson(context_zstd instanceof Uint8Array ? context_zstd : context),
    }),
  }),
  forgets: true,
};

/** The parser of one conversation. */
export class ForgeParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #counts = new Map<string, number>();
  #position = 0;

  constructor(emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session", openCalls: 256 }, "");
  }

  record(record: JsonObject): RecordOutcome {
    const facts = asObject(record.facts);
    const id = asText(facts?.conversation_id);
    const timestamp = timeOfValue(facts?.created_at);
    if (facts === undefined || id === undefined || timestamp === undefined) {
      return { unknown: "conversation:shape" };
    }
    // A conversation in which nothing was said yet has none.
    if (record.context === null || record.context === undefined) return undefined;
    const messages = asList(asObject(record.context)?.messages);
    if (messages === undefined) {
      return { unknown: record.context === "packed" ? "conversation:packed" : "conversation:context" };
    }
    const entries = messages.map((entry) => entryOf(asObject(entry)));
    this.#conversation.set({
      sessionId: id,
      parentSessionId: asText(facts.parent_id),
      workspace: asText(facts.cwd) ?? folderIn(entries),
    });
    const initiator = asText(asObject(record.context)?.initiator);
    this.#conversation.start({ timestamp, position: 0 }, { title: asText(facts.title), source: initiator });
    return entries.map((entry) => this.#entry(entry, timestamp)).find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  #entry({ message, usage }: Entry, timestamp: number): RecordOutcome {
    const place: Place = { timestamp, position: ++this.#position };
    const text = asObject(message?.text);
    const tool = asObject(message?.tool);
    if (text !== undefined) return this.#text(text, { ...place, metrics: metricsOf(usage) });
    if (tool !== undefined) return this.#result(tool);
    return message?.image === undefined ? { unknown: "message:kind" } : undefined;
  }

  #text(text: JsonObject, place: Place): RecordOutcome {
    const content = asText(text.content);
    const [call] = asList(text.tool_calls) ?? [];
    const known = content === undefined ? asText(asObject(call)?.call_id) : undefined;
    const key = this.#keyOf(`${asText(text.role) ?? ""}:${known ?? hashText(content ?? "")}`);
    switch (text.role) {
      case "System":
        return undefined;
      case "User": {
        const prompt = typedIn(text);
        // What was not typed was put there by Forge: files, reminders, the summary of what was before.
        if (prompt !== undefined && text.droppable !== true) {
          this.#conversation.add(key, { ...place, metrics: undefined }, {
            type: "llm_request",
            data: { prompt },
          });
        }
        return undefined;
      }
      case "Assistant": {
        const model = asText(text.model);
        const reasoning = asText(
          asList(text.reasoning_details)?.map((detail) => asText(asObject(detail)?.text) ?? "").join(""),
        );
        this.#conversation.add(key, { ...place, model }, {
          type: "llm_response",
          data: { text: content, reasoning },
        });
        return this.#calls(text, key, { ...place, model, metrics: undefined });
      }
      default:
        return { unknown: `role:${asText(text.role) ?? "none"}` };
    }
  }

  #calls(text: JsonObject, key: string, place: Place): RecordOutcome {
    for (const [index, call] of (asList(text.tool_calls) ?? []).map(asObject).entries()) {
      const tool = asText(call?.name);
      if (tool === undefined) return { unknown: "message:tool_calls" };
      const callId = asText(call?.call_id);
      const callKey = callId === undefined ? `${key}:${index}` : keyOfCall(callId, tool, key);
      this.#conversation.call(callKey, place, {
        tool,
        callId,
        args: fromJson(call?.arguments),
      });
    }
    return undefined;
  }

  #result(tool: JsonObject): RecordOutcome {
    const callId = asText(tool.call_id);
    const output = asObject(tool.output);
    const values = (asList(output?.values) ?? []).map(textOfOutput).filter((text) => text !== undefined);
    const isKnown = callId !== undefined && this.#conversation.result(callId, {
      result: values.length === 0 ? undefined : values.join("\n"),
      isError: output?.is_error === true,
    });
    return isKnown ? undefined : { unknown: "result:without-call" };
  }

  /** The name, and how often it was there before: a message may be said twice. */
  #keyOf(name: string): string {
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    return count === 0 ? name : `${name}:${count}`;
  }
}

interface Entry {
  readonly message: JsonObject | undefined;
  readonly usage: JsonObject | undefined;
}

/** Older versions have no wrapper around the message. */
function entryOf(entry: JsonObject | undefined): Entry {
  return { message: asObject(entry?.message) ?? entry, usage: asObject(entry?.usage) };
}

/** What was typed: newer versions keep it apart, and wrap it for the model. */
function typedIn(text: JsonObject): string | undefined {
  const raw = asObject(text.raw_content);
  const command = asObject(raw?.Command ?? raw?.command);
  const typed = asText(raw?.Text ?? raw?.text) ??
    asText([asText(command?.name), asText(command?.parameters)].filter((part) => part).join(" "));
  if (typed !== undefined) return typed;
  return /^<task>([\s\S]*?)<\/task>/.exec(asText(text.content) ?? "")?.[1];
}

/** Older versions name the project in what they tell the model alone. */
function folderIn(entries: readonly Entry[]): string | undefined {
  for (const { message } of entries) {
    const text = asObject(message?.text);
    if (text?.role !== "System") continue;
    const folder = /<current_working_directory>([^<]+)<\//.exec(asText(text.content) ?? "")?.[1];
    if (folder !== undefined) return folder;
  }
  return undefined;
}

function textOfOutput(value: unknown): string | undefined {
  const output = asObject(value);
  const [first] = asList(output?.pair) ?? [];
  return asText(output?.text) ?? asText(output?.markdown) ??
    asText(asObject(output?.aI ?? output?.ai ?? output?.AI)?.value) ??
    asText(asObject(output?.fileDiff)?.path) ?? (first === undefined ? undefined : textOfOutput(first));
}

/** What a request used; `prompt_tokens` has what a cache gave in it. */
function metricsOf(usage: JsonObject | undefined): Metrics | undefined {
  if (usage === undefined) return undefined;
  const prompt = countOf(usage.prompt_tokens);
  const cacheReadTokens = countOf(usage.cached_tokens);
  return compact({
    inputTokens: prompt === undefined ? undefined : Math.max(0, prompt - (cacheReadTokens ?? 0)),
    outputTokens: countOf(usage.completion_tokens),
    cacheReadTokens,
    costUsd: asCount(usage.cost),
  });
}

/** Counted or estimated: either is what Forge knows. */
function countOf(count: unknown): number | undefined {
  const { actual, Actual, approx, Approx } = asObject(count) ?? {};
  return asCount(actual ?? Actual ?? approx ?? Approx) ?? asCount(count);
}
