/**
 * Reads the sessions of Kiro before mid 2026: a document each. It has what was asked, and of most answers only that one is
 * under way: what was said and done stands in the execution that the answer names. No message has a time: all have that of
 * their session in the list of sessions, or that when the file was made.
 *
 * There is no documentation by the vendor; the shapes are those that readers of it name.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { Conversation } from "../conversation.ts";
import { asList, asObject, asText } from "../values.ts";
import { listedSessions } from "./session_lists.ts";
import { KIRO_TOOLS, typedIn } from "./texts.ts";
import { answerKey, promptKey } from "./turn.ts";

/** What Kiro itself writes in the place of an answer. */
const STUB = "On it.";

/** A message of a session. */
interface Message {
  readonly role: unknown;
  readonly id?: string;
  readonly text?: string;
  /** The execution that an answer is of. */
  readonly turn?: string;
}

/** The parser of one session. */
export class KiroSpineParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #time: number;

  constructor(source: SourceInfo, emit: (event: EventDraft) => void) {
    const session = source.relativePath.replace(/^.*\/|\.json$/g, "");
    const listed = listedSessions(source).find(({ id }) => id === session);
    this.#conversation = new Conversation(emit, { tools: KIRO_TOOLS, anchor: "agent" }, session);
    this.#conversation.set({ workspace: listed?.workspace });
    this.#time = listed?.created ?? source.madeAt ?? 0;
  }

  record(record: JsonObject): RecordOutcome {
    const history = asList(record.history);
    if (history === undefined) return { unknown: "session:shape" };
    if (history.length === 0) return undefined;
    this.#conversation.set({
      sessionId: asText(record.sessionId),
      workspace: asText(record.workspaceDirectory),
    });
    this.#conversation.start({ timestamp: this.#time, position: 0 }, { title: asText(record.title) });
    const told = new Set<string>();
    const messages = history.map(messageIn);
    const outcomes = messages.map((message, index) =>
      this.#tell(message, messages[index + 1], index + 1, told)
    );
    return outcomes.find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  #tell(message: Message, next: Message | undefined, position: number, told: Set<string>): RecordOutcome {
    const { role, id, text, turn } = message;
    const own = `${this.#conversation.surroundings.sessionId}:${id ?? `message:${position}`}`;
    /** The first of its kind in a turn is what the turn's other files tell, too. */
    const keyOf = (shared: string | undefined) => {
      if (shared === undefined || told.has(shared)) return own;
      told.add(shared);
      return shared;
    };
    const place = { timestamp: this.#time, position };
    switch (role) {
      case "user": {
        const prompt = typedIn(text);
        if (prompt === undefined) return undefined;
        const asked = next?.role === "assistant" ? next.turn : undefined;
        const key = keyOf(asked && promptKey(asked));
        this.#conversation.add(key, place, { type: "llm_request", data: { prompt } });
        return undefined;
      }
      case "assistant":
        if (turn !== undefined && (text === undefined || text === STUB)) return undefined;
        this.#conversation.add(keyOf(turn && answerKey(turn)), place, {
          type: "llm_response",
          data: { text },
        });
        return undefined;
      default:
        return { unknown: `role:${asText(role) ?? "none"}` };
    }
  }
}

/** An answer names its execution beside the message, or in a block of it. */
function messageIn(entry: unknown): Message {
  const { message, executionId } = asObject(entry) ?? {};
  const { role, id, content } = asObject(message) ?? {};
  const blocks = (asList(content) ?? []).map(asObject);
  const named = blocks.find((block) => block?.type === "executionLog");
  return {
    role,
    id: asText(id),
    text: asText(content) ?? asText(resultOf(blocks.filter((block) => block !== named))),
    turn: asText(executionId) ?? asText(named?.text),
  };
}
