/**
 * Reads the `.chat` files of Kiro until early 2026: what went to the model in one step of a turn, and what came back,
 * `{ executionId, chat: [{ role: human | bot | tool, content }], metadata: { modelId, workflowId, startTime, endTime } }`, times
 * in ms. Seen in kenn-io/agentsview `internal/parser/kiro_ide.go` and getagentseal/codeburn `src/providers/kiro.ts`.
 *
 * A turn has many: each has all that was said before it, in this turn and in those before. Told is the turn that it is of,
 * which begins with the last message that was typed; those before have their own. Calls are not told: of most there is only
 * what they gave, without a name or an id.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation } from "../conversation.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { listedSessions, workspaceNamed } from "./session_lists.ts";
import { KIRO_TOOLS, typedToModel } from "./texts.ts";
import { answerKey, BETWEEN_PARTS, promptKey } from "./turn.ts";

const ROLES: ReadonlySet<unknown> = new Set(["human", "bot", "tool"]);

/** What Kiro has the model say to its instructions. */
const ASSENT = "I will follow these instructions.";

/** The parser of one chat. */
export class KiroChatParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #madeAt: number;

  constructor(source: SourceInfo, emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: KIRO_TOOLS, anchor: "agent" }, "");
    const [folder = ""] = source.relativePath.split("/");
    this.#conversation.set({ workspace: workspaceNamed(folder, listedSessions(source)) });
    this.#madeAt = source.madeAt ?? 0;
  }

  record(record: JsonObject): RecordOutcome {
    const messages = asList(record.chat)?.map(asObject);
    const turn = asText(record.executionId);
    if (messages === undefined || turn === undefined) return { unknown: "chat:shape" };
    const facts = asObject(record.metadata);
    // It does not name the session. Where that is told too, its prompt and the answer of its execution are shown.
    this.#conversation.set({ sessionId: asText(facts?.workflowId) ?? turn, model: asText(facts?.modelId) });
    const began = asCount(facts?.startTime) || this.#madeAt;
    const first = messages.findLastIndex((message) => promptIn(message) !== undefined);
    const prompt = promptIn(messages[first]);
    if (prompt !== undefined) {
      this.#conversation.add(promptKey(turn), { timestamp: began, position: 0 }, {
        type: "llm_request",
        data: { prompt },
      });
    }
    const parts = messages.slice(first + 1).map(answerIn).filter((text) => text !== undefined);
    const ended = asCount(facts?.endTime) || began;
    for (const [index, text] of parts.entries()) {
      this.#conversation.answer(answerKey(turn), { timestamp: ended, position: 1 }, {
        text: index === 0 ? text : BETWEEN_PARTS + text,
      });
    }
    const stranger = messages.findIndex((message) => !ROLES.has(message?.role));
    return stranger === -1 ? undefined : { unknown: `role:${asText(messages[stranger]?.role) ?? "none"}` };
  }

  flush(): void {
    this.#conversation.flush();
  }
}

function promptIn(message: JsonObject | undefined): string | undefined {
  return message?.role === "human" ? typedToModel(textOf(message)) : undefined;
}

function answerIn(message: JsonObject | undefined): string | undefined {
  const text = message?.role === "bot" ? textOf(message)?.trim() : undefined;
  return text === ASSENT ? undefined : asText(text);
}

/** A text, or blocks of it. */
function textOf({ content }: JsonObject): string | undefined {
  return asText(resultOf(content));
}
