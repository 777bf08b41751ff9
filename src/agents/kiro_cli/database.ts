/**
 * Reads the conversations of Amazon Q CLI, and of Kiro CLI before 2.0, which it became: one JSON each, in a database. From
 * aws/amazon-q-developer-cli `crates/chat-cli/src/cli/chat/{conversation,message}.rs` and `crates/chat-cli/src/database`.
 *
 * Amazon Q keeps the last conversation of each folder and no other. Prompts have a time; what follows has that of the
 * request, where it is said, else that of its prompt.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import type { Database, DatabaseLayout, DatabaseRow } from "../database.ts";
import { fromJson } from "../json_text.ts";
import { RepeatedKeys } from "../repeated_keys.ts";
import { textOfValue, timeOfValue } from "../row_values.ts";
import type { ToolKind, ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  fs_read: "read",
  fs_write: "write",
  execute_bash: "command",
  execute_cmd: "command",
};

const TABLES = ["conversations", "conversations_v2"] as const;
/** What a name of a conversation begins with that has no id of its own: it is that of its folder. */
const FOLDER = "folder:";

/** What the databases hold. */
export const KIRO_DATABASE: DatabaseLayout = {
  // The next conversation in a folder takes the place of the last one.
  forgets: true,

  *conversations(database: Database) {
    for (const table of TABLES) {
      for (const row of database.rows(table)) {
        const key = conversationOf(row);
        if (key !== undefined) yield { key, changedAt: timeOfValue(row.get("updated_at")) };
      }
    }
  },

  members: TABLES.map((table) => ({ table, conversationOf })),

  *records(database: Database, key: string) {
    const rows = key.startsWith(FOLDER)
      ? [...database.rowsWhere("conversations", "key", key.slice(FOLDER.length))]
      : [...database.rowsWhere("conversations_v2", "conversation_id", key)];
    // A conversation that was taken on in another folder stands under both.
    const [row] = rows.toSorted((a, b) => updatedAt(b) - updatedAt(a));
    if (row === undefined) return;
    const { value, ...facts } = row.all();
    yield [`conversation:${key}`, { facts, conversation: fromJson(value) }];
  },
};

function conversationOf(row: DatabaseRow): string | undefined {
  const key = textOfValue(row.get("key"));
  return textOfValue(row.get("conversation_id")) ?? (key === undefined ? undefined : FOLDER + key);
}

function updatedAt(row: DatabaseRow): number {
  return timeOfValue(row.get("updated_at")) ?? 0;
}

/** The parser of one conversation. */
export class KiroDatabaseParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #madeAt: number | undefined;
  readonly #keys = new RepeatedKeys();
  #position = 0;
  /** The last that was written; old versions write none. */
  #time: number | undefined;

  constructor({ madeAt }: SourceInfo, emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session", openCalls: 256 }, "");
    this.#madeAt = madeAt;
  }

  record(record: JsonObject): RecordOutcome {
    const facts = asObject(record.facts);
    const conversation = asObject(record.conversation);
    const id = asText(facts?.conversation_id) ?? asText(conversation?.conversation_id);
    const history = asList(conversation?.history);
    if (conversation === undefined || id === undefined || history === undefined) {
      return { unknown: "conversation:shape" };
    }
    const model = asText(asObject(conversation.model_info)?.model_id) ?? asText(conversation.model);
    this.#conversation.set({ sessionId: id, workspace: asText(facts?.key), model });
    this.#time = timeOfValue(facts?.created_at);
    return history.map((entry) => this.#turn(entry)).find((outcome) => outcome !== undefined);
  }

  flush(): void {
    this.#conversation.flush();
  }

  #turn(entry: unknown): RecordOutcome {
    // Old versions have a pair in place of the names.
    const [first, second] = asList(entry) ?? [];
    const turn = asObject(entry);
    const user = asObject(turn?.user ?? first);
    const metadata = asObject(turn?.request_metadata);
    const answer = answerOf(asObject(turn?.assistant ?? second));
    const started = asCount(metadata?.request_start_timestamp_ms);
    this.#time = asInstant(user?.timestamp) ?? started ?? this.#time;
    const timestamp = this.#time ?? this.#madeAt;
    if (user === undefined || timestamp === undefined) return { unknown: "turn:shape" };
    const place: Place = { timestamp, position: ++this.#position };
    if (!this.#conversation.hasStart) this.#conversation.start({ ...place, position: 0 }, {});
    const asked = this.#said(user, answer?.id, place);
    return asked ?? this.#answered(answer, asCount(metadata?.stream_end_timestamp_ms), place, metadata);
  }

  #said(user: JsonObject, answerId: string | undefined, place: Place): RecordOutcome {
    const content = asObject(user.content);
    const [kind, held] = Object.entries(content ?? {})[0] ?? [];
    if (kind === undefined) return { unknown: "user:shape" };
    const prompt = asText(asObject(held)?.prompt) ?? (kind === "Prompt" ? asText(held) : undefined);
    if (prompt !== undefined) {
      const key = answerId === undefined ? this.#keyOf("prompt", prompt) : `prompt:${answerId}`;
      this.#conversation.add(key, place, { type: "llm_request", data: { prompt } });
    }
    const results = asList(asObject(held)?.tool_use_results) ?? [];
    const unknown = results.map((result) => this.#result(asObject(result))).find((outcome) => outcome);
    return ["Prompt", "ToolUseResults", "CancelledToolUses"].includes(kind)
      ? unknown
      : { unknown: `user:${kind}` };
  }

  #answered(
    answer: Answer | undefined,
    end: number | undefined,
    place: Place,
    metadata: JsonObject | undefined,
  ): RecordOutcome {
    if (answer === undefined) return { unknown: "assistant:shape" };
    const { content, calls } = answer;
    const key = answer.id ?? this.#keyOf("answer", content ?? "");
    const model = asText(metadata?.model_id);
    const durationMs = end === undefined ? undefined : Math.max(0, end - place.timestamp);
    this.#conversation.add(
      key,
      { ...place, model, metrics: durationMs === undefined ? {} : { durationMs } },
      {
        type: "llm_response",
        data: { text: content },
      },
    );
    for (const [index, call] of calls.entries()) {
      const tool = asText(call?.name);
      if (tool === undefined) return { unknown: "assistant:tool_uses" };
      const callId = asText(call?.id);
      const args = call?.orig_args ?? call?.args;
      this.#conversation.call(callId ?? `${key}:${index}`, { ...place, model }, {
        tool,
        callId,
        args,
        ...kindOf(tool, args),
      });
    }
    return undefined;
  }

  /** A key for what has no id: its text, its time, and how often it was there before. */
  #keyOf(kind: string, text: string): string {
    return this.#keys.next(`${kind}:${this.#time ?? ""}:${hashText(text)}`);
  }

  #result(result: JsonObject | undefined): RecordOutcome {
    const callId = asText(result?.tool_use_id);
    const [block] = asList(result?.content)?.map(asObject) ?? [];
    const json = asObject(block?.Json);
    const exitCode = /^\d+$/.exec(String(json?.exit_status ?? ""))?.[0];
    const isKnown = callId !== undefined && this.#conversation.result(callId, {
      result: asText(block?.Text) ?? asText(json?.stdout) ?? block?.Json,
      isError: result?.status === "Error",
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
    });
    return isKnown ? undefined : { unknown: "result:without-call" };
  }
}

/** What the model said. */
interface Answer {
  readonly id?: string;
  readonly content?: string;
  readonly calls: readonly (JsonObject | undefined)[];
}

function answerOf(assistant: JsonObject | undefined): Answer | undefined {
  const held = asObject(assistant?.Response) ?? asObject(assistant?.ToolUse);
  if (held === undefined) return undefined;
  const id = asText(held.message_id);
  const content = asText(held.content);
  return {
    ...id !== undefined && { id },
    ...content !== undefined && { content },
    calls: (asList(held.tool_uses) ?? []).map(asObject),
  };
}

/** Its editor makes files and changes them, by a word in its arguments. */
function kindOf(tool: string, args: unknown): { readonly kind?: ToolKind } {
  const command = asText(asObject(args)?.command);
  return tool === "fs_write" && command !== undefined && command !== "create" ? { kind: "modify" } : {};
}
