/**
 * Reads the calls of models that `COPILOT_TRACES` picks: answers with numbers and without a text.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser } from "../agent.ts";
import { fromJson } from "../json_text.ts";
import { compact } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { CACHE_WRITE, FINISH_REASONS, PARENT_SESSION } from "./names.ts";

/** The parser of one trace; each record is a call. */
export class CopilotTracesParser implements RecordParser {
  readonly #emit: (event: EventDraft) => void;

  constructor(emit: (event: EventDraft) => void) {
    this.#emit = emit;
  }

  record(record: JsonObject): RecordOutcome {
    const span = asObject(record.span) ?? {};
    const attributes = asObject(record.attributes) ?? {};
    const id = asText(span.span_id);
    const began = asCount(span.start_time_ms);
    const ended = asCount(span.end_time_ms);
    if (id === undefined || began === undefined || ended === undefined) return { unknown: "shape:span" };
    const parent = asText(attributes[PARENT_SESSION]);
    // One that works for no session has a name of its own.
    const sessionId = asText(span.chat_session_id) ?? parent ?? asText(span.conversation_id) ?? id;
    this.#emit({
      type: "llm_response",
      data: compact({ stopReason: asText(asList(fromJson(attributes[FINISH_REASONS]))?.[0]) }),
      timestamp: Math.round(ended),
      sessionId,
      parentSessionId: parent === sessionId ? undefined : parent,
      model: asText(span.response_model) ?? asText(span.request_model),
      metrics: readMetrics(span, attributes, Math.max(0, Math.round(ended - began))),
      anchor: sessionId,
      key: `span:${id}`,
      revision: 1,
      position: Math.round(began),
      complete: true,
    });
    return undefined;
  }

  flush(): void {}
}

/** What went in includes what was read from a cache and what was written to one. */
function readMetrics(span: JsonObject, attributes: JsonObject, durationMs: number): Metrics {
  const input = asCount(span.input_tokens);
  const cacheReadTokens = asCount(span.cached_tokens);
  const written = asText(attributes[CACHE_WRITE]);
  const cacheWriteTokens = written === undefined ? undefined : asCount(Number(written));
  return {
    inputTokens: input && Math.max(0, input - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0)),
    outputTokens: asCount(span.output_tokens),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: asCount(span.reasoning_tokens),
    durationMs,
  };
}
