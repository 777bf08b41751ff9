/**
 * Reads the executions of Kiro until mid 2026, a document for each turn: what was said and done in it. What was asked stands
 * in the session.
 *
 * `{ executionId, chatSessionId, status, startTime: ms, actions, context }`; there is no documentation by the vendor, the shapes
 * are those that readers of it name. It counts credits, no tokens.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { callOf, isSilent, outcomeOf } from "./actions.ts";
import { stepsOfLastTurn } from "./context_turn.ts";
import { type ListedSession, listedSessions, workspaceNamed } from "./session_lists.ts";
import { KIRO_TOOLS } from "./texts.ts";
import { answerKey, BETWEEN_PARTS, callKey } from "./turn.ts";

/** The parser of one execution. */
export class KiroExecutionParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #sessions: readonly ListedSession[];
  readonly #folder: string;
  readonly #madeAt: number;
  #turn = "";
  /** Whether something was said, and something thought. */
  #parts = { text: false, reasoning: false };

  constructor(source: SourceInfo, emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: KIRO_TOOLS, anchor: "agent", openCalls: 256 }, "");
    this.#sessions = listedSessions(source);
    this.#folder = source.relativePath.split("/")[0] ?? "";
    this.#madeAt = source.madeAt ?? 0;
  }

  record(record: JsonObject): RecordOutcome {
    const turn = asText(record.executionId);
    if (turn === undefined) return { unknown: "execution:shape" };
    this.#turn = turn;
    this.#parts = { text: false, reasoning: false };
    const sessionId = asText(record.chatSessionId) ?? turn;
    this.#conversation.set({
      sessionId,
      workspace: this.#sessions.find(({ id }) => id === sessionId)?.workspace ??
        workspaceNamed(this.#folder, this.#sessions),
    });
    const began = asCount(record.startTime) || this.#madeAt;
    const actions = asList(record.actions) ?? [];
    if (actions.length > 0) {
      return actions.map((action, index) => this.#action(asObject(action), began, index))
        .find((outcome) => outcome !== undefined);
    }
    // While it runs, this is of the turn before.
    if (record.status !== "running") this.#tellContext(record.context, began);
    return undefined;
  }

  flush(): void {
    this.#conversation.flush();
  }

  #action(action: JsonObject | undefined, began: number, position: number): RecordOutcome {
    const type = asText(action?.actionType) ?? "none";
    const id = asText(action?.actionId);
    if (action === undefined || id === undefined) return { unknown: `action:${type}` };
    const place = { timestamp: asCount(action.emittedAt) || began, position };
    const said = asText(asObject(action.output)?.message);
    switch (type) {
      case "say":
        if (said !== undefined) this.#answer("text", said, place);
        return undefined;
      case "reasoning":
        if (said !== undefined) this.#answer("reasoning", said, place);
        return undefined;
      case "displayError":
        this.#conversation.add(callKey(this.#turn, id), place, {
          type: "error_encountered",
          data: { message: asText(action.errorMessage) ?? said ?? "" },
        });
        return undefined;
    }
    const call = callOf(type, action);
    if (call === undefined) return isSilent(type) ? undefined : { unknown: `action:${type}` };
    const key = callKey(this.#turn, id);
    this.#conversation.call(key, place, call);
    const outcome = outcomeOf(action);
    if (outcome !== undefined) this.#conversation.result(key, outcome);
    return undefined;
  }

  #tellContext(context: unknown, timestamp: number): void {
    for (const [position, step] of stepsOfLastTurn(context).entries()) {
      const place = { timestamp, position };
      switch (step.kind) {
        case "said":
          this.#answer("text", step.text, place);
          break;
        case "called": {
          const { id, tool, args } = step;
          this.#conversation.call(callKey(this.#turn, id), place, { tool, args });
          break;
        }
        case "gave":
          this.#conversation.result(callKey(this.#turn, step.id), step);
      }
    }
  }

  /** All that is said in a turn is one answer: the session has one for it. */
  #answer(name: "text" | "reasoning", part: string, place: Place): void {
    const text = this.#parts[name] ? BETWEEN_PARTS + part : part;
    this.#parts[name] = true;
    this.#conversation.answer(answerKey(this.#turn), place, { [name]: text });
  }
}
