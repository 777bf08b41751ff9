/**
 * What each kind of record means. Kinds that stand in none of these tables are kept as not understood.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { asObject, asText } from "../values.ts";
import type { Conversation } from "./conversation.ts";
import type { Call } from "./open_calls.ts";
import { readParts, readShellEscape, readText } from "./texts.ts";

/** Takes the payload of one kind of record. */
export type Taker = (thread: Conversation, payload: JsonObject) => void;

/**
 * For kinds that are known and make no event: what they tell is told elsewhere, or is of no use to a reader.
 */
const ignore: Taker = () => {};

/** The lines beside the conversation, by `type`. */
export const LINES: ReadonlyMap<unknown, Taker> = new Map<unknown, Taker>([
  ["turn_context", (thread, context) => thread.takeContext(context)],
  ["compacted", (thread, { message, window_id }) => {
    thread.takeInteraction("compact", asText(message), asText(window_id));
  }],
  ["world_state", ignore],
  // `token_count` tells the same.
  ["token_usage_record", ignore],
  ["inter_agent_communication", ignore],
  ["inter_agent_communication_metadata", ignore],
]);

/** The model's history, by `payload.type`. */
export const ITEMS: ReadonlyMap<unknown, Taker> = new Map<unknown, Taker>([
  ["message", takeMessage],
  ["reasoning", (thread, { summary, content }) => {
    thread.responses.takeReasoning(readParts(summary, content), "item");
  }],
  ["function_call", (thread, { namespace, name, arguments: input, call_id }) => {
    const tool = [asText(namespace), asText(name) ?? "unknown"].filter((part) => part !== undefined).join(
      ".",
    );
    takeCall(thread, { tool, input, callId: call_id });
  }],
  ["custom_tool_call", (thread, { name, input, call_id }) => {
    takeCall(thread, { tool: asText(name) ?? "unknown", input, callId: call_id });
  }],
  ["local_shell_call", (thread, { id, call_id, action }) => {
    takeCall(thread, { tool: "local_shell", input: action, callId: call_id ?? id });
  }],
  ["tool_search_call", (thread, { call_id, arguments: input }) => {
    takeCall(thread, { tool: "tool_search", input, callId: call_id });
  }],
  ["web_search_call", (thread, { id, action }) => {
    takeCall(thread, { tool: "web_search", input: action, ownId: id });
  }],
  ["image_generation_call", (thread, { id, revised_prompt: prompt }) => {
    takeCall(thread, { tool: "image_generation", input: { prompt }, ownId: id });
  }],
  ["function_call_output", takeOutput],
  ["custom_tool_call_output", takeOutput],
  ["tool_search_output", (thread, { call_id, tools }) => {
    takeOutput(thread, { call_id, output: JSON.stringify(tools ?? null) });
  }],
  ["agent_message", (thread, { content }) => {
    // A sub-agent gets its prompts from another agent; the others are told what a sub-agent found.
    if (!thread.hasParent) return;
    thread.responses.endTurn();
    thread.prompts.takeMail(content);
  }],
  ["ghost_snapshot", ignore],
  ["compaction", ignore],
  ["compaction_summary", ignore],
  ["compaction_trigger", ignore],
  ["context_compaction", ignore],
  ["additional_tools", ignore],
  ["configuration_update", ignore],
]);

/**
 * The kinds that tell what was said, of both families. A turn that was taken over from another agent has none
 * but these, its beginning, its end and a count of no tokens.
 */
export const SAID: ReadonlySet<unknown> = new Set([
  "message",
  "user_message",
  "agent_message",
  "item_completed",
]);

/** The events for the screen, by `payload.type`. */
export const EVENTS: ReadonlyMap<unknown, Taker> = new Map<unknown, Taker>([
  ["token_count", (thread, { info }) => thread.takeTokens(asObject(info) ?? {})],
  ["user_message", (thread, event) => {
    thread.responses.endTurn();
    thread.prompts.takeEvent(event);
  }],
  ["agent_message", (thread, { message }) => thread.responses.takeMessage(asText(message) ?? "", "event")],
  ["agent_reasoning", takeReasoningEvent],
  ["agent_reasoning_raw_content", takeReasoningEvent],
  ["item_completed", (thread, { item }) => takeCompleted(thread, asObject(item) ?? {})],
  ["task_started", takeTurnStart],
  ["turn_started", takeTurnStart],
  ["task_complete", (thread, { error }) => thread.takeTurnEnd(error)],
  ["turn_complete", (thread, { error }) => thread.takeTurnEnd(error)],
  ["turn_aborted", (thread, { reason, turn_id }) => thread.takeCancel(reason, turn_id)],
  ["thread_rolled_back", (thread, { num_turns: turns }) => {
    thread.takeInteraction("rewind", typeof turns === "number" ? `turns: ${turns}` : undefined);
  }],
  ["undo_completed", (thread, { message }) => thread.takeInteraction("undo", asText(message))],
  ["error", (thread, event) => thread.takeError(asObject(event.error) ?? event)],
  ["stream_error", (thread, event) => thread.takeError(event)],
  ["thread_name_updated", (thread, { thread_id, thread_name }) => thread.takeTitle(thread_id, thread_name)],
  ["exec_command_end", takeCallEnd],
  ["mcp_tool_call_end", takeCallEnd],
  ["patch_apply_end", takeCallEnd],
  ["collab_agent_interaction_end", ignore],
  ["collab_agent_spawn_end", ignore],
  ["collab_close_end", ignore],
  ["collab_resume_end", ignore],
  ["collab_waiting_end", ignore],
  // `compacted` tells it.
  ["context_compacted", ignore],
  ["dynamic_tool_call_request", ignore],
  ["dynamic_tool_call_response", ignore],
  ["entered_review_mode", ignore],
  ["exited_review_mode", ignore],
  ["guardian_assessment", ignore],
  ["image_generation_end", ignore],
  ["sub_agent_activity", ignore],
  ["thread_goal_updated", ignore],
  ["thread_settings_applied", ignore],
  ["view_image_tool_call", ignore],
  ["web_search_end", ignore],
]);

function takeMessage(thread: Conversation, { role, content }: JsonObject): void {
  if (role === "assistant") return thread.responses.takeMessage(readText(content), "item");
  if (role !== "user") return;
  const command = readShellEscape(content);
  if (command !== undefined) return thread.takeInteraction("shell_command", command);
  // The key of what ends comes before that of the prompt.
  if (thread.prompts.counts(content)) {
    thread.responses.endTurn();
    thread.prompts.takeItem(content);
  }
}

function takeCall(thread: Conversation, call: Call): void {
  thread.responses.takeToolCall();
  thread.calls.take(call);
}

function takeOutput(thread: Conversation, { call_id, output }: JsonObject): void {
  thread.responses.takeToolOutput();
  thread.calls.takeOutput(call_id, output);
}

function takeReasoningEvent(thread: Conversation, { text }: JsonObject): void {
  thread.responses.takeReasoning(readParts([text]), "event");
}

/** Items as the screen shows them: they stand for single events since 0.147. */
function takeCompleted(thread: Conversation, item: JsonObject): void {
  switch (item.type) {
    case "UserMessage":
      thread.responses.endTurn();
      return thread.prompts.takeCompleted(item.content);
    case "AgentMessage":
      return thread.responses.takeMessage(readText(item.content), "event");
    case "Reasoning":
      return thread.responses.takeReasoning(readParts(item.summary_text, item.raw_content), "event");
  }
  thread.calls.takeEnd(item.id, item);
}

function takeTurnStart(thread: Conversation, event: JsonObject): void {
  thread.responses.endTurn();
  thread.takeTurn(event);
}

function takeCallEnd(thread: Conversation, event: JsonObject): void {
  thread.calls.takeEnd(event.call_id, event);
}
