/**
 * A remote that takes OTLP/HTTP logs: an OpenTelemetry Collector, or any backend that speaks its protocol.
 *
 * Each event is one log record. Names are those of the semantic conventions for generative AI where there is one
 * (open-telemetry/semantic-conventions-genai, in development), `devlog.*` elsewhere; `docs/remotes.md` has the table. The
 * JSON encoding is that of opentelemetry-proto 1.x: ids in hex, 64-bit integers as strings, enums as numbers.
 *
 * @module
 */

import type { HttpRemoteConfig } from "../config/config.ts";
import { hashText } from "../events/hash.ts";
import { answerOf, gzip, HttpClient, isWebPage, type Reply, targetOf, tryBy, unreached } from "./http.ts";
import type {
  Answer,
  Connection,
  FrozenBatch,
  OutgoingEvent,
  Payload,
  RemoteKind,
  Sender,
  Trial,
} from "./remote.ts";

const encoder = new TextEncoder();
/** Numbers of severities (opentelemetry-proto, logs.proto). */
const INFO = { severityNumber: 9, severityText: "INFO" } as const;
const ERROR = { severityNumber: 17, severityText: "ERROR" } as const;
/** The path of logs (OTLP specification, "OTLP/HTTP Request"). */
const LOGS_PATH = "/v1/logs";

/** The kind. */
export const otlpRemote: RemoteKind<HttpRemoteConfig> = {
  type: "otlp",
  target: ({ url }) => targetOf(logsUrl(url)),
  encode: async (events, _config, sender) => await encodeLogs(events, sender),
  connect: (config) => new OtlpConnection(config),
};

/** Where logs go: a URL without a path means the usual one. */
export function logsUrl(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*\/?$/i.test(url) ? url.replace(/\/?$/, LOGS_PATH) : url;
}

class OtlpConnection implements Connection {
  readonly #client: HttpClient;
  readonly #url: string;

  constructor(config: HttpRemoteConfig) {
    this.#client = new HttpClient(config);
    this.#url = logsUrl(config.url);
  }

  async send({ body, headers }: FrozenBatch, signal: AbortSignal): Promise<Answer> {
    let reply: Reply;
    try {
      reply = await this.#client.request({ method: "POST", url: this.#url, headers, body }, signal);
    } catch (error) {
      return unreached(error);
    }
    return reply.status >= 200 && reply.status < 300 ? partialSuccess(reply) : answerOf(reply, Date.now());
  }

  try(signal: AbortSignal): Promise<Trial> {
    const body = encoder.encode('{"resourceLogs":[]}');
    const headers = { "content-type": "application/json" };
    return tryBy(this.#client, { method: "POST", url: this.#url, headers, body }, signal);
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }
}

/** What a success says of records that were not taken. */
function partialSuccess(reply: Reply): Answer {
  if (isWebPage(reply)) {
    return {
      kind: "refused",
      message: "a web page answers: it is no OTLP receiver, or a log-in stands before it",
    };
  }
  // What was lost with the rest of the answer might have named records: the same once more, whose ids are the same.
  if (reply.isCut) return { kind: "unavailable", message: "the answer was cut off" };
  if (reply.text.trim() === "") return { kind: "accepted", rejected: [] };
  try {
    const { partialSuccess } = JSON.parse(reply.text);
    const lost = Number(partialSuccess?.rejectedLogRecords ?? 0);
    return lost > 0
      ? { kind: "partly", lost, message: String(partialSuccess.errorMessage ?? "no reason was given") }
      : { kind: "accepted", rejected: [] };
  } catch {
    // Some receivers answer in protobuf, or with a word: the status says that it is taken.
    return { kind: "accepted", rejected: [] };
  }
}

/** The bytes of a batch. */
export async function encodeLogs(events: readonly OutgoingEvent[], sender: Sender): Promise<Payload> {
  const body = await gzip(encoder.encode(JSON.stringify(logsOf(events, sender))));
  return { body, headers: { "content-type": "application/json", "content-encoding": "gzip" } };
}

/** An `ExportLogsServiceRequest`. Events of one repository and branch share a resource. */
export function logsOf(events: readonly OutgoingEvent[], sender: Sender): object {
  const groups = new Map<string, OutgoingEvent[]>();
  for (const event of events) {
    const key = JSON.stringify([event.repository, event.branch]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  const scope = { name: "devlog-collector", version: sender.version };
  return {
    resourceLogs: [...groups.values()].map((group) => ({
      resource: {
        attributes: attributes({
          "service.name": "devlog-collector",
          "service.version": sender.version,
          "host.id": sender.machineId,
          "os.type": sender.os,
          "vcs.repository.url.full": group[0]!.repository,
          "vcs.ref.head.name": group[0]!.branch,
        }),
      },
      scopeLogs: [{ scope, logRecords: group.map(recordOf) }],
    })),
  };
}

function recordOf(event: OutgoingEvent): object {
  const time = `${event.timestamp}000000`;
  const isError = event.type === "error_encountered" ||
    ("isError" in event.data && event.data.isError === true);
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    ...(isError ? ERROR : INFO),
    eventName: eventName(event),
    ...(Object.keys(event.data).length > 0 && { body: anyValue(event.data) }),
    attributes: attributes(attributesOf(event)),
    // The same each time it is sent, so that a backend can tell a repetition.
    traceId: hashText(`session ${event.agent} ${event.sessionId}`) + hashText(event.sessionId),
    spanId: hashText(event.id),
  };
}

function eventName({ type }: OutgoingEvent): string {
  return type === "llm_request" || type === "llm_response"
    ? "gen_ai.client.inference.operation.details"
    : `devlog.${type}`;
}

const OPERATIONS: Readonly<Partial<Record<OutgoingEvent["type"], string>>> = {
  llm_request: "chat",
  llm_response: "chat",
  tool_use: "execute_tool",
  file_read: "execute_tool",
  file_write: "execute_tool",
  file_modify: "execute_tool",
  command_execution: "execute_tool",
  session_start: "invoke_agent",
  session_end: "invoke_agent",
};

function attributesOf(event: OutgoingEvent): Readonly<Record<string, unknown>> {
  const { metrics = {}, model, truncated } = event;
  const data = event.data as Readonly<Record<string, unknown>>;
  const isResponse = event.type === "llm_response";
  return {
    "log.record.uid": event.id,
    "devlog.event.type": event.type,
    "devlog.event.revision": event.revision,
    "devlog.event.superseded": event.superseded,
    "gen_ai.operation.name": OPERATIONS[event.type],
    "gen_ai.provider.name": model && providerOf(model),
    "gen_ai.conversation.id": event.sessionId,
    "devlog.session.parent_id": event.parentSessionId,
    "gen_ai.agent.name": event.agent,
    "gen_ai.agent.version": event.agentVersion,
    [isResponse ? "gen_ai.response.model" : "gen_ai.request.model"]: model,
    "gen_ai.response.finish_reasons": typeof data.stopReason === "string" ? [data.stopReason] : undefined,
    // There, what was read from or written to a cache counts as input.
    "gen_ai.usage.input_tokens": sumOf(
      metrics.inputTokens,
      metrics.cacheReadTokens,
      metrics.cacheWriteTokens,
    ),
    "gen_ai.usage.output_tokens": metrics.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": metrics.cacheReadTokens,
    "gen_ai.usage.cache_write.input_tokens": metrics.cacheWriteTokens,
    "gen_ai.usage.reasoning.output_tokens": metrics.reasoningTokens,
    "devlog.duration_ms": metrics.durationMs,
    "devlog.cost.usd": metrics.costUsd,
    "gen_ai.tool.name": data.tool,
    "gen_ai.tool.call.id": data.callId,
    "process.exit.code": data.exitCode,
    "error.type": event.type === "error_encountered" ? data.code : undefined,
    "devlog.workspace.path": event.workspace,
    "devlog.workspace.path_hash": event.workspaceHash,
    "devlog.truncated.bytes": truncated?.bytes,
    "devlog.truncated.hash": truncated?.hash,
  };
}

function sumOf(...numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, number) => sum + number, 0);
}

/** Well-known values of `gen_ai.provider.name`, by what names of models begin with. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:anthropic[./])?claude/i, "anthropic"],
  [/^(?:openai[./])?(?:gpt|o\d|chatgpt|codex)/i, "openai"],
  [/^(?:google[./])?gemini/i, "gcp.gemini"],
  [/^(?:x-?ai[./])?grok/i, "x_ai"],
  [/^deepseek/i, "deepseek"],
  [/^(?:mistral|codestral|devstral)/i, "mistral_ai"],
  [/^(?:moonshot|kimi)/i, "moonshot_ai"],
  [/^command-/i, "cohere"],
];

function providerOf(model: string): string | undefined {
  return PROVIDERS.find(([pattern]) => pattern.test(model))?.[1];
}

/** The attributes that have a value, each once. */
function attributes(values: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }]
  );
}

/** An `AnyValue` (common.proto). What JSON calls null is one without a value. */
export function anyValue(value: unknown): object {
  switch (typeof value) {
    case "string":
      return { stringValue: value.toWellFormed() };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value !== "object" || value === null) return {};
  return {
    kvlistValue: {
      values: Object.entries(value).map(([key, item]) => ({
        key: key.toWellFormed(),
        value: anyValue(item),
      })),
    },
  };
}
