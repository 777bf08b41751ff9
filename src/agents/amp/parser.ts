/**
 * Reads the threads of Amp: messages in blocks, numbered within their thread. Measured on two threads of early 2026.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { tellMessage } from "../blocks.ts";
import { Conversation } from "../conversation.ts";
import { pathOfUri } from "../copilot/uri.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read: "read",
  create_file: "write",
  edit_file: "modify",
  undo_edit: "modify",
  bash: "command",
};

/** The parser of one thread. */
export class AmpParser implements RecordParser {
  readonly #conversation: Conversation;

  constructor({ relativePath }: SourceInfo, emit: (event: EventDraft) => void) {
    const id = relativePath.replace(/\.json$/, "");
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session", openCalls: 256 }, id);
  }

  record(thread: JsonObject): RecordOutcome {
    const messages = asList(thread.messages)?.map(asObject);
    let time = asCount(thread.created);
    if (messages === undefined || time === undefined) return { unknown: "thread:shape" };
    const [tree] = asList(asObject(asObject(thread.env)?.initial)?.trees)?.map(asObject) ?? [];
    const repository = asObject(tree?.repository);
    this.#conversation.set({
      sessionId: asText(thread.id),
      workspace: pathOfUri(tree?.uri),
      repository: asText(repository?.url),
      branch: asText(repository?.ref)?.replace(/^refs\/heads\//, ""),
    });
    const data = { title: asText(thread.title), source: asText(thread.agentMode) };
    this.#conversation.start({ timestamp: time, position: 0 }, data);
    let unknown: RecordOutcome;
    for (const [index, message] of messages.entries()) {
      const id = asCount(message?.messageId);
      if (message === undefined || id === undefined) {
        unknown = { unknown: "message:shape" };
        continue;
      }
      const usage = asObject(message.usage);
      time = asCount(asObject(message.meta)?.sentAt) ?? asInstant(usage?.timestamp) ?? time;
      unknown = tellMessage(this.#conversation, {
        role: message.role,
        content: message.content,
        key: `message:${id}`,
        place: {
          timestamp: time,
          position: index + 1,
          model: asText(usage?.model),
          metrics: metricsOf(usage),
        },
        stopReason: asText(asObject(message.state)?.stopReason),
        outcome: outcomeOf,
      }) ?? unknown;
    }
    return unknown;
  }

  flush(): void {
    this.#conversation.flush();
  }
}

function outcomeOf(block: JsonObject): { readonly result?: unknown; readonly isError?: boolean } {
  const run = asObject(block.run);
  const status = asText(run?.status);
  const isOver = status === "done" || status === "error" || status === "cancelled" ||
    status === "rejected-by-user";
  return { result: run?.result ?? run?.error, isError: isOver ? status !== "done" : undefined };
}

function metricsOf(usage: JsonObject | undefined): Metrics | undefined {
  if (usage === undefined) return undefined;
  return compact({
    inputTokens: asCount(usage.inputTokens),
    outputTokens: asCount(usage.outputTokens),
    cacheReadTokens: asCount(usage.cacheReadInputTokens),
    cacheWriteTokens: asCount(usage.cacheCreationInputTokens),
  });
}
