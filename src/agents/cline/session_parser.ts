/**
 * Reads the sessions of Cline's SDK: messages with ids, times and numbers. What a sub-agent said, or a member of a team,
 * lies in a file of its own beside those of the session that started it (cline/cline
 * `sdk/packages/core/src/session/session-artifacts.ts`).
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { tellMessage } from "../blocks.ts";
import { Conversation, keyOf } from "../conversation.ts";
import { RepeatedKeys } from "../repeated_keys.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";
import { metricsOfMessage } from "./metrics.ts";
import { typed } from "./model_texts.ts";
import { sessionName } from "./names.ts";
import { TOOLS } from "./tools.ts";

/** The parser of one session. */
export class ClineSessionParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #facts: JsonObject | undefined;
  /** The session that its folder is of. */
  readonly #root: string;
  /** What its file is called by: the session, or one of its agents. */
  readonly #name: string;
  readonly #keys = new RepeatedKeys();
  #position = 0;

  constructor({ relativePath, companions = {} }: SourceInfo, emit: (event: EventDraft) => void) {
    this.#root = relativePath.split("/").at(-2) ?? relativePath;
    this.#name = sessionName(relativePath);
    this.#facts = asObject(companions[`${this.#root}.json`]);
    // A fork of a session has the same messages, and their times.
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "hour", openCalls: 256 }, this.#root);
  }

  record(session: JsonObject): RecordOutcome {
    const messages = asList(session.messages)?.map(asObject);
    if (messages === undefined) return { unknown: "session:shape" };
    const metadata = asObject(this.#facts?.metadata);
    const isRoot = this.#name === this.#root;
    this.#conversation.set({
      // An agent's file names the session that started it.
      sessionId: isRoot ? asText(session.sessionId) : this.#agentSession(),
      parentSessionId: isRoot
        ? asText(this.#facts?.parent_session_id) ?? asText(asObject(metadata?.fork)?.forkedFromSessionId)
        : this.#root,
      workspace: asText(this.#facts?.cwd) ?? asText(this.#facts?.workspace_root),
      model: asText(this.#facts?.model),
    });
    const begin = asInstant(this.#facts?.started_at) ?? asInstant(this.#facts?.created_at);
    let unknown: RecordOutcome;
    for (const [index, message] of messages.entries()) {
      // One that has no time has that of the next one, which a copy has, too.
      const rest = [...messages.slice(index), ...messages.slice(0, index).toReversed()];
      const timestamp = rest.map((other) => asCount(other?.ts)).find((time) => time !== undefined) ?? begin;
      if (message === undefined || timestamp === undefined) {
        unknown = { unknown: "message:no-time" };
        continue;
      }
      if (!this.#conversation.hasStart) {
        this.#conversation.start({ timestamp, position: 0 }, {
          title: isRoot ? asText(metadata?.title) : undefined,
          source: asText(this.#facts?.source),
        });
      }
      unknown = this.#message(message, timestamp) ?? unknown;
    }
    return unknown;
  }

  flush(): void {
    this.#conversation.flush();
  }

  #message(message: JsonObject, timestamp: number): RecordOutcome {
    const { role, content } = message;
    const key = asText(message.id) ??
      this.#keys.next(keyOf(timestamp, String(role), JSON.stringify(content ?? null)));
    const place = {
      timestamp,
      position: ++this.#position,
      model: asText(asObject(message.modelInfo)?.id),
      metrics: metricsOfMessage(asObject(message.metrics)),
    };
    return tellMessage(this.#conversation, {
      role,
      content,
      // Ids are counted up by each agent, from the time at which it began.
      key: this.#name === this.#root ? key : `${this.#agentSession()}:${key}`,
      place,
      typed,
    });
  }

  /** The session that an agent is, named as Cline names it. */
  #agentSession(): string {
    return `${this.#root}__${this.#name}`;
  }
}
