/**
 * Reads the records of an agent that the user describes.
 *
 * @module
 */

import { type AgentMap, isPointer, type MapField, type RecordMeaning } from "../../config/agent_map.ts";
import { type EventDraft, METRIC_NAMES, type Metrics, type TypedData } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { compact, type ToolCall, type ToolKind } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

/** The types that are calls, by what they do. */
const CALLS: Readonly<Record<string, ToolKind | "other">> = {
  tool_use: "other",
  file_read: "read",
  file_write: "write",
  file_modify: "modify",
  command_execution: "command",
};

/** The parser of one source. */
export class OwnParser implements RecordParser {
  readonly #map: AgentMap;
  readonly #conversation: Conversation;

  constructor(
    map: AgentMap,
    { relativePath }: SourceInfo,
    emit: (event: EventDraft) => void,
    saved?: unknown,
  ) {
    this.#map = map;
    const sessionId = relativePath.replace(/^.*\/|\.[^./]+$/g, "");
    // Nobody knows whether such an agent copies records: an anchor of the session could change in a copy.
    this.#conversation = new Conversation(emit, { tools: {}, anchor: "hour" }, sessionId, saved);
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const meaning = this.#meaningOf(record);
    if (meaning === undefined) {
      return { unknown: `type:${asText(pointed(record, this.#map.type)) ?? "none"}` };
    }
    if (meaning === "ignore") return undefined;
    if (meaning === "result") return this.#result(record);
    const timestamp = instantOf(pointed(record, this.#map.timestamp));
    if (timestamp === undefined) return { unknown: "timestamp:none" };
    this.#conversation.set({
      sessionId: this.#text(record, "session"),
      parentSessionId: this.#text(record, "parentSession"),
      workspace: this.#text(record, "workspace"),
      repository: this.#text(record, "repository"),
      branch: this.#text(record, "branch"),
      model: this.#text(record, "model"),
      agentVersion: this.#text(record, "agentVersion"),
    });
    const id = this.#get(record, "id");
    // One id may stand in several records that belong together: of a request and its answer.
    const key = typeof id === "string" || typeof id === "number"
      ? `${meaning}:${id}`
      : keyOf(timestamp, meaning, JSON.stringify(record));
    const place = { timestamp, position, metrics: this.#metrics(record) };
    const kind = CALLS[meaning];
    if (kind !== undefined) return this.#call(record, kind, key, place);
    if (meaning === "session_start") {
      this.#conversation.start(place, {
        title: this.#text(record, "title"),
        source: this.#text(record, "source"),
      });
      return undefined;
    }
    this.#conversation.add(key, place, this.#typed(record, meaning));
    return undefined;
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return this.#conversation.save();
  }

  #meaningOf(record: JsonObject): RecordMeaning | undefined {
    const { type, types } = this.#map;
    if (!isPointer(type)) return type as RecordMeaning;
    const value = pointed(record, type);
    const name = typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";
    return Object.hasOwn(types, name) ? types[name] : undefined;
  }

  #typed(record: JsonObject, type: RecordMeaning): TypedData {
    switch (type) {
      case "llm_request":
        return { type, data: { prompt: this.#text(record, "prompt") ?? this.#text(record, "text") ?? "" } };
      case "llm_response":
        return {
          type,
          data: {
            text: this.#text(record, "text"),
            reasoning: this.#text(record, "reasoning"),
            stopReason: this.#text(record, "stopReason"),
          },
        };
      case "error_encountered":
        return {
          type,
          data: {
            message: this.#text(record, "message") ?? this.#text(record, "text") ?? "",
            code: this.#text(record, "code"),
          },
        };
      case "session_end":
        return { type, data: { reason: this.#text(record, "reason") } };
      default:
        return {
          type: "user_interaction",
          data: { action: this.#text(record, "action") ?? "other", text: this.#text(record, "text") },
        };
    }
  }

  #call(record: JsonObject, kind: ToolKind | "other", key: string, place: Place): RecordOutcome {
    const given = this.#get(record, "arguments");
    const named = compact({
      path: this.#text(record, "path"),
      content: this.#text(record, "content"),
      patch: this.#get(record, "patch"),
      command: this.#text(record, "command"),
      cwd: this.#text(record, "cwd"),
    });
    const args = Object.keys(named).length === 0 ? given : { ...asObject(given), ...named };
    const callId = this.#text(record, "callId");
    const name = callId ?? key;
    // There are agents that count calls from 1 in each session.
    this.#conversation.call(callId === undefined ? key : `${key}:${callId}`, place, {
      tool: this.#text(record, "tool") ?? kind,
      callId,
      args,
      kind,
    });
    const outcome = this.#outcome(record);
    if (Object.keys(outcome).length > 0) this.#conversation.result(name, outcome);
    return undefined;
  }

  /** What a call came to, in a record of its own. */
  #result(record: JsonObject): RecordOutcome {
    const callId = this.#text(record, "callId");
    const outcome = { ...this.#outcome(record), ...compact({ metrics: this.#metrics(record) }) };
    const isKnown = callId !== undefined && this.#conversation.result(callId, outcome);
    return isKnown ? undefined : { unknown: "result:without-call" };
  }

  #outcome(record: JsonObject): Pick<ToolCall, "result" | "isError" | "exitCode"> {
    const isError = this.#get(record, "isError");
    return compact({
      result: this.#get(record, "result"),
      isError: typeof isError === "boolean" ? isError : undefined,
      exitCode: asCount(this.#get(record, "exitCode")),
    });
  }

  #metrics(record: JsonObject): Metrics | undefined {
    const counts = Object.fromEntries(METRIC_NAMES.map((name) => [name, asCount(this.#get(record, name))]));
    const known = compact(counts) as Metrics;
    return Object.keys(known).length === 0 ? undefined : known;
  }

  #get(record: JsonObject, field: MapField): unknown {
    const pointer = this.#map[field];
    return pointer === undefined ? undefined : pointed(record, pointer);
  }

  #text(record: JsonObject, field: MapField): string | undefined {
    return textOf(this.#get(record, field));
  }
}

/** What a JSON pointer leads to, `undefined` if to nothing (RFC 6901). */
export function pointed(value: unknown, pointer: string): unknown {
  return pointer.split("/").slice(1).reduce((found: unknown, part) => {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    return typeof found === "object" && found !== null && Object.hasOwn(found, name)
      ? (found as Record<string, unknown>)[name]
      : undefined;
  }, value);
}

/** A value as a text: of a list of blocks their texts, of anything else but a text its JSON. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return asText(value);
  if (value === undefined || value === null) return undefined;
  const texts = asList(value)?.map((block) =>
    typeof block === "string" ? block : asText(asObject(block)?.text)
  );
  return texts?.every((text) => text !== undefined) === true
    ? asText(texts.join("\n"))
    : JSON.stringify(value);
}

/** The times that numbers can mean: seconds, milliseconds, microseconds or nanoseconds since the epoch, by their size. */
const UNITS = [[1e11, 1000], [1e14, 1], [1e17, 1e-3], [1e20, 1e-6]] as const;

/** An instant with its zone, or a number since the epoch, also as a text. */
function instantOf(value: unknown): number | undefined {
  const instant = asInstant(value);
  if (instant !== undefined) return instant;
  const number = typeof value === "string" && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : asCount(value);
  if (number === undefined) return undefined;
  const unit = UNITS.find(([limit]) => number < limit)?.[1];
  return unit === undefined ? undefined : Math.round(number * unit);
}
