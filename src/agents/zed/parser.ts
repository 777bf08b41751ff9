/**
 * Reads the threads of Zed: a document each, packed as a rule, in the words of Rust's enums. From zed-industries/zed
 * `crates/agent/src/{db,thread}.rs`. No message has a time; a thread says when it was made, or what the project was like then.
 *
 * Of the requests that a prompt led to, the last one's tokens stand with the prompt, and are told with its first answer; what the
 * others used, and those of prompts that were taken back or not answered, is only in the sum of the thread.
 *
 * @module
 */

import type { Attachment, EventDraft, Metrics } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import type { DatabaseLayout } from "../database.ts";
import { fromJson, fromPackedJson } from "../json_text.ts";
import { RepeatedKeys } from "../repeated_keys.ts";
import { timeOfValue } from "../row_values.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { documentTable } from "../table_layouts.ts";

const TOOLS: ToolKinds = {
  read_file: "read",
  open: "read",
  create_file: "write",
  edit_file: "modify",
  terminal: "command",
};

/** What the database of Zed holds. */
export const ZED_DATABASE: DatabaseLayout = documentTable({
  table: "threads",
  id: "id",
  changedAt: (row) => timeOfValue(row.get("updated_at")),
  tell: ({ data, ...facts }) => ({ facts, document: fromPackedJson(data) }),
});

/** The parser of one thread. */
export class ZedParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #keys = new RepeatedKeys();
  #position = 0;

  constructor(emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session", openCalls: 256 }, "");
  }

  record(record: JsonObject): RecordOutcome {
    const facts = asObject(record.facts);
    const document = asObject(record.document);
    const id = asText(facts?.id);
    const messages = asList(document?.messages);
    if (facts === undefined || id === undefined) return { unknown: "thread:shape" };
    if (document === undefined || messages === undefined) {
      return { unknown: record.document === "packed" ? "thread:packed" : "thread:shape" };
    }
    if (messages.length === 0) return undefined;
    const snapshot = asObject(document.initial_project_snapshot);
    const [tree] = asList(snapshot?.worktree_snapshots)?.map(asObject) ?? [];
    const git = asObject(tree?.git_state);
    const timestamp = timeOfValue(facts.created_at) ?? timeOfValue(snapshot?.timestamp) ??
      timeOfValue(facts.updated_at);
    if (timestamp === undefined) return { unknown: "thread:no-time" };
    this.#conversation.set({
      sessionId: id,
      parentSessionId: asText(facts.parent_id),
      workspace: asText(facts.folder_paths)?.split("\n")[0] ?? asText(tree?.worktree_path),
      repository: asText(git?.remote_url),
      branch: asText(git?.current_branch),
      model: asText(asObject(document.model)?.model),
    });
    const title = asText(document.title) ?? asText(facts.summary);
    this.#conversation.start({ timestamp, position: 0 }, { title });
    const usage = asObject(document.request_token_usage) ?? {};
    const told: Metrics[] = [];
    let asked = "";
    const outcomes = messages.map((message): RecordOutcome => {
      const place = { timestamp, position: ++this.#position };
      const metrics = metricsOf(asObject(usage[asked]));
      if (message === "Resume" || asObject(message)?.Resume !== undefined) return undefined;
      const { User: user, Agent: agent, Compaction: compaction, role } = asObject(message) ?? {};
      if (role !== undefined) return this.#older(asObject(message)!, place);
      if (user !== undefined) {
        asked = asText(asObject(user)?.id) ?? "";
        return this.#said(asObject(user), place);
      }
      if (compaction !== undefined) return this.#compacted(asText(asObject(compaction)?.Summary), place);
      if (agent === undefined) return { unknown: "message:kind" };
      const key = this.#keys.next(`answer:${asked}`);
      const isFirst = key === `answer:${asked}`;
      if (isFirst && metrics !== undefined) told.push(metrics);
      return this.#answered(asObject(agent), key, isFirst ? { ...place, metrics } : place);
    });
    this.#conversation.total(remainderOf(asObject(document.cumulative_token_usage), told));
    return outcomes.find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  #said(user: JsonObject | undefined, place: Place): RecordOutcome {
    const parts = asList(user?.content)?.map(asObject) ?? [];
    const prompt = parts.map((part) => asText(part?.Text)).filter((text) => text !== undefined).join("\n");
    const attachments = parts.flatMap(attachmentOf);
    // A command of Zed leaves a message without any.
    if (prompt === "" && attachments.length === 0) return undefined;
    const key = asText(user?.id) ?? this.#keys.next(`user:${hashText(prompt)}`);
    this.#conversation.add(key, place, {
      type: "llm_request",
      data: { prompt, attachments: attachments.length === 0 ? undefined : attachments },
    });
    return undefined;
  }

  #compacted(text: string | undefined, place: Place): RecordOutcome {
    const key = this.#keys.next(`compaction:${hashText(text ?? "")}`);
    this.#conversation.add(key, place, { type: "user_interaction", data: { action: "compact", text } });
    return undefined;
  }

  #answered(agent: JsonObject | undefined, key: string, place: Place): RecordOutcome {
    const parts = asList(agent?.content)?.map(asObject) ?? [];
    const join = (texts: readonly (string | undefined)[]) =>
      asText(texts.filter((text) => text !== undefined).join("\n"));
    this.#conversation.add(key, place, {
      type: "llm_response",
      data: {
        text: join(parts.map((part) => asText(part?.Text))),
        reasoning: join(parts.map((part) => asText(asObject(part?.Thinking)?.text))),
      },
    });
    const results = asObject(agent?.tool_results) ?? {};
    for (const part of parts) {
      const use = asObject(part?.ToolUse);
      const tool = asText(use?.name);
      const callId = asText(use?.id);
      if (tool === undefined || callId === undefined) continue;
      const args = asObject(use?.input) ?? fromJson(use?.raw_input);
      this.#conversation.call(`${key}:${callId}`, { ...place, metrics: undefined }, { tool, callId, args });
      const result = asObject(results[callId]);
      if (result === undefined) continue;
      this.#conversation.result(callId, {
        result: asText(asObject(result.content)?.Text) ?? asText(result.content) ?? result.output,
        isError: typeof result.is_error === "boolean" ? result.is_error : undefined,
      });
    }
    return undefined;
  }

  /** A message of a thread of before version 0.3: a role, and segments. */
  #older(message: JsonObject, place: Place): RecordOutcome {
    const segments = asList(message.segments)?.map(asObject) ?? [];
    const join = (type: string) =>
      asText(
        segments.filter((segment) => segment?.type === type).map((segment) => asText(segment?.text) ?? "")
          .join("\n"),
      );
    const key = this.#keys.next(`${message.role}:${message.id}`);
    if (message.role === "assistant") {
      this.#conversation.add(key, place, {
        type: "llm_response",
        data: { text: join("text"), reasoning: join("thinking") },
      });
    } else if (message.role === "user") {
      // It may hold the results of calls alone.
      const prompt = join("text");
      if (prompt !== undefined) this.#conversation.add(key, place, { type: "llm_request", data: { prompt } });
    } else if (message.role !== "system") return { unknown: `role:${asText(message.role) ?? "none"}` };
    for (const use of asList(message.tool_uses)?.map(asObject) ?? []) {
      const tool = asText(use?.name);
      const callId = asText(use?.id);
      if (tool !== undefined && callId !== undefined) {
        this.#conversation.call(`${key}:${callId}`, place, { tool, callId, args: use?.input });
      }
    }
    for (const result of asList(message.tool_results)?.map(asObject) ?? []) {
      const callId = asText(result?.tool_use_id) ?? "";
      this.#conversation.result(callId, {
        result: asText(asObject(result?.content)?.Text) ?? asText(result?.content),
        isError: typeof result?.is_error === "boolean" ? result.is_error : undefined,
      });
    }
    return undefined;
  }
}

/** A picture, or what the prompt mentions: `{ uri: { File: { abs_path } } }`. */
function attachmentOf(part: JsonObject | undefined): readonly Attachment[] {
  if (part?.Image !== undefined) return [{ kind: "image" }];
  const [kind, place] = Object.entries(asObject(asObject(part?.Mention)?.uri) ?? {})[0] ?? [];
  const path = asText(asObject(place)?.abs_path);
  return kind === undefined ? [] : [{ kind: kind.toLowerCase(), ...path !== undefined && { path } }];
}

/** What the requests of a thread used beside those that are told with answers. */
function remainderOf(sum: JsonObject | undefined, told: readonly Metrics[]): Metrics | undefined {
  const metrics = { ...metricsOf(sum) };
  for (const part of told) {
    for (const [name, count] of Object.entries(part) as [keyof Metrics, number][]) {
      metrics[name] = Math.max(0, (metrics[name] ?? 0) - count);
    }
  }
  return Object.values(metrics).some((count) => count > 0) ? metrics : undefined;
}

function metricsOf(usage: JsonObject | undefined): Metrics | undefined {
  if (usage === undefined) return undefined;
  return compact({
    inputTokens: asCount(usage.input_tokens),
    outputTokens: asCount(usage.output_tokens),
    cacheReadTokens: asCount(usage.cache_read_input_tokens),
    cacheWriteTokens: asCount(usage.cache_creation_input_tokens),
  });
}
