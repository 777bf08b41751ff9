/**
 * What is where in `agent-traces.db`, in which the Copilot extension keeps what it traced (OpenTelemetry) if the user asks for
 * that: a row in `spans` for each call of a model, a tool or an agent once it has ended, more of it in `span_attributes`. When
 * an editor starts, what is older than seven days is deleted, and all but the last hundred conversations, of which a helper's
 * call is one.
 *
 * It is read for what models used of which no session says it, not for a second copy of the sessions:
 *
 * - A request of a session may take many calls. The session has the numbers of the last one alone, so those before it are told.
 * - A call of an agent below the session, and one of the extension's own (a title, a summary), is told: no session has it.
 * - The Copilot CLI and Claude run in the editor too, are traced beside it, and write histories of their own: not told.
 *
 * For what a call was made is known once that has ended, too; the trace is read again then. There are prompts, answers and
 * results among the attributes: they are not looked at.
 *
 * From microsoft/vscode-copilot-chat `src/platform/otel/node/sqlite/otelSqliteStore.ts`,
 * `src/extension/prompt/node/chatMLFetcher.ts` and `src/extension/byok/vscode-node/anthropicProvider.ts`; measured on a database
 * of 2026.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import type { Database, DatabaseConversation, DatabaseLayout, DatabaseRow } from "../database.ts";
import { asCount, asText } from "../values.ts";
import { CACHE_WRITE, FINISH_REASONS, PARENT_SESSION } from "./names.ts";

const SPANS = "spans";
const ATTRIBUTES = "span_attributes";
/** A trace is what is read at once. */
const TRACE = "trace_id";
const AGENT = "invoke_agent";
/** The agent that answers in the chat; others have other names. */
const CHAT_AGENT = "GitHub Copilot Chat";

/** The attributes that are read. */
const NEEDED: ReadonlySet<string> = new Set([CACHE_WRITE, FINISH_REASONS, PARENT_SESSION]);

/** What was done: a call of a model, a tool or an agent. */
interface Span {
  readonly row: JsonObject;
  /** Of an agent, and of a call of a model that used something. */
  readonly attributes: JsonObject;
}

/** A trace is told as the calls in it that no session tells, each as `{ span, attributes }`, in the order of their beginning. */
export const COPILOT_TRACES: DatabaseLayout = {
  forgets: true,

  conversations(database: Database): Iterable<DatabaseConversation> {
    const ends = new Map<string, number>();
    for (const row of database.rows(SPANS)) {
      const key = traceOf(row);
      if (key !== undefined) {
        ends.set(key, Math.max(ends.get(key) ?? 0, asCount(row.get("end_time_ms")) ?? 0));
      }
    }
    return Array.from(ends, ([key, changedAt]) => ({ key, changedAt }));
  },

  members: [{ table: SPANS, conversationOf: traceOf }],

  *records(database: Database, key: string): Iterable<readonly [string, JsonObject]> {
    const spans = Array.from(database.rowsWhere(SPANS, TRACE, key), (row): Span => {
      const span = row.all();
      const isNeeded = isAnswered(span) || span.operation_name === AGENT;
      return { row: span, attributes: isNeeded ? attributesOf(database, span.span_id) : {} };
    });
    for (const { row, attributes } of toldNowhereElse(spans)) {
      yield [`span:${asText(row.span_id)}`, { span: row, attributes }];
    }
  },
};

function traceOf(row: DatabaseRow): string | undefined {
  return asText(row.get(TRACE));
}

/** A call of a model that used something. */
function isAnswered({ operation_name, input_tokens, output_tokens }: JsonObject): boolean {
  return operation_name === "chat" && (input_tokens ?? output_tokens ?? null) !== null;
}

function attributesOf(database: Database, span: unknown): JsonObject {
  const attributes: Record<string, unknown> = {};
  for (const row of database.rowsWhere(ATTRIBUTES, "span_id", asText(span) ?? "")) {
    const name = row.get("key");
    if (typeof name === "string" && NEEDED.has(name)) attributes[name] = row.get("value");
  }
  return attributes;
}

/** The calls of one trace that are to be told. */
function toldNowhereElse(spans: readonly Span[]): readonly Span[] {
  const byId = new Map(spans.map((span) => [span.row.span_id, span]));
  const calls = spans.filter(({ row }) => isAnswered(row)).map((call) => withSession(call, byId))
    .toSorted((a, b) => beginningOf(a) - beginningOf(b));
  /** Of the calls for the same, the last one, whose numbers the session has. */
  const known = new Map(calls.filter(isOfSession).map((call) => [call.row.parent_span_id, call]));
  return calls.filter((call) => {
    const above = aboveIt(call, byId);
    const top = above?.at(-1);
    if (top === undefined) return above !== undefined && asText(call.row.chat_session_id) === undefined;
    const isOfChat = top.row.operation_name === AGENT && top.row.agent_name === CHAT_AGENT;
    return isOfChat && (above!.length > 1 || known.get(top.row.span_id) !== call);
  });
}

/** A call of a model that the user has a key for (Anthropic, Gemini) names no session: it has that of its agent. */
function withSession(call: Span, byId: ReadonlyMap<unknown, Span>): Span {
  const agent = byId.get(call.row.parent_span_id);
  const namesOne = asText(call.row.chat_session_id) ?? asText(call.attributes[PARENT_SESSION]);
  if (namesOne !== undefined || agent?.row.operation_name !== AGENT) return call;
  return {
    row: { ...call.row, chat_session_id: agent.row.chat_session_id ?? agent.row.conversation_id },
    attributes: { ...call.attributes, [PARENT_SESSION]: agent.attributes[PARENT_SESSION] },
  };
}

/** What a call was made for, and what that was done for, and so on; `undefined` if not all of it has ended. */
function aboveIt(call: Span, byId: ReadonlyMap<unknown, Span>): readonly Span[] | undefined {
  const above: Span[] = [];
  for (let { row } = call; asText(row.parent_span_id) !== undefined; row = above.at(-1)!.row) {
    const next = byId.get(row.parent_span_id);
    if (next === undefined || above.includes(next)) return undefined;
    above.push(next);
  }
  return above;
}

/** Whether it is a call of a session itself, not of an agent below it and not the extension's own. */
function isOfSession({ row, attributes }: Span): boolean {
  return asText(row.chat_session_id) !== undefined && asText(attributes[PARENT_SESSION]) === undefined;
}

function beginningOf({ row }: Span): number {
  return asCount(row.start_time_ms) ?? 0;
}
